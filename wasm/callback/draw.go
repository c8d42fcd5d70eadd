package callback

import (
	"cmp"
	"strconv"
	"strings"

	"foyer/relay/wire"
	"foyer/wasm/view"
)

// Root is the name of the form's root on a page.
const Root = "callback"

const (
	rootClass = "cx-common-container"
	titleID   = "cx-callback-title"
	problemID = "cx-callback-problem"
	cross     = "M6 6l12 12M18 6L6 18"
)

// What the visitor does.
const (
	actClose  = "callback.close"
	actFilled = "callback.filled"
	actSubmit = "callback.submit"
)

// words are the texts of one language, by key: a file www/texts/engage.*.json.
type words map[string]string

func (w words) get(key string) string { return cmp.Or(w[key], key) }

func (w words) with(key, name, value string) string {
	return strings.TrimSpace(strings.ReplaceAll(w.get(key), "<%"+name+"%>", value))
}

// draw shows a page's form as it is, as soon as there are texts for it.
func (a *App) draw(p Page) {
	lang := language(p)
	w := a.words[lang]
	if w == nil {
		a.o.Texts(lang, func(m map[string]string) {
			a.words[lang] = m
			a.draw(p)
		})
		return
	}
	if f := a.pages[p]; f != nil {
		p.Render(Root, rootClass, a.tree(f, w))
	}
}

// language is that of the page's configuration, else its own. It becomes part of an address.
func language(p Page) string {
	lang, _ := p.Config("main")["lang"].(string)
	lang = cmp.Or(lang, p.Address().Lang, p.Deployment().Lang)
	for _, c := range strings.ToLower(lang) {
		if (c < 'a' || c > 'z') && c != '-' {
			return ""
		}
	}
	return lang
}

func (a *App) tree(f *form, w words) *view.Node {
	shut := view.Box("button", "cx-icon-button cx-close").With("type", "button", "aria-label", w.get("AriaClose")).Handle("click", actClose)
	svg := view.Box("svg", "cx-icon", view.Box("path", "").With("d", cross))
	shut.Add(svg.With("viewBox", "0 0 24 24", "aria-hidden", "true", "focusable", "false"))
	bar := view.Box("div", "cx-titlebar", view.Say("h2", "cx-title", w.get("CallbackTitle")).With("id", titleID),
		view.Box("div", "cx-window-controls", shut))
	body := view.Box("div", "cx-body")
	if f.state == done {
		body.Add(a.thanks(f, w))
	} else {
		body.Add(a.form(f, w))
	}
	window := view.Box("div", "cx-widget cx-callback", bar, body)
	window.On = []view.Handler{{Event: "keydown", Action: actClose, Keys: []string{"Escape"}, Prevent: true}}
	return window.With("role", "dialog", "aria-modal", "false", "aria-labelledby", titleID, "lang", w.get("Lang"), "dir", w.get("Dir"))
}

func (a *App) thanks(f *form, w words) *view.Node {
	text := w.get("CallbackDoneNow")
	if f.desired > 0 {
		_, clock, _ := strings.Cut(f.values["time"], "T")
		text = w.with("CallbackDoneLater", "Time", a.o.Day(f.desired, w.get("Lang"))+", "+clock)
	}
	close := view.Say("button", "cx-btn cx-btn-primary", w.get("CallbackClose")).With("type", "button").Handle("click", actClose)
	close.Focus = f.focusOn("done")
	said := view.Box("div", "cx-callback-done", view.Say("h3", "", w.get("CallbackDone")), view.Say("p", "", text))
	return view.Box("div", "cx-form", said.With("role", "status"), view.Box("div", "cx-button-container", close))
}

