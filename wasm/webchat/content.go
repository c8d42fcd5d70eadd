package webchat

import "foyer/wasm/chat"

// content is what the window holds just now.
type content int

const (
	isBar        content = iota // minimised: the title bar only
	isConnecting                // a chat is being taken up
	isDenied                    // the relay refuses this page
	isForm
	isStarting
	isTalk
	isOver
)

// content tells what the visitor sees of the window.
func (a *App) content() content {
	if a.window == Minimized {
		return isBar
	}
	return a.holds()
}

// holds tells what the window holds, also where it is minimised.
func (a *App) holds() content {
	if a.client.Resuming() {
		return isConnecting
	}
	phase := a.client.Phase()
	if a.client.Status() == chat.Denied && (phase == chat.None || phase == chat.Starting) {
		return isDenied
	}
	switch phase {
	case chat.None:
		return isForm
	case chat.Starting:
		return isStarting
	case chat.Over:
		return isOver
	}
	return isTalk
}

// focus is what the keyboard is for, when the window comes to hold this.
func (c content) focus() string {
	switch c {
	case isBar:
		return onToggle
	case isForm:
		return onForm
	case isTalk:
		return onInput
	case isOver:
		return onAgain
	}
	return onWindow
}
