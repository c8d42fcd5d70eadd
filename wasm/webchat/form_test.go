package webchat_test

import (
	"reflect"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// described is a form as pages describe it.
func described() map[string]any {
	return object("wrapper", "<table></table>", "inputs", []any{
		object("id", "cx_webchat_form_firstname", "name", "firstname", "type", "text", "label", "@i18n:webchat.ChatFormFirstName",
			"maxlength", "40", "placeholder", "Your name", "required", true,
			"wrapper", "<tr><th>{label}</th><td>{input}</td></tr>"),
		object("id", "product", "name", "product", "type", "select", "label", "Product",
			"options", []any{"Tent", object("text", "Boat", "value", "b")}, "wrapper", "<tr><td>{label} {input}</td></tr>"),
		object("id", "terms", "name", "terms", "type", "checkbox", "label", "I agree"),
		object("id", "source", "name", "source", "type", "hidden", "value", "shop"),
		object("id", "email", "name", "email", "type", "text", "label", "E-mail", "validateWhileTyping", true, "validate", object("$fn", 9.0)),
	})
}

func openDescribed(t *testing.T) (*stage, *tab) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	p.command("WebChat.open", object("formJSON", described()))
	return s, p
}

func TestFormAsThePageDescribesIt(t *testing.T) {
	_, p := openDescribed(t)
	inputs := p.must(t, ".cx-form-inputs")
	want := "<table><tr><th>{label:cx_webchat_form_firstname}</th><td>{input:cx_webchat_form_firstname}</td></tr>" +
		"<tr><td>{label:product} {input:product}</td></tr><tr><th>{label:terms}</th><td>{input:terms}</td></tr>" +
		"<tr><th>{label:email}</th><td>{input:email}</td></tr></table>"
	if inputs.HTML != want {
		t.Errorf("HTML\n%s, want\n%s", inputs.HTML, want)
	}
	first := p.must(t, "#cx_webchat_form_firstname").Attrs
	if first["maxlength"] != "40" || first["placeholder"] != "Your name" || first["aria-required"] != "true" {
		t.Errorf("first name %v", first)
	}
	product := p.must(t, "#product")
	if product.Tag != "select" || len(product.Children) != 2 || product.Children[1].Attrs["value"] != "b" || product.Children[1].Text != "Boat" {
		t.Errorf("product %+v", product)
	}
	says(t, p, "First name", "Product", "I agree")
	var keys []string
	for _, c := range inputs.Children {
		keys = append(keys, c.Key)
	}
	if len(keys) != 9 || keys[0] != "label:cx_webchat_form_firstname" || keys[6] != "input:source" {
		t.Errorf("children %v", keys)
	}
}

func TestFormWithoutWrappersIsOurs(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("webchat", object("form", object("inputs", []any{
		object("id", "a", "name", "a", "type", "checkbox", "label", "A"), object("name", "b", "label", "B"),
	})))
	p.command("WebChat.open", nil)
	if p.must(t, ".cx-form-inputs").HTML != "" || p.find(".cx-form-check") == nil || p.find("#cx_webchat_form_b") == nil {
		t.Error("not drawn in groups")
	}
}

func TestWhatTheChatDoesNotKnowIsAttached(t *testing.T) {
	s, p := openDescribed(t)
	p.do(t, "form", "submit", view.Action{Fields: map[string]string{
		"firstname": "Ann", "product": "b", "terms": "true", "source": "shop", "email": "a@b.c",
	}})
	p.served(t, "judge").done(true, object("ok", true))
	s.loop.Run()
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if start.FirstName != "Ann" || start.Email != "a@b.c" ||
		!reflect.DeepEqual(start.UserData, object("product", "b", "terms", "true", "source", "shop")) {
		t.Errorf("started with %+v", start)
	}
}

func TestAutomaticSubmitTakesWhatThePageHasPutThere(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	form := described()
	form["inputs"] = form["inputs"].([]any)[1:4]
	p.command("WebChat.open", object("formJSON", form, "form", object("autoSubmit", true, "firstname", "Ann")))
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if start.FirstName != "Ann" || !reflect.DeepEqual(start.UserData, object("product", "Tent", "source", "shop")) {
		t.Errorf("started with %+v", start)
	}
	if p.data["WebChat.submitted"]["autoSubmitted"] != true || p.data["WebChat.submitted"]["prefilled"] != true {
		t.Errorf("metadata %v", p.data["WebChat.submitted"])
	}
}

