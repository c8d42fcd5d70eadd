package webchat_test

import (
	"fmt"
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/view"
)

// openForm opens the window with a form of these inputs.
func openForm(t *testing.T, wrapper string, inputs ...any) (*stage, *tab) {
	t.Helper()
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	p.command("WebChat.open", object("formJSON", object("wrapper", wrapper, "inputs", inputs)))
	return s, p
}

func TestAFieldHasWhatThePageGivesIt(t *testing.T) {
	for name, tt := range map[string]struct {
		given, want map[string]any // attributes by name; nil for one that is not there
	}{
		"texts":           {object("pattern", "[0-9]+", "autocomplete", "tel", "data-x", "1", "aria-label", "L"), object("pattern", "[0-9]+", "autocomplete", "tel", "data-x", "1", "aria-label", "L")},
		"numbers":         {object("min", 3.0, "size", 10.0, "maxlength", 7.0), object("min", "3", "size", "10", "maxlength", "7")},
		"switches":        {object("readonly", true, "disabled", false, "aria-hidden", false, "data-on", true), object("readonly", "", "disabled", nil, "aria-hidden", "false", "data-on", "true")},
		"capitals":        {object("inputMode", "numeric", "tabIndex", 2.0), object("inputmode", "numeric", "tabindex", "2")},
		"texts of keys":   {object("aria-label", "@i18n:webchat.ChatFormEmail", "placeholder", "@i18n:webchat.ChatFormEmail"), object("aria-label", "E-mail", "placeholder", "E-mail")},
		"what runs":       {object("onclick", "x()", "onFocus", "x()", "srcdoc", "x"), object("onclick", nil, "onfocus", nil, "srcdoc", nil)},
		"names like none": {object("a b", "x", "1a", "x", "<", "x", "", "x"), object("a b", nil, "1a", nil, "<", nil, "", nil)},
		"its own class":   {object("class", "form-control big"), object("class", "cx-input cx-form-control form-control big")},
		"the usual":       {object("type", "TEXT"), object("type", "text", "maxlength", "100", "autocomplete", "given-name")},
		"no attributes":   {object("label", "L", "wrapper", "{input}", "validateWhileTyping", true, "style", "color: red"), object("label", nil, "wrapper", nil, "validatewhiletyping", nil, "style", nil)},
	} {
		given := object("id", "f", "name", "firstname")
		for k, v := range tt.given {
			given[k] = v
		}
		_, p := openForm(t, "", given)
		attrs := p.must(t, "#f").Attrs
		for key, want := range tt.want {
			got, there := attrs[key]
			if want == nil && there || want != nil && got != want {
				t.Errorf("%s: %s is %q (%t), want %v", name, key, got, there, want)
			}
		}
	}
	_, p := openForm(t, "", object("id", "f", "style", "color: red"))
	if got := p.must(t, "#f").Props["style"]; got != "color: red" {
		t.Errorf("its style is %v", got)
	}
}

func TestLabelsAreThePagesHTML(t *testing.T) {
	_, p := openForm(t, "", object("id", "f", "required", true, "label", "I accept the <a href='/terms'>terms</a> &amp; more"), object("id", "g", "label", "Plain"))
	var labels []string
	walk(p.tree, func(n *view.Node) {
		if n.Tag == "label" {
			labels = append(labels, n.HTML+"|"+n.Text)
		}
	})
	if got := strings.Join(labels, "; "); got != "I accept the <a href='/terms'>terms</a> &amp; more|; |Plain" {
		t.Errorf("labels are %s", got)
	}
	p.do(t, "form", "submit", view.Action{})
	if got := textOf(p.must(t, ".cx-form-wrong")); got != "I accept the terms & more" {
		t.Errorf("the wrong one is %q", got)
	}
}

func TestRowsOfAFormAreWhereTheyBelong(t *testing.T) {
	input := object("id", "f")
	for name, tt := range map[string]struct {
		wrapper string
		inputs  []any
		want    string
	}{
		"a table, and no wrapper":    {"<table class='x'></table>", []any{input}, "<table class='x'><tr><th>{label:f}</th><td>{input:f}</td></tr></table>"},
		"another element":            {"<div></div>", []any{input}, "<div><div class=\"cx-form-group\">{label:f}{input:f}</div></div>"},
		"a row without a table":      {"", []any{object("id", "f", "wrapper", "<tr><td>{input}</td></tr>")}, "<table><tr><td>{input:f}</td></tr></table>"},
		"a row of the page's own":    {"<table></table>", []any{object("custom", "<tr><td>Hello</td></tr>"), input}, "<table><tr><td>Hello</td></tr><tr><th>{label:f}</th><td>{input:f}</td></tr></table>"},
		"no wrapper at all":          {"", []any{input}, ""},
		"one that is hidden, beside": {"<table></table>", []any{object("id", "h", "type", "HIDDEN", "value", "x"), input}, "<table><tr><th>{label:f}</th><td>{input:f}</td></tr></table>"},
	} {
		_, p := openForm(t, tt.wrapper, tt.inputs...)
		if got := p.must(t, ".cx-form-inputs").HTML; got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestWhatThePageHasHiddenIsNeitherAskedForNorFocused(t *testing.T) {
	for name, how := range map[string]map[string]any{
		"by type": object("type", "Hidden"), "by attribute": object("hidden", true), "by an empty attribute": object("hidden", ""),
		"by style": object("style", "color:red; Display : none"),
	} {
		helper := object("id", "helper", "name", "helper", "value", "x1", "required", true)
		for k, v := range how {
			helper[k] = v
		}
		s, p := openForm(t, "", helper, object("id", "f", "name", "firstname"))
		if p.must(t, "#helper").Focus != "" || p.must(t, "#f").Focus == "" {
			t.Errorf("%s: the keyboard is in it", name)
		}
		p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann"}})
		start, _ := chattest.Take[*wire.Start](t, s.link)
		if got := fmt.Sprint(start.UserData); got != "map[helper:x1]" {
			t.Errorf("%s: sent %s", name, got)
		}
	}
}

func TestBoxesAndChoicesBeginAsThePageSays(t *testing.T) {
	s, p := openForm(t, "",
		object("id", "news", "name", "news", "type", "checkbox", "checked", true),
		object("id", "r1", "name", "size", "type", "radio", "value", "s"), object("id", "r2", "name", "size", "type", "radio", "value", "l", "checked", true),
		object("id", "sel", "name", "topic", "type", "select", "options", []any{
			object("text", "Tents", "group", true), object("text", "Small", "value", "1"), object("text", "Big", "value", "2", "selected", true)}))
	for id, want := range map[string]bool{"#news": true, "#r1": false, "#r2": true} {
		if got := p.must(t, id).Props["checked"]; got != want {
			t.Errorf("%s is ticked: %v", id, got)
		}
	}
	groups := p.must(t, "#sel").Children
	if len(groups) != 1 || groups[0].Tag != "optgroup" || groups[0].Attrs["label"] != "Tents" || len(groups[0].Children) != 2 || p.must(t, "#sel").Props["value"] != "2" {
		t.Errorf("the choice is %+v", p.must(t, "#sel"))
	}
	p.do(t, "form", "submit", view.Action{})
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if got := fmt.Sprint(start.UserData); got != "map[news:true size:l topic:2]" {
		t.Errorf("sent %s", got)
	}
}
