package webchat

import (
	"cmp"
	"strconv"
	"strings"
)

// field is one input of the registration form, as pages describe it (formJSON). Its name is the one that pages use; those
// that the chat itself does not know go into the attached data.
type field struct {
	id, name, kind, label, placeholder, title, value, complete string
	wrapper                                                    string // the page's HTML around it, with {label} and {input}
	limit                                                      int    // characters
	required, whileTyping                                      bool
	hidden                                                     bool // the page has hidden it
	checked                                                    bool // a box that is ticked at first
	autofocus                                                  bool // it gets the keyboard first
	validate                                                   any  // the page's function that judges the value, nil for none
	options                                                    []option
	class, style                                               string
	attrs                                                      map[string]string // all others that the page gives
	custom                                                     string            // a row of the page's own HTML in place of an input
}

// option is one of a select. A group is the heading of those behind it.
type option struct {
	value, text     string
	selected, group bool
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
		id: word("id"), name: word("name"), kind: strings.ToLower(word("type")), label: word("label"), placeholder: word("placeholder"),
		title: word("title"), value: word("value"), wrapper: word("wrapper"), validate: m["validate"],
		required: truth(m["required"]), whileTyping: truth(m["validateWhileTyping"]), limit: maxField, complete: "on",
		checked: truth(m["checked"]), class: word("class"), style: word("style"), attrs: attributes(m), custom: word("custom"),
	}
	if f.kind == "" {
		f.kind = "text"
	}
	_, f.hidden = f.attrs["hidden"]
	f.hidden = f.hidden || f.kind == "hidden" || undisplayed(f.style)
	_, f.autofocus = f.attrs["autofocus"]
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
		return option{value: text, text: text}
	}
	m, _ := v.(map[string]any)
	text, _ := asText(m["text"])
	value, given := asText(m["value"])
	if !given {
		value = text
	}
	return option{value: value, text: text, selected: truth(m["selected"]), group: m["group"] == true}
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

// ours are the keys of an input that are no attributes, or those that the window sets itself from them.
var ours = map[string]bool{
	"id": true, "name": true, "type": true, "label": true, "value": true, "wrapper": true, "validate": true,
	"validatewhiletyping": true, "options": true, "required": true, "title": true, "placeholder": true, "maxlength": true,
	"checked": true, "class": true, "style": true, "custom": true,
}

// attributes are all that a page gives an input beside what the window knows: aria-*, data-*, pattern, autocomplete … They
// are the page's own, but for what runs.
func attributes(m map[string]any) map[string]string {
	attrs := map[string]string{}
	for key, v := range m {
		name := strings.ToLower(key)
		if ours[name] || !isAttribute(name) {
			continue
		}
		stated := strings.HasPrefix(name, "aria-") || strings.HasPrefix(name, "data-")
		if text, ok := asText(v); ok {
			attrs[name] = text
		} else if on, ok := v.(bool); ok && (on || stated) {
			attrs[name] = ""
			if stated {
				attrs[name] = strconv.FormatBool(on)
			}
		}
	}
	return attrs
}

// isAttribute tells whether a name may be that of an attribute which runs nothing.
func isAttribute(name string) bool {
	if name == "" || strings.HasPrefix(name, "on") || name == "srcdoc" {
		return false
	}
	for i, c := range name {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '-' && c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// undisplayed tells whether a style hides its element.
func undisplayed(style string) bool {
	return strings.Contains(strings.ToLower(strings.Join(strings.Fields(style), "")), "display:none")
}

// ticked is the value of a box or circle that is ticked.
func (f field) ticked() string { return cmp.Or(f.value, "true") }

// chosen is the value of a select that nobody has touched.
func (f field) chosen() string {
	first := -1
	for i, o := range f.options {
		if o.selected && !o.group {
			return o.value
		}
		if first < 0 && !o.group {
			first = i
		}
	}
	if first < 0 {
		return ""
	}
	return f.options[first].value
}
