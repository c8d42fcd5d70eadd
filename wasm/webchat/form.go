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

func (d painter) form() *view.Node {
	inputs := view.Box("div", "cx-form-inputs")
	for i, f := range formFields() {
		inputs.Add(d.field(f, i == 0))
	}
	submit := view.Say("button", "cx-submit cx-btn cx-btn-primary i18n", d.t.Get("ChatFormSubmit")).
		With("type", "submit", "data-message", "ChatFormSubmit")
	form := view.Box("form", "cx-form cx-form-horizontal",
		view.Say("p", "cx-form-intro", d.t.Get("ChatFormIntro")),
		d.formProblem(),
		inputs,
		buttons("cx-buttons-binary", d.button("cx-cancel cx-btn-default i18n", "ChatFormCancel", actCancel), submit))
	form.On = []view.Handler{
		{Event: "submit", Action: actSubmit, Prevent: true, Fields: true},
		{Event: "input", Action: actFilled, Fields: true, WaitMs: 300},
	}
	return form.With("novalidate", "")
}

func (d painter) field(f field, first bool) *view.Node {
	id := "cx_webchat_form_" + f.name
	input := view.Box("input", "cx-input cx-form-control").
		With("id", id, "name", f.name, "type", f.kind, "autocomplete", f.complete, "maxlength", maxField)
	input.Props = map[string]any{"value": d.a.form[f.name]}
	if first {
		d.focusable(input, onForm)
	}
	return view.Box("div", "cx-form-group", view.Say("label", "cx-form-label", d.t.Get(f.label)).With("for", id), input)
}

// formProblem says why the last start failed.
func (d painter) formProblem() *view.Node {
	n := view.Box("div", "cx-form-problem").With("role", "alert")
	if why := d.a.client.Refused(); why != "" {
		n.Add(view.Say("p", "", d.t.With("ChatFormFailed", "Reason", d.t.Reason(why))))
	}
	return n
}

// start begins a chat with what the form holds.
func (a *App) start(p *pane) {
	a.publish("WebChat.submitted")
	a.client.Start(chat.Form{
		FirstName: a.form["firstname"], LastName: a.form["lastname"], Email: a.form["email"],
		Subject: a.form["subject"], Nickname: a.form["nickname"], UserData: a.startData(p.page), Page: p.page.IDs().Page,
	})
	a.o.Connect()
}

// fill takes over what the form's fields hold.
func (a *App) fill(values map[string]string) {
	for name, value := range values {
		a.form[name] = value
	}
}