func (a *App) form(f *form, w words) *view.Node {
	d := painter{f, w}
	form := view.Box("form", "cx-form cx-form-horizontal",
		view.Say("p", "cx-form-intro", w.get("CallbackIntro")),
		d.problem(),
		view.Box("div", "cx-form-inputs",
			d.field("phonenumber", "phone_number", "CallbackPhone", "tel", "tel"),
			d.field("firstname", "firstname", "CallbackFirstName", "text", "given-name"),
			d.field("lastname", "lastname", "CallbackLastName", "text", "family-name"),
			d.field("email", "email", "CallbackEmail", "email", "email"),
			d.field("subject", "subject", "CallbackSubject", "text", "off"),
			d.when()),
		d.buttons())
	form.On = []view.Handler{
		{Event: "submit", Action: actSubmit, Prevent: true, Fields: true},
		{Event: "change", Action: actFilled, Fields: true},
	}
	return form.With("novalidate", "")
}

// painter draws one form.
type painter struct {
	f *form
	w words
}

// field is an input with its label. Its id is what pages written for the vendor's form look for.
func (d painter) field(name, id, label, kind, complete string) *view.Node {
	id = "cx_form_callback_" + id
	input := view.Box("input", "cx-input cx-form-control").With("id", id, "name", name, "type", kind,
		"maxlength", strconv.Itoa(maxField), "autocomplete", complete).Prop("value", d.f.values[name])
	if name == "phonenumber" {
		input.With("required", "", "aria-required", "true")
		input.Focus = d.f.focusOn("first")
	}
	return view.Box("div", "cx-form-group", view.Say("label", "cx-form-label", d.w.get(label)).With("for", id), d.marked(input, name)).Keyed(name)
}

// marked says of a field that it is wrong.
func (d painter) marked(input *view.Node, name string) *view.Node {
	if d.f.wrong == name {
		input.With("class", input.Attrs["class"]+" cx-error", "aria-invalid", "true", "aria-describedby", problemID)
		input.Focus = cmp.Or(d.f.focusOn("wrong"), input.Focus)
	}
	return input
}

func (d painter) when() *view.Node {
	set := view.Box("fieldset", "cx-callback-when", view.Say("legend", "cx-form-label", d.w.get("CallbackWhen")))
	for _, choice := range []struct{ value, label string }{{"now", "CallbackNow"}, {later, "CallbackLater"}} {
		id := "cx_form_callback_" + choice.value
		input := view.Box("input", "cx-input").With("id", id, "type", "radio", "name", "desiredtime", "value", choice.value).
			Prop("checked", (d.f.values["desiredtime"] == later) == (choice.value == later))
		set.Add(view.Box("div", "cx-form-group cx-form-check", input,
			view.Say("label", "cx-form-label", d.w.get(choice.label)).With("for", id)).Keyed(choice.value))
	}
	if d.f.values["desiredtime"] == later {
		const id = "cx_form_callback_time"
		input := view.Box("input", "cx-input cx-form-control").With("id", id, "name", "time", "type", "datetime-local", "required", "").
			Prop("value", d.f.values["time"])
		set.Add(view.Box("div", "cx-form-group",
			view.Say("label", "cx-form-label", d.w.get("CallbackTime")).With("for", id), d.marked(input, "time")).Keyed("time"))
	}
	return set
}

// problem says what is wrong, or why the relay has not taken the request.
func (d painter) problem() *view.Node {
	n := view.Box("div", "cx-form-problem").With("role", "alert", "id", problemID)
	switch {
	case d.f.problem != "":
		n.Add(view.Say("p", "", d.w.get(d.f.problem)))
	case d.f.refused != "":
		n.Add(view.Say("p", "", d.w.with("CallbackFailed", "Reason", d.w.get(wire.Means(d.f.refused).Key))))
	}
	return n
}

func (d painter) buttons() *view.Node {
	cancel := view.Say("button", "cx-btn cx-btn-default", d.w.get("CallbackCancel")).With("type", "button").Handle("click", actClose)
	submit := view.Say("button", "cx-submit cx-btn cx-btn-primary", d.w.get("CallbackSubmit")).With("type", "submit")
	if d.f.state != writing {
		submit.Text = d.w.get("CallbackSending")
		submit.With("aria-disabled", "true")
	}
	return view.Box("div", "cx-button-container", view.Box("div", "cx-button-group cx-buttons-binary", cancel, submit))
}
