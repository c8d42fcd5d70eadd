package webchat

import (
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// field is one input of the registration form. Its name is the one that pages use, its id has cx_webchat_form_ before.
type field struct {
	name, label, kind, complete string
}

func formFields() []field {
	return []field{
		{"firstname", "ChatFormFirstName", "text", "given-name"},
		{"lastname", "ChatFormLastName", "text", "family-name"},
		{"email", "ChatFormEmail", "email", "email"},
		{"subject", "ChatFormSubject", "text", "off"},
	}
}

// maxField is how many characters a field takes.
const maxField = "100"

func (a *App) formTree(p *pane) *view.Node {
	inputs := view.El("div", attrs{"class": "cx-form-inputs"})
	for i, f := range formFields() {
		inputs.Children = append(inputs.Children, a.fieldTree(p, f, i == 0))
	}
	submit := view.Txt("button", attrs{"type": "submit", "class": "cx-submit cx-btn cx-btn-primary i18n", "data-message": "ChatFormSubmit"},
		a.texts.Get("ChatFormSubmit"))
	form := view.El("form", attrs{"class": "cx-form cx-form-horizontal", "novalidate": ""},
		view.Txt("p", attrs{"class": "cx-form-intro"}, a.texts.Get("ChatFormIntro")),
		a.formProblem(),
		inputs,
		view.El("div", attrs{"class": "cx-button-container"},
			view.El("div", attrs{"class": "cx-button-group cx-buttons-binary"},
				a.button("cx-cancel cx-btn cx-btn-default i18n", "ChatFormCancel", actCancel), submit)),
	)
	form.On = []view.Handler{
		{Event: "submit", Action: actSubmit, Prevent: true, Fields: true},
		{Event: "input", Action: actFilled, Fields: true, WaitMs: 300},
	}
	return form
}

func (a *App) fieldTree(p *pane, f field, first bool) *view.Node {
	id := "cx_webchat_form_" + f.name
	input := view.El("input", attrs{
		"id": id, "name": f.name, "type": f.kind, "class": "cx-input cx-form-control", "autocomplete": f.complete, "maxlength": maxField,
	})
	input.Props = map[string]any{"value": a.form[f.name]}
	if first {
		input.Focus = p.focusOn(onForm)
	}
	return view.El("div", attrs{"class": "cx-form-group"},
		view.Txt("label", attrs{"for": id, "class": "cx-form-label"}, a.texts.Get(f.label)), input)
}

// formProblem says why the last start failed.
func (a *App) formProblem() *view.Node {
	n := view.El("div", attrs{"class": "cx-form-problem", "role": "alert"})
	if why := a.client.Refused(); why != "" {
		n.Children = []*view.Node{view.Txt("p", nil, a.texts.With("ChatFormFailed", "Reason", a.texts.Reason(why)))}
	}
	return n
}

// start begins a chat with what the form holds.
func (a *App) start(p *pane) {
	a.publish("WebChat.submitted")
	a.client.Start(chat.Form{
		FirstName: a.form["firstname"], LastName: a.form["lastname"], Email: a.form["email"],
		Subject: a.form["subject"], Nickname: a.form["nickname"], UserData: a.userData, Page: p.page.IDs().Page,
	})
	a.o.Connect()
}

// fill takes over what the form's fields hold.
func (a *App) fill(values map[string]string) {
	for name, value := range values {
		a.form[name] = value
	}
}
