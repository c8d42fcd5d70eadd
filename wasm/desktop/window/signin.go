package window

import (
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// signIn is the page of an agent who has not signed in.
func (w *Window) signIn() *view.Node {
	busy := w.desk.Phase == desk.SigningIn
	offline := w.desk.Connection != desk.Online
	submit := disabled(with(txt("button", "fd-button fd-primary", w.t("SignIn")), "type", "submit"), busy || offline)
	form := el("form", "fd-signin", "form",
		txt("p", "fd-brand", w.t("ProductName")),
		txt("h1", "fd-signin-title", w.t("SignInTitle")),
		w.signInField("fd-username", "username", w.t("Username"), "text", "username", toUsername),
		w.signInField("fd-password", "password", w.t("Password"), "password", "current-password", toPassword),
		with(keyed(txt("p", "fd-signin-problem", w.signInProblem()), "problem"), "role", "alert"),
		submit,
		with(keyed(txt("p", "fd-signin-state", w.signInState()), "state"), "role", "status"))
	// The password stays in its field until the answer is there: a wrong one is mended, not typed anew.
	on(form, view.Handler{Event: "submit", Action: "signin", Prevent: true, Fields: true})
	return el("main", "fd fd-start", "signin", form)
}

func (w *Window) signInField(id, name, label, kind, autocomplete string, as target) *view.Node {
	input := with(el("input", "fd-field", ""), "id", id, "name", name, "type", kind,
		"autocomplete", autocomplete, "required", "", "spellcheck", "false", "autocapitalize", "none")
	return el("div", "fd-row", id,
		with(txt("label", "fd-label", label), "for", id),
		w.focusable(input, as))
}

func (w *Window) signInProblem() string {
	if w.desk.Connection == desk.Refused {
		return w.refused()
	}
	if p := w.desk.SignInProblem; p != nil {
		return w.problem(p)
	}
	return ""
}

func (w *Window) signInState() string {
	switch {
	case w.desk.Connection == desk.Refused:
		return ""
	case w.desk.Connection != desk.Online:
		return w.t("Connecting")
	case w.desk.Phase == desk.SigningIn:
		return w.t("SigningIn")
	}
	return ""
}
