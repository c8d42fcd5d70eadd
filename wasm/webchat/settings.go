package webchat

import (
	"strings"

	"foyer/wasm/page"
)

// settings are what a page's configuration says of the window: _genesys.widgets.webchat and main, as pages write them.
// They belong to the page; a value of another type than expected counts as not given.
type settings struct{ webchat, main map[string]any }

func settingsOf(p Page) settings {
	return settings{webchat: p.Config("webchat"), main: p.Config("main")}
}

// on tells whether a switch of the window is on.
func (s settings) on(name string) bool { return s.webchat[name] == true }

// off tells whether the page says no to something that is on by default, of the window or of all of them.
func (s settings) off(name string) bool { return s.webchat[name] == false || s.main[name] == false }

// number is a setting of the window, or otherwise.
func (s settings) number(name string, otherwise int) int {
	if n, ok := s.webchat[name].(float64); ok {
		return int(n)
	}
	return otherwise
}

// object is a setting of the window that has settings of its own.
func (s settings) object(name string) map[string]any {
	o, _ := s.webchat[name].(map[string]any)
	return o
}

// autoInvite says when visitors are invited without anybody's doing: autoInvite, or proactive, its older form.
func (s settings) autoInvite() map[string]any {
	if auto := s.object("autoInvite"); auto != nil {
		return auto
	}
	old := s.object("proactive")
	return map[string]any{
		"enabled": old["enabled"], "timeToInviteSeconds": old["idleTimer"], "inviteTimeoutSeconds": old["cancelTimer"],
	}
}

// lang is the language that the page asks for, or otherwise. It becomes part of an address.
func (s settings) lang(otherwise string) string {
	lang, _ := s.main["lang"].(string)
	for _, c := range strings.ToLower(lang) {
		if (c < 'a' || c > 'z') && c != '-' {
			return otherwise
		}
	}
	if lang == "" {
		return otherwise
	}
	return lang
}

// hours is 12 or 24 where the page says how times are written, else 0.
func (s settings) hours() int {
	for _, from := range []map[string]any{s.webchat, s.main} {
		switch from["timeFormat"] {
		case 12.0, "12":
			return 12
		case 24.0, "24":
			return 24
		}
	}
	return 0
}

// mobile tells whether the page has the window made for a small screen.
func (s settings) mobile(a page.Address) bool {
	if always, ok := s.main["mobileMode"].(bool); ok {
		return always
	}
	breakpoint := 600
	if n, ok := s.main["mobileModeBreakpoint"].(float64); ok {
		breakpoint = int(n)
	}
	width := widthOf(a.Screen)
	return width > 0 && width <= breakpoint
}
