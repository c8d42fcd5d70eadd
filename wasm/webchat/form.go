package webchat

import (
	"strconv"
	"strings"

	"foyer/wasm/view"
)

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
	first := d.first(r)
	for i, f := range r.fields {
		if f.custom != "" {
			rows += f.custom
			continue
		}
		input := d.field(f)
		if i == first {
			d.focusable(input, onForm)
			if d.p.wrong != "" {
				d.focusable(input, onWrong)
			}
		}
		if f.kind == "hidden" {
			all.Add(input.Keyed("input:" + f.id))
			continue
		}
		label := d.label(f)
		wrapper := r.around(f)
		if wrapper == "" {
			all.Add(group(f, label, input).Keyed(f.name))
			continue
		}
		wrapper = strings.ReplaceAll(wrapper, "{label}", "{label:"+f.id+"}")
		rows += strings.ReplaceAll(wrapper, "{input}", "{input:"+f.id+"}")
		all.Add(label.Keyed("label:"+f.id), input.Keyed("input:"+f.id))
	}
	if rows != "" {
		outer := r.wrapper
		if outer == "" && isRow(rows) {
			outer = "<table></table>"
		}
		at := max(strings.LastIndex(outer, "</"), 0)
		all.HTML = outer[:at] + rows + outer[at:]
	}
	return all
}

// around is the HTML around one field, "" for ours.
func (r registration) around(f field) string {
	switch {
	case f.wrapper != "":
		return f.wrapper
	case strings.Contains(strings.ToLower(r.wrapper), "<table"):
		return "<tr><th>{label}</th><td>{input}</td></tr>"
	case r.wrapper != "":
		return `<div class="cx-form-group">{label}{input}</div>`
	}
	return ""
}

// isRow tells whether HTML begins with a row of a table, which is lost outside of one.
func isRow(html string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(html)), "<tr")
}

// first is the field that gets the keyboard: the first wrong one, or the one that the page wants, or the first.
func (d painter) first(r registration) int {
	first := -1
	for i, f := range r.fields {
		switch {
		case f.hidden || f.custom != "":
		case d.p.wrong != "" && f.name == d.p.wrong:
			return i
		case first < 0 || f.autofocus && !r.fields[first].autofocus:
			first = i
		}
	}
	return first
}

// label is a field's. What pages write there is HTML.
func (d painter) label(f field) *view.Node {
	n := view.Box("label", "cx-form-label").With("for", f.id)
	text := d.t.words(f.label)
	if strings.ContainsAny(text, "<&") {
		n.HTML = text
	} else {
		n.Text = text
	}
	return n
}

func group(f field, label, input *view.Node) *view.Node {
	n := view.Box("div", "cx-form-group", label, input)
	if f.kind == "checkbox" || f.kind == "radio" {
		n = view.Box("div", "cx-form-group cx-form-check", input, label)
	}
	return n
}

func (d painter) field(f field) *view.Node {
	value := d.a.valueOf(d.p, f)
	n := view.Box("input", "cx-input cx-form-control").With("id", f.id, "name", f.name, "type", f.kind)
	n.Props = map[string]any{"value": value}
	switch f.kind {
	case "select":
		n.Tag = "select"
		delete(n.Attrs, "type")
		d.options(n, f.options)
	case "textarea":
		n.Tag = "textarea"
		delete(n.Attrs, "type")
	case "checkbox", "radio":
		n.Props = map[string]any{"checked": value != "" && (f.kind == "checkbox" || value == f.ticked())}
		n.With("class", "cx-input", "value", f.ticked())
	}
	if f.textInput() {
		n.With("maxlength", strconv.Itoa(f.limit), "autocomplete", f.complete)
	}
	d.describe(n, f)
	return n
}

// options fills a select. Those behind a heading belong to it.
func (d painter) options(n *view.Node, all []option) {
	into := n
	for _, o := range all {
		text := d.t.words(o.text)
		if o.group {
			into = &view.Node{Tag: "optgroup", Attrs: map[string]string{"label": text}}
			n.Add(into)
			continue
		}
		into.Add(&view.Node{Tag: "option", Text: text, Attrs: map[string]string{"value": o.value}})
	}
}

// describe adds what a field says beside its label, and what else the page has given it.
func (d painter) describe(n *view.Node, f field) {
	for name, value := range f.attrs {
		n.With(name, d.t.words(value))
	}
	if f.class != "" {
		n.With("class", n.Attrs["class"]+" "+f.class)
	}
	if f.style != "" {
		n.Prop("style", f.style) // by script, which policies against inline style allow
	}
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
			all = append(all, withoutTags(d.t.words(f.label)))
		}
	}
	return strings.Join(all, ", ")
}

var entities = strings.NewReplacer("&nbsp;", " ", "&lt;", "<", "&gt;", ">", "&quot;", "\"", "&#39;", "'", "&amp;", "&")

// withoutTags is about what HTML says, for what is only a text.
func withoutTags(html string) string {
	text := ""
	for html != "" {
		before, tag, found := strings.Cut(html, "<")
		text += before
		if !found {
			break
		}
		_, html, _ = strings.Cut(tag, ">")
	}
	return strings.TrimSpace(entities.Replace(text))
}
