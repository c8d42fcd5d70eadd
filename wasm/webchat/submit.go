package webchat

import (
	"maps"

	"foyer/wasm/chat"
	"foyer/wasm/page"
)

// fill takes over what the form's fields hold.
func (a *App) fill(p *pane, values map[string]string) {
	for _, f := range p.registration().fields {
		value, there := values[f.name]
		if !there || a.form[f.name] == value {
			continue
		}
		a.form[f.name] = value
		p.written = true
		if f.whileTyping && f.validate != nil {
			a.judge(p, f, "input", func(bool) { a.changed() })
		}
	}
}

// submit begins a chat with what the form holds, if all of it may be so. The page's own functions judge it, which takes
// a while; a second submit meanwhile does nothing.
func (a *App) submit(p *pane) {
	if p.judging {
		return
	}
	fields := p.registration().fields
	p.judging, p.wrong, p.invalid = true, "", nil
	left := len(fields) + 1
	judged := func() {
		left--
		if left > 0 {
			return
		}
		p.judging = false
		a.submitted(p, fields)
	}
	for _, f := range fields {
		a.judge(p, f, "submit", func(bool) { judged() })
	}
	judged()
}

// submitted goes on when every field was judged.
func (a *App) submitted(p *pane, fields []field) {
	for _, f := range fields {
		if p.invalid[f.name] {
			p.wrong = f.name
			p.wantFocus(onWrong)
			a.changed()
			return
		}
	}
	a.withContext(p, func() { a.start(p, fields) })
}

// markRefused marks the field that the relay does not take, as if the form itself had refused it.
func (a *App) markRefused(name string) {
	for _, p := range a.panes {
		for _, f := range p.registration().fields {
			if name != "" && f.name == name {
				p.invalid, p.wrong = map[string]bool{name: true}, name
			}
		}
		if p.wrong != "" && p.hasFocus {
			p.wantFocus(onWrong)
		}
	}
}

// judge asks the page whether a field may hold what it holds, and notes the answer.
func (a *App) judge(p *pane, f field, event string, done func(ok bool)) {
	note := func(ok bool) {
		if ok {
			delete(p.invalid, f.name)
		} else {
			if p.invalid == nil {
				p.invalid = map[string]bool{}
			}
			p.invalid[f.name] = true
		}
		done(ok)
	}
	if f.required && !f.hidden && a.valueOf(p, f) == "" {
		note(false)
		return
	}
	function, ok := page.FunctionOf(f.validate)
	if !ok {
		note(true)
		return
	}
	p.page.Call("judge", map[string]any{
		"fn": function, "name": f.name, "event": event,
		"form": page.Selected(".cx-webchat form.cx-form"), "input": page.ElementOf(f.id),
		"label": page.Selected("label" + page.WithAttribute("for", f.id)),
	}, func(answered bool, value any) {
		judged, _ := value.(map[string]any)
		a.corrected(p, judged)
		note(answered && judged["ok"] == true) // what was not judged is not sent
	})
}

// corrected takes over what the page's function has put into the fields.
func (a *App) corrected(p *pane, judged map[string]any) {
	fields, _ := judged["fields"].(map[string]any)
	for _, f := range p.registration().fields {
		if value, ok := fields[f.name].(string); ok {
			a.form[f.name] = value
		}
	}
}

// valueOf is what a field holds: what was filled in, or what the page has put there.
func (a *App) valueOf(p *pane, f field) string {
	if value, filled := a.form[f.name]; filled {
		return value
	}
	switch {
	case f.kind == "checkbox" || f.kind == "radio":
		if f.checked {
			return f.ticked()
		}
		return ""
	case f.kind == "select" && f.value == "":
		return f.chosen()
	}
	return p.texts.words(f.value)
}

// start begins a chat. What the chat has no field for goes into its attached data.
func (a *App) start(p *pane, fields []field) {
	form := chat.Form{Page: p.page.IDs().Page, UserData: map[string]any{}}
	maps.Copy(form.UserData, a.startData(p.page))
	places := map[string]*string{
		"firstname": &form.FirstName, "lastname": &form.LastName, "email": &form.Email, "subject": &form.Subject,
		"nickname": &form.Nickname,
	}
	for name, place := range places {
		*place = a.form[name]
	}
	for _, f := range fields {
		value := a.valueOf(p, f)
		if place, known := places[f.name]; known {
			*place = value
		} else if value != "" {
			form.UserData[f.name] = value
		}
	}
	if len(form.UserData) == 0 {
		form.UserData = nil
	}
	p.written = false
	a.publish("WebChat.submitted")
	a.client.Start(form)
	a.o.Connect()
	a.changed()
}
