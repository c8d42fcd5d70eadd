package webchat

import (
	"maps"

	"foyer/wasm/page"
)

// commandContext is WebChat.registerContextHandler {handler}: the page's function is asked before each chat that begins
// on it, with the window's metadata, and what it gives goes into the chat's attached data.
func (a *App) commandContext(p *pane, c *page.Command) {
	given := c.Field("handler")
	if given == nil {
		given = c.Data
	}
	function, ok := page.FunctionOf(given)
	if !ok {
		c.Settle(false, "a context handler is a function")
		return
	}
	p.context = &function
	c.Settle(true, nil)
}

// withContext goes on when the page's context is in the attached data. A function that fails gives none.
func (a *App) withContext(p *pane, begin func()) {
	if p.context == nil {
		begin()
		return
	}
	p.page.Call("fn", map[string]any{"fn": *p.context, "args": []any{a.metadata()}, "data": true}, func(_ bool, value any) {
		if data, ok := value.(map[string]any); ok {
			a.addUserData(data)
		}
		begin()
	})
}

// addUserData merges into what is attached to the next chat.
func (a *App) addUserData(data map[string]any) {
	if a.userData == nil {
		a.userData = map[string]any{}
	}
	maps.Copy(a.userData, data)
}
