package webchat

import (
	"strconv"
	"strings"

	"foyer/wasm/view"
)

// field is one input of the registration form, as pages describe it (formJSON). Its name is the one that pages use; those
// that the chat itself does not know go into the attached data.
type field struct {
	id, name, kind, label, placeholder, title, value, complete string
	wrapper                                                    string // the page's HTML around it, with {label} and {input}
	limit                                                      int    // characters
	required, whileTyping                                      bool
	validate                                                   any // the page's function that judges the value, nil for none
	options                                                    []option
}

type option struct{ value, text string }

// registration is the form that a page wants.
type registration struct {
	described bool   // by the page
	wrapper   string // the page's HTML around all inputs
	fields    []field
}

const maxField = 100 // characters that a field takes where the page does not say

// standardForm is the form of a page that describes none: everything in it is optional.
func standardForm() registration {
	f := registration{fields: []field{
		{name: "firstname", label: "ChatFormFirstName", kind: "text"},
		{name: "lastname", label: "ChatFormLastName", kind: "text"},
		{name: "email", label: "ChatFormEmail", kind: "email"},
		{name: "subject", label: "ChatFormSubject", kind: "text"},
	}}
	for i := range f.fields {
		at := &f.fields[i]
		at.id, at.limit, at.complete = "cx_webchat_form_"+at.name, maxField, completions[at.name]
		at.label = i18nMark + at.label
	}
	return f
}

// registration is the form on this page: the one of the command that opened the window, the configured one, or ours.
func (p *pane) registration() registration {
	described := p.formJSON
	if described == nil {
		described = p.settings().object("form")
	}
	inputs, _ := described["inputs"].([]any)
	if len(inputs) == 0 {
		return standardForm()
	}
	f := registration{described: true}
	f.wrapper, _ = described["wrapper"].(string)
	for _, v := range inputs {
		if input, ok := v.(map[string]any); ok {
			f.fields = append(f.fields, readField(input))
		}
	}
	return f
}

// completions are what browsers can fill into the fields that the chat knows.
var completions = map[string]string{
	"firstname": "given-name", "lastname": "family-name", "email": "email", "nickname": "nickname", "subject": "off",
}

func readField(m map[string]any) field {
	word := func(key string) string {
		text, _ := asText(m[key])
		return text
	}
	f := field{
		id: word("id"), name: word("name"), kind: word("type"), label: word("label"), placeholder: word("placeholder"),
		title: word("title"), value: word("value"), wrapper: word("wrapper"), validate: m["validate"],
		required: truth(m["required"]), whileTyping: truth(m["validateWhileTyping"]), limit: maxField, complete: "on",
	}
	if known, ok := completions[f.name]; ok {
		f.complete = known
	}
	if n, err := strconv.Atoi(word("maxlength")); err == nil && n > 0 {
		f.limit = n
	}
	if f.name == "" {
		f.name = f.id
	}
	if f.id == "" {
		f.id = "cx_webchat_form_" + f.name
	}
	options, _ := m["options"].([]any)
	for _, v := range options {
		f.options = append(f.options, readOption(v))
	}
	return f
}

// readOption takes what pages write: a text, or an object with text and value.
func readOption(v any) option {
	if text, ok := asText(v); ok {
		return option{text, text}
	}
	m, _ := v.(map[string]any)
	text, _ := asText(m["text"])
	value, given := asText(m["value"])
	if !given {
		value = text
	}
	return option{value, text}
}

// truth takes "true" and "required" for true, as HTML does.
func truth(v any) bool {
	text, isText := v.(string)
	return v == true || (isText && text != "" && text != "false")
}

// textInput tells whether a field is one that one writes in.
func (f field) textInput() bool {
	switch f.kind {
	case "checkbox", "radio", "hidden", "select", "range", "color":
		return false
	}
	return true
}

// i18nMark stands before the key of a text, in what pages write.
const i18nMark = "@i18n:webchat."

// words gives what a page has written, or the text that it names.
func (t Texts) words(written string) string {
	if key, ok := strings.CutPrefix(written, i18nMark); ok {
		return t.Get(key)
	}
	return written
}

