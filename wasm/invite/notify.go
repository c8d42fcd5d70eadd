package invite

import (
	"strings"

	"foyer/relay/wire"
)

// Channels that mean the same on every page. All others are the page's own.
const (
	appendContent = "gpe.appendContent"
	callFunction  = "gpe.callFunction"
	predefined    = "gpe."
)

// notified does what a message says, on the pages that it is for.
func (a *App) notified(f *wire.Notify) {
	var meant []Page
	for _, p := range a.pages {
		ids := p.IDs()
		if p.Tracked() && ids.Visit == f.Visit && (f.Page == "" || ids.Page == f.Page) {
			meant = append(meant, p)
		}
	}
	if len(meant) == 0 {
		return
	}
	if f.Channel == appendContent {
		a.content(meant, f)
		return
	}
	for _, p := range meant {
		switch {
		case f.Channel == callFunction:
			call(p, f.Data)
		case strings.HasPrefix(f.Channel, predefined):
			p.Log("warn", "a notification for "+f.Channel+", which nobody knows")
		default:
			p.Publish("GWE."+f.Channel, f.Data, false)
		}
	}
}

// call calls a function of the page, if the deployment allows its name.
//
//	object                        the owner, a dotted name; "window" where it is left out
//	function, functionName, name  the function
//	params, args                  a list of arguments
func call(p Page, data map[string]any) {
	name := strings.TrimPrefix(first(data, "function", "functionName", "name"), "window.")
	if owner := strings.TrimPrefix(strings.TrimPrefix(first(data, "object"), "window"), "."); owner != "" {
		name = owner + "." + name
	}
	if !allowed(name, p.Deployment().Functions) {
		p.Log("warn", "a notification may not call "+name+": add it to notifications.functions of the deployment")
		return
	}
	args, isList := data["params"].([]any)
	if !isList {
		args, _ = data["args"].([]any)
	}
	p.Call("callPage", map[string]any{"name": name, "args": args}, nil)
}

// allowed tells whether one of the names is this one, or that of something that holds it.
func allowed(name string, names []string) bool {
	for _, part := range strings.Split(name, ".") {
		switch part {
		case "", "__proto__", "prototype", "constructor":
			return false
		}
	}
	for _, n := range names {
		if name == n || strings.HasPrefix(name, n+".") {
			return true
		}
	}
	return false
}

// first is the first of the fields that holds a text.
func first(m map[string]any, names ...string) string {
	for _, name := range names {
		if text, ok := m[name].(string); ok && text != "" {
			return text
		}
	}
	return ""
}
