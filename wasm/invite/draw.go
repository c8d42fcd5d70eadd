package invite

import (
	"cmp"
	"strings"

	"foyer/wasm/view"
)

// Root is the name of the dialog's root on a page.
const Root = "invite"

const (
	rootClass = "cx-common-container"
	titleID   = "foyer-invite-title"
	bodyID    = "foyer-invite-body"
	cross     = "M6 6l12 12M18 6L6 18"
)

// words are the texts of one language, by key: a file www/texts/engage.*.json.
type words map[string]string

func (w words) get(key string) string { return cmp.Or(w[key], key) }

// Texts gives the texts of a page in its language, now or when they are there.
func (a *App) Texts(p Page, f func(map[string]string)) { a.withWords(p, func(w words) { f(w) }) }

// withWords calls f with the texts of the page's language, now or when they are there.
func (a *App) withWords(p Page, f func(words)) {
	lang := languageOf(p)
	if w := a.words[lang]; w != nil {
		f(w)
		return
	}
	a.o.Texts(lang, func(w map[string]string) {
		a.words[lang] = w
		f(w)
	})
}

// languageOf is the language of the page's configuration, else its own. It becomes part of an address.
func languageOf(p Page) string {
	lang, _ := p.Config("main")["lang"].(string)
	lang = cmp.Or(lang, p.Address().Lang, p.Deployment().Lang)
	if strings.Trim(lang, unreserved[:52]+"-") != "" {
		return ""
	}
	return lang
}

// draw shows the dialog on its page, and has it read out where it is new. It never takes the focus: nobody has asked for
// it.
func (a *App) draw() {
	i, p := a.now, a.now.page
	a.withWords(p, func(w words) {
		if a.now != i || i.page != p {
			return
		}
		tree := i.tree(w)
		p.Render(Root, rootClass, tree.With("lang", w.get("Lang"), "dir", w.get("Dir")))
		if i.order != nil {
			p.Call("invitationShown", map[string]any{"n": i.order.n}, nil)
		}
		p.Call("announce", map[string]any{"text": i.title(w) + ". " + i.body(w)}, nil)
	})
}

func (i *invitation) title(w words) string {
	if i.offer != nil {
		return i.config.subject
	}
	return cmp.Or(i.config.subject, w.get(i.key("Title")))
}

func (i *invitation) body(w words) string {
	if i.offer != nil {
		return strings.TrimSpace(i.offer.sub + " " + i.config.message)
	}
	return cmp.Or(i.config.message, w.get(i.key("Body")))
}

// key is that of a text of the built-in invitation.
func (i *invitation) key(end string) string {
	if i.config.kind == "callback" {
		return "InviteCallback" + end
	}
	return "Invite" + end
}

// tree is the dialog. The classes gpe-dialog… and the words in the buttons' types are what sites style and foyer-invite.js
// listens to; a word that is no type of button makes one that does nothing by itself.
func (i *invitation) tree(w words) *view.Node {
	kind := cmp.Or(i.config.kind, "chat")
	title := i.title(w)
	box := view.Box("div", "cx-widget cx-toast gpe-dialog gpe-dialog-"+plain(kind))
	shut := view.Box("button", "cx-icon-button gpe-dialog-close").With("type", "close", "aria-label", w.get("AriaClose"))
	shut.Add(drawing(cross))
	head := view.Box("div", "gpe-dialog-titlebar cx-toast-head",
		view.Say("h2", "gpe-dialog-title cx-toast-title", title).With("id", titleID), shut)
	content := view.Box("div", "gpe-dialog-content").With("id", bodyID)
	if i.offer != nil && i.offer.sub != "" {
		content.Add(view.Say("p", "cx-engage-sub", i.offer.sub))
	}
	if text := cmp.Or(i.config.message, i.bodyOf(w)); text != "" {
		content.Add(view.Say("p", "cx-toast-body", text))
	}
	box.Add(head, content, i.buttons(w, kind))
	if i.command != nil {
		box.With("class", "cx-widget cx-toast cx-engage gpe-dialog")
		if i.offer.overlay {
			box.With("class", "cx-widget cx-toast cx-engage cx-engage-overlay gpe-dialog")
		}
		shut.Handle("click", actClose)
		box.On = []view.Handler{{Event: "keydown", Action: actClose, Keys: []string{"Escape"}, Prevent: true}}
	}
	return box.With("role", "dialog", "aria-modal", "false", "aria-labelledby", titleID, "aria-describedby", bodyID)
}

func (i *invitation) bodyOf(w words) string {
	if i.offer != nil {
		return ""
	}
	return i.body(w)
}

func (i *invitation) buttons(w words, kind string) *view.Node {
	accept := view.Say("button", "cx-btn cx-btn-primary", cmp.Or(i.config.accept, w.get(i.key("Accept")))).
		With("type", "button "+plain(kind)+" accept")
	cancel := view.Say("button", "cx-btn cx-btn-default", cmp.Or(i.config.cancel, w.get(i.key("Reject")))).
		With("type", "button cancel")
	if i.command != nil {
		if i.offer.link != "" {
			accept.Tag = "a"
			accept.With("href", i.offer.link, "target", "_blank", "rel", "noopener")
			delete(accept.Attrs, "type")
		}
		accept.Handle("click", actAccept)
		cancel.Handle("click", actDecline)
	}
	return view.Box("div", "gpe-dialog-buttonset cx-button-container", view.Box("div", "cx-button-group cx-buttons-binary", cancel, accept))
}

// plain is a word that may stand in a list of words.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(unreserved, r) {
			return r
		}
		return -1
	}, word)
}

func drawing(path string) *view.Node {
	svg := view.Box("svg", "cx-icon", (&view.Node{Tag: "path", Attrs: map[string]string{}}).With("d", path))
	return svg.With("viewBox", "0 0 24 24", "aria-hidden", "true", "focusable", "false")
}