func (d painter) form() *view.Node {
	submit := view.Say("button", "cx-submit cx-btn cx-btn-primary i18n", d.t.Get("ChatFormSubmit")).
		With("type", "submit", "data-message", "ChatFormSubmit")
	r := d.p.registration()
	form := view.Box("form", "cx-form cx-form-horizontal",
		view.If(!r.described, view.Say("p", "cx-form-intro", d.t.Get("ChatFormIntro"))),
		d.formProblem(),
		d.inputs(r),
		buttons("cx-buttons-binary", d.button("cx-cancel cx-btn-default i18n", "ChatFormCancel", actCancel), submit))
	form.On = []view.Handler{
		{Event: "submit", Action: actSubmit, Prevent: true, Fields: true},
		{Event: "input", Action: actFilled, Fields: true, WaitMs: 300},
	}
	return form.With("novalidate", "")
}

// inputs draws all fields, in the page's HTML where it has some.
func (d painter) inputs(r registration) *view.Node {
	all := view.Box("div", "cx-form-inputs")
	rows := ""
	focus := onForm
	if d.p.wrong != "" {
		focus = onWrong
	}
	for _, f := range r.fields {
		input := d.field(f)
		if f.kind != "hidden" && (focus == onForm || f.name == d.p.wrong) {
			d.focusable(input, focus)
			focus = onNothing
		}
		if f.kind == "hidden" {
			all.Add(input.Keyed("input:" + f.id))
			continue
		}
		label := view.Say("label", "cx-form-label", d.t.words(f.label)).With("for", f.id)
		if r.wrapper == "" && f.wrapper == "" {
			all.Add(group(f, label, input).Keyed(f.name))
			continue
		}
		wrapper := f.wrapper
		if wrapper == "" {
			wrapper = "{label} {input}"
		}
		wrapper = strings.ReplaceAll(wrapper, "{label}", "{label:"+f.id+"}")
		rows += strings.ReplaceAll(wrapper, "{input}", "{input:"+f.id+"}")
		all.Add(label.Keyed("label:"+f.id), input.Keyed("input:"+f.id))
	}
	if rows != "" {
		at := max(strings.LastIndex(r.wrapper, "</"), 0)
		all.HTML = r.wrapper[:at] + rows + r.wrapper[at:]
	}
	return all
}

func group(f field, label, input *view.Node) *view.Node {
	if f.kind == "checkbox" {
		return view.Box("div", "cx-form-group cx-form-check", input, label)
	}
	return view.Box("div", "cx-form-group", label, input)
}

func (d painter) field(f field) *view.Node {
	value := d.a.valueOf(d.p, f)
	n := view.Box("input", "cx-input cx-form-control").With("id", f.id, "name", f.name, "type", f.kind)
	n.Props = map[string]any{"value": value}
	switch f.kind {
	case "select":
		n.Tag = "select"
		delete(n.Attrs, "type")
		for _, o := range f.options {
			option := &view.Node{Tag: "option", Text: d.t.words(o.text), Attrs: map[string]string{"value": o.value}}
			n.Add(option)
		}
	case "textarea":
		n.Tag = "textarea"
		delete(n.Attrs, "type")
	case "checkbox":
		n.Props = map[string]any{"checked": value != ""}
		n.With("class", "cx-input", "value", "true")
		if f.value != "" {
			n.With("value", f.value)
		}
	}
	if f.textInput() {
		n.With("maxlength", strconv.Itoa(f.limit), "autocomplete", f.complete)
	}
	d.describe(n, f)
	return n
}

// describe adds what a field says beside its label.
func (d painter) describe(n *view.Node, f field) {
	if f.placeholder != "" {
		n.With("placeholder", d.t.words(f.placeholder))
	}
	if f.title != "" {
		n.With("title", d.t.words(f.title))
	}
	if f.required {
		n.With("required", "", "aria-required", "true")
	}
	if d.p.invalid[f.name] {
		n.With("class", n.Attrs["class"]+" cx-error", "aria-invalid", "true")
	}
}

// formProblem says what is wrong with the form, or why the last start failed.
func (d painter) formProblem() *view.Node {
	n := view.Box("div", "cx-form-problem").With("role", "alert")
	why := d.a.client.Refused()
	switch {
	case d.p.wrong != "":
		n.Add(view.Say("p", "", d.t.Get("ChatFormInvalid")), view.Say("p", "cx-form-wrong", d.wrongOnes()))
	case why != "":
		n.Add(view.Say("p", "", d.t.With("ChatFormFailed", "Reason", d.t.Reason(why))))
	}
	return n
}

// wrongOnes names the fields that may not hold what they hold: their colour alone would not say it to everybody.
func (d painter) wrongOnes() string {
	var all []string
	for _, f := range d.p.registration().fields {
		if d.p.invalid[f.name] && f.label != "" {
			all = append(all, d.t.words(f.label))
		}
	}
	return strings.Join(all, ", ")
}
