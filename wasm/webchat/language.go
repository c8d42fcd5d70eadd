package webchat

import (
	"maps"
	"strings"
)

// words are the texts of a page: the shipped ones of its language, with what its own configuration says instead. nil as
// long as they are not here; they are asked for then, once.
func (a *App) words(p *pane) Texts {
	if p.texts != nil {
		return p.texts
	}
	lang := p.settings().lang(p.page.Deployment().Lang)
	shipped := a.shipped(lang)
	own, known := a.ownWords(p, lang)
	if shipped == nil || !known {
		return nil
	}
	p.texts = shipped
	if len(own) > 0 {
		p.texts = maps.Clone(shipped)
		flatten(p.texts, "", own)
		p.texts.takeErrors(own)
		p.texts.takeLanguage(lang, own)
	}
	return p.texts
}

// errorWords are the texts that a page may have worded by the vendor's name ("Errors" of its i18n), by our key.
var errorWords = map[string]string{
	"ChatFormFailed": "Errors.StartFailed", "ChatReconnecting": "Errors.Disconnected", "ChatDenied": "Errors.ChatUnavailable",
	"MessageFailed": "Errors.MessageFailed", "errors.fileSize": "Errors.FileTransferSizeError",
	"errors.fileTotal": "Errors.FileTransferSizeError", "errors.internal": "Errors.Generic", "errors.unavailable": "Errors.503",
}

// takeErrors takes over what a page says in "Errors", where it does not use our own key as well.
func (t Texts) takeErrors(own map[string]any) {
	for ours, theirs := range errorWords {
		if _, given := own[ours]; given {
			continue
		}
		if words, given := t[theirs]; given {
			t[ours] = words
		}
	}
}

// rightToLeft are the languages whose letters run so, as far as pages are likely to bring one.
const rightToLeft = " ar dv fa he iw ku ps sd ug ur yi "

// takeLanguage names the language of a page that brings one which is not shipped, so that it is read out and runs as it
// should, unless the page says itself what it is.
func (t Texts) takeLanguage(lang string, own map[string]any) {
	name, _, _ := strings.Cut(lang, "-")
	if name == "" || name == t["Lang"] || own["Lang"] != nil || own["Dir"] != nil {
		return
	}
	t["Lang"], t["Dir"] = lang, "ltr"
	if strings.Contains(rightToLeft, " "+name+" ") {
		t["Dir"] = "rtl"
	}
}

// shipped are the texts of a language as they come with Foyer.
func (a *App) shipped(lang string) Texts {
	texts, asked := a.languages[lang]
	if !asked {
		a.languages[lang] = nil
		a.o.Texts(lang, func(t map[string]string) {
			a.languages[lang] = t
			a.changed()
		})
		texts = a.languages[lang]
	}
	return texts
}

// ownWords are those of the page's main.i18n, an object or the address of one; known is false while the page is fetching
// it.
func (a *App) ownWords(p *pane, lang string) (own map[string]any, known bool) {
	i18n := p.settings().main["i18n"]
	if address, ok := i18n.(string); ok && address != "" {
		if p.i18n == nil {
			a.fetchWords(p, address)
			return nil, false
		}
		i18n = *p.i18n
	}
	for _, l := range []string{lang, strings.Split(lang, "-")[0]} {
		all, _ := i18n.(map[string]any)
		language, _ := all[l].(map[string]any)
		if words, ok := language["webchat"].(map[string]any); ok {
			return words, true
		}
	}
	return nil, true
}

// fetchWords has the page get its own file of texts. Without it the shipped ones are shown.
func (a *App) fetchWords(p *pane, address string) {
	if p.fetching == address {
		return
	}
	p.fetching = address
	p.page.Call("json", map[string]any{"url": address}, func(_ bool, value any) {
		p.i18n = &value
		a.changed()
	})
}

// flatten puts words in the place of others; those of an inner object get its name in front ("Errors.StartFailed").
func flatten(into Texts, prefix string, words map[string]any) {
	for key, v := range words {
		switch v := v.(type) {
		case string:
			into[prefix+key] = v
		case map[string]any:
			flatten(into, prefix+key+".", v)
		case []any:
			for i, e := range v {
				if text, ok := e.(string); ok {
					into[prefix+listed(key, i)] = text
				}
			}
		}
	}
}