func TestFieldsAreJudgedBeforeAChat(t *testing.T) {
	s, p := openDescribed(t)
	fields := map[string]string{"firstname": "", "email": "x"}
	p.do(t, "form", "submit", view.Action{Fields: fields})
	call := p.served(t, "judge")
	asked, done := call.args, call.done
	want := object("fn", 9.0, "name", "email", "event", "submit", "form", page.Selected(".cx-webchat form.cx-form"),
		"input", page.ElementOf("email"), "label", page.Selected(`label[for="email"]`))
	if !reflect.DeepEqual(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
	done(true, object("ok", false, "fields", object("firstname", "", "email", "x")))
	s.loop.Run()
	says(t, p, "Please check the marked fields.")
	if got := p.must(t, ".cx-form-wrong").Text; got != "First name, E-mail" {
		t.Errorf("the wrong fields are named %q", got)
	}
	if got := p.must(t, "#email").Attrs["aria-invalid"]; got != "true" {
		t.Errorf("aria-invalid %q", got)
	}
	if !reflect.DeepEqual(p.must(t, "#cx_webchat_form_firstname").Attrs["aria-invalid"], "true") ||
		p.focus != "cx-input cx-form-control cx-error" {
		t.Errorf("the first wrong field is marked and has the focus: %q", p.focus)
	}
	if s.link.Open() != 0 {
		t.Error("started all the same")
	}

	fields["firstname"], fields["email"] = "Ann", "a@b.c "
	p.do(t, "form", "submit", view.Action{Fields: fields})
	p.served(t, "judge").done(true, object("ok", true, "fields", object("firstname", "Ann", "email", "a@b.c")))
	s.loop.Run()
	if start, _ := chattest.Take[*wire.Start](t, s.link); start.Email != "a@b.c" {
		t.Errorf("sent %q, not what the page made of it", start.Email)
	}
}

func TestAFormThatCouldNotBeJudgedIsNotSent(t *testing.T) {
	s, p := openDescribed(t)
	p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann", "email": "x"}})
	p.served(t, "judge").done(false, "the page could not")
	s.loop.Run()
	if s.link.Open() != 0 {
		t.Error("sent")
	}
	if got := p.must(t, ".cx-form-wrong").Text; got != "E-mail" {
		t.Errorf("the wrong fields are named %q", got)
	}
}

func TestFieldsAreJudgedWhileTyping(t *testing.T) {
	s, p := openDescribed(t)
	p.do(t, "form", "input", view.Action{Fields: map[string]string{"firstname": "A", "email": "x"}})
	p.served(t, "judge").done(true, object("ok", false))
	s.loop.Run()
	if p.must(t, "#email").Attrs["aria-invalid"] != "true" {
		t.Error("not marked")
	}
	p.do(t, "form", "input", view.Action{Fields: map[string]string{"firstname": "An", "email": "x"}})
	if len(p.calls) != 0 {
		t.Error("judged again although it is the same")
	}
}

func TestAFieldThatTheRelayRefusesIsMarked(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	p.command("WebChat.open", nil)
	send := func() *chattest.Asked {
		p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann", "email": "a@b;c"}})
		_, asked := chattest.Take[*wire.Start](t, s.link)
		return asked
	}
	send().RefuseWith(&wire.Problem{Code: wire.CodeBadRequest, Field: wire.FieldEmail})
	s.loop.Run()
	if p.must(t, "#cx_webchat_form_email").Attrs["aria-invalid"] != "true" || p.must(t, ".cx-form-wrong").Text != "E-mail" {
		t.Errorf("not marked; the window says %q", p.text())
	}
	saysNot(t, p, "The request was not understood")
	send().RefuseWith(&wire.Problem{Code: wire.CodeBadRequest, Field: "none of the form"})
	s.loop.Run()
	if p.find(".cx-form-wrong") != nil || p.must(t, "#cx_webchat_form_email").Attrs["aria-invalid"] != "" {
		t.Error("still marked")
	}
	says(t, p, "The chat could not be started. The request was not understood.")
}
