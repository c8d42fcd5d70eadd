package webchat

import (
	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
)

// Hooks are what WebChatService has to say about the window on a page. A nil function says nothing.
type Hooks struct {
	// Look is how the page shows a line.
	Look func(p Page, l *chat.Line) chat.Look
	// UserData adds what the page has given for its next chat to what came with WebChat.open.
	UserData func(p Page, data map[string]any) map[string]any
	// Uploads hears that files on their way have come further.
	Uploads func()
	// FileAnswered hears of each file that the relay has taken, or refused for good.
	FileAnswered func(i *attachment.Item)
}

// Hook sets the hooks; it is called before there are pages.
func (a *App) Hook(h Hooks) { a.hooks = h }

// Redraw says that the hooks may answer differently now.
func (a *App) Redraw() { a.changed() }

// look puts a line into the form in which a page shows it; false where it shows none.
func (a *App) look(p Page, l *chat.Line) bool {
	if a.hooks.Look == nil {
		return true
	}
	look := a.hooks.Look(p, l)
	if look.Changed {
		l.Text, l.HTML = look.Text, look.HTML
	}
	if look.Message {
		l.Kind = wire.KindMessage
	}
	return !look.Hidden
}

func (a *App) uploadsChanged() {
	a.changed()
	if a.hooks.Uploads != nil {
		a.hooks.Uploads()
	}
}

func (a *App) startData(p Page) map[string]any {
	if a.hooks.UserData == nil {
		return a.userData
	}
	return a.hooks.UserData(p, a.userData)
}
