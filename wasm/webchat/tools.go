package webchat

import (
	"strconv"
	"strings"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// Drawings of the tools under the input.
const (
	drawEmoji  = "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.5M15 9.5v.5"
	drawSound  = "M4 10v4h3l5 4V6L7 10zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"
	drawMuted  = "M4 10v4h3l5 4V6L7 10zM16 9.5l5 5M21 9.5l-5 5"
	drawSave   = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"
	drawAttach = "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a1.8 1.8 0 0 1-2.5-2.5L14.500 7.500"
)

// emojis are those that the picker offers: few, so that they can be seen at once.
const emojis = "😀 😃 😂 🙂 😉 😊 😍 😘 😎 🤔 😐 😏 🙄 😴 😢 😭 😡 😱 👍 👎 👌 🙏 👏 🙌 👋 💪 🤝 ❤️ 💔 🔥 ⭐ ✨ 🎉 🎁 ✅ ❌ ❓ ❗ 💡 📷 📦 🚚 ☕ 🌞 🌧️ 🏠 📞 ✉️"

const emojiPanelID = "cx-webchat-emojis"

// tools are what stands under the input. Those that a page may leave out (actionsMenu) are in a menu of their own.
func (d painter) tools() *view.Node {
	menu := view.Box("div", "cx-menu", d.emojiPicker())
	if attach := d.attachButton(); attach != nil {
		menu.Add(attach.Keyed("attach"))
	}
	sound, pressed := drawSound, "false"
	if d.a.muted() {
		sound, pressed = drawMuted, "true"
	}
	menu.Add(
		d.iconButton("cx-mute", "AriaMute", sound, actMute).With("aria-pressed", pressed).Keyed("mute"),
		d.iconButton("cx-save", "TranscriptSave", drawSave, actSave).Keyed("save"))
	if d.s.off("actionsMenu") {
		hide(menu)
	}
	return view.Box("div", "cx-footer-actions", menu, d.count(), d.button("cx-btn-link cx-end-chat", "ChatEnd", actEnd))
}

// emojiPicker is the button and the emojis, which are in the document before somebody asks for them: pages have their own
// there. What is picked is put into the message on the page itself, at the cursor.
func (d painter) emojiPicker() *view.Node {
	if !d.s.on("emojis") {
		return nil
	}
	class := "cx-emoji"
	list := view.Box("div", "cx-emojis").With("id", emojiPanelID, "role", "group", "aria-label", d.t.Get("AriaEmoji"))
	list.On = []view.Handler{{Event: "click", Action: actEmoji, Insert: "message"}}
	for _, e := range strings.Split(emojis, " ") {
		list.Add(view.Say("button", "cx-emoji-choice", e).With("type", "button"))
	}
	if d.p.emojis {
		class += " cx-open"
	} else {
		hide(list)
	}
	b := d.iconButton("cx-emoji-button", "AriaEmoji", drawEmoji, actEmojis).
		With("aria-expanded", strconv.FormatBool(d.p.emojis), "aria-controls", emojiPanelID)
	return view.Box("div", class, d.focusable(b, onEmojis), list).Keyed("emojis")
}

// limit is how many characters a message may have.
func (s settings) limit() int {
	n := s.number("maxMessageLength", wire.MaxMessageRunes)
	if n < 1 || n > wire.MaxMessageRunes {
		return wire.MaxMessageRunes
	}
	return n
}

// count shows how many characters are written, where the page wants that or hardly any are left. It says when few are
// left; that there are too many, tooLong says.
func (d painter) count() *view.Node {
	limit, written := d.s.limit(), chat.Units(d.a.client.Draft())
	if !d.s.on("charCountEnabled") && written < limit*9/10 {
		return nil
	}
	n := view.Box("div", "cx-char-count",
		view.Say("span", "cx-char-count-number", strconv.Itoa(written)+"/"+strconv.Itoa(limit)).With("aria-hidden", "true"))
	said := view.Box("span", "cx-sr-only").With("role", "status")
	if left := d.s.announced(limit, limit-written); left >= 0 && written <= limit {
		said.Text = d.t.With("AriaCharsLeft", "Count", strconv.Itoa(left))
	}
	return n.Add(said)
}

// tooLong says that the message is too long to be sent, and what can be done about it. Nothing of it is cut.
func (d painter) tooLong() *view.Node {
	draft, limit := d.a.client.Draft(), d.s.limit()
	if chat.Units(draft) <= limit {
		return nil
	}
	n := view.Box("div", "cx-too-long", view.Say("p", "cx-too-long-text", d.t.tooLong(draft, limit)).With("role", "alert"))
	if parts := len(chat.Split(draft, limit)); parts <= chat.MostParts {
		split := d.button("cx-btn-default cx-split", "MessageSplit", actSplit)
		split.Text = d.t.With("MessageSplit", "Count", strconv.Itoa(parts))
		n.Add(split)
	}
	if d.takesFiles() && d.a.queue.Limits().Takes(&attachment.File{Name: "message.txt", Size: int64(len(draft))}) {
		file := view.Say("button", "cx-btn cx-btn-default cx-as-file", d.t.Get("MessageAsFile")).With("type", "button")
		file.On = []view.Handler{{Event: "click", Action: actAsFile, AsFile: "message"}}
		n.Add(file)
	}
	return n.Keyed("too-long")
}

func (t Texts) tooLong(draft string, limit int) string {
	text := t.With("MessageTooLong", "Count", strconv.Itoa(chat.Units(draft)))
	return strings.ReplaceAll(text, "<%Limit%>", strconv.Itoa(limit))
}

// announced is the last of the numbers of characters left that are worth saying, -1 before the first:
// ariaCharRemainingIntervals are percents of the limit.
func (s settings) announced(limit, left int) int {
	percents, ok := s.webchat["ariaCharRemainingIntervals"].([]any)
	if !ok {
		percents = []any{25.0, 10.0, 0.0}
	}
	said := -1
	for _, v := range percents {
		percent, _ := v.(float64)
		if at := limit * int(percent) / 100; left <= at && (said < 0 || at < said) {
			said = at
		}
	}
	return said
}
