package invite

import (
	"strconv"
	"strings"
	"time"

	"foyer/wasm/page"
)

// keptKeys are what a later page needs of an invitation: its message, but for what it says in its config.
var keptKeys = []string{"url", "container"}

// keptConfig are the keys of a config that are kept.
var keptConfig = []string{
	"type", "engagementID", "subject", "message", "greeting", "acceptBtnCaption", "cancelBtnCaption", "inviteTimeout",
}

// format writes the invitation in one line for the pages that come after this one: name=value, joined by &.
func (i *invitation) format() string {
	var b strings.Builder
	put := func(name, value string) {
		if value == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name + "=" + escape(value))
	}
	if !i.until.IsZero() {
		put("until", strconv.FormatInt(i.until.UnixMilli(), 10))
	}
	put("visit", i.order.ids.visit)
	put("page", i.order.ids.page)
	put("at", i.at)
	if i.front {
		put("front", "1")
	}
	for _, key := range keptKeys {
		put(key, first(i.order.data, key))
	}
	config, _ := i.order.data["config"].(map[string]any)
	for _, key := range keptConfig {
		put("config."+key, asText(config[key]))
	}
	return b.String()
}

func asText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	if n, ok := number(v); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

// parseKept reads what format has written; nil for anything else.
func parseKept(text string) *invitation {
	data, config := map[string]any{}, map[string]any{}
	i := &invitation{kept: true, order: &order{data: data}}
	for _, part := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		value = unescape(value)
		switch name {
		case "until":
			ms, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil
			}
			i.until = time.UnixMilli(ms)
		case "visit":
			i.order.ids.visit = value
		case "page":
			i.order.ids.page = value
		case "at":
			i.at = value
		case "front":
			i.front = true
		default:
			if key, of := strings.CutPrefix(name, "config."); of {
				config[key] = value
			} else {
				data[name] = value
			}
		}
	}
	if len(config) > 0 {
		data["config"] = config
	}
	if i.order.ids.visit == "" || first(data, "url") == "" {
		return nil
	}
	i.config = readConfig(config)
	return i
}

// restore takes up an invitation that an earlier page of the visit has left, if it still has time. What was nobody's when
// its time ended, because the last tab was closed, is reported now. A page that goes cannot do that: it does not know
// whether the visitor leaves or comes to the next page, and only the first result of an invitation counts.
func (a *App) restore() {
	kept := a.o.Stored(page.KeepInvite)
	if kept == "" || a.now != nil {
		return
	}
	i, now := parseKept(kept), a.o.Loop.Now()
	if i == nil || !i.until.IsZero() && !i.lasts(now) {
		a.o.Store(page.KeepInvite, "")
		if i != nil && i.config.engagement != "" { // the relay takes one result of an engagement
			a.dispose(i.order.ids, i.config.engagement, resultTimeout)
		}
		return
	}
	a.now = i
	if !i.until.IsZero() {
		i.stop = a.o.Loop.After(i.until.Sub(now), func() { a.timedOut(i) })
	}
}

// lasts tells whether a kept invitation has an end, and time until then; nobody writes one that ends in days.
func (i *invitation) lasts(now time.Time) bool {
	return i.until.After(now) && !i.until.After(now.Add(24*time.Hour))
}

// leaves tells whether a page leaves an invitation alone because another tab shows one, which has a worker of its own
// where workers are not shared. A page that is on a screen leaves it to one that is too, any other leaves it to all. What
// cannot be shown for that reason is reported, unless it is the very same.
func (a *App) leaves(p Page, o *order, engagement string) bool {
	i := parseKept(a.o.Stored(page.KeepInvite))
	if i == nil || i.at == p.IDs().Page || !i.lasts(a.o.Loop.Now()) || i.order.ids.visit != o.ids.visit || p.Visible() && !i.front {
		return false
	}
	if engagement != i.config.engagement {
		a.dispose(o.ids, engagement, resultUnknown)
	}
	return true
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"

// escape writes a text so that it can stand in the query of an address (RFC 3986, 2).
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if c := text[i]; strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}

// unescape is the way back; what is no escape stays as it is.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
