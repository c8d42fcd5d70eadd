package window

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/view"
)

// details are the regions Attached data and Journey: who the visitor is, and where the visitor has been.
func (w *Window) details() *view.Node {
	// It scrolls, so the keyboard must reach it.
	column := with(el("div", "fd-details fd-pane", "details"),
		"role", "group", "aria-label", w.t("ShowDetails"), "tabindex", "0")
	if c := w.desk.Current(); c != nil {
		column.Children = []*view.Node{w.attached(c.Visitor, "", c.UserData), w.journey(c.Pages, c.Over())}
	} else if c := w.desk.CurrentCall(); c != nil {
		column.Children = []*view.Node{w.attached(c.Visitor(), c.Phone, c.UserData), w.journey(c.Pages, false)}
	}
	return column
}

func (w *Window) region(class, id, title string, content *view.Node) *view.Node {
	return with(el("section", class, id,
		with(txt("h2", "fd-title", title), "id", id), content), "aria-labelledby", id)
}

func (w *Window) attached(v wire.Visitor, phone string, data map[string]any) *view.Node {
	var rows []*view.Node
	row := func(key, name, value string) {
		class := ""
		if isID(value) {
			class = "fd-id"
		}
		rows = append(rows, el("tr", "", key,
			with(txt("th", "", name), "scope", "row"), with(txt("td", class, value), "dir", "auto")))
	}
	add := func(key, name, value string) {
		if value != "" {
			row(key, name, value)
		}
	}
	add("name", w.t("Name"), strings.TrimSpace(v.FirstName+" "+v.LastName))
	add("verified", w.t("Verified"), v.Verified)
	add("phone", w.t("Phone"), phone)
	add("email", w.t("Email"), v.Email)
	add("subject", w.t("Subject"), v.Subject)
	add("language", w.t("Language"), v.Language)
	add("site", w.t("Site"), v.Origin)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		value := valueText(data[key])
		switch {
		case value != "":
		case key == proactive:
			value = w.t("Invited")
		default:
			value = w.t("NoValue")
		}
		row("data-"+key, key, value)
	}
	if len(rows) == 0 {
		return w.region("fd-attached", "fd-attached-title", w.t("AttachedData"), txt("p", "fd-none", w.t("NoData")))
	}
	return w.region("fd-attached", "fd-attached-title", w.t("AttachedData"),
		el("table", "fd-data", "data", el("tbody", "", "", rows...)))
}

// proactive is the key of a conversation that began with an invitation. It counts by being there, whatever its value is.
const proactive = "webengagement"

// isID tells a value that nobody reads, but some copy: one long word of digits and letters A to F.
func isID(value string) bool {
	return len(value) >= 24 && strings.Trim(value, "0123456789abcdefABCDEF-") == ""
}

// valueText is attached data as an agent reads it.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = valueText(x)
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+valueText(v[key]))
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

func (w *Window) journey(pages []wire.VisitPage, over bool) *view.Node {
	if len(pages) == 0 {
		return w.region("fd-journey", "fd-journey-title", w.t("Journey"), txt("p", "fd-none", w.t("NoPages")))
	}
	list := el("ol", "fd-pages", "pages")
	last := len(pages) - 1
	for i, p := range pages {
		list.Children = append(list.Children, w.page(p, i == last && p.LeftMs == 0 && !over))
	}
	return w.region("fd-journey", "fd-journey-title", w.t("Journey"), list)
}

func (w *Window) page(p wire.VisitPage, current bool) *view.Node {
	until := p.LeftMs
	if current {
		until = w.desk.NowMs()
	}
	item := el("li", "fd-page", p.Page,
		w.pageLink(p),
		txt("p", "fd-page-url", p.URL),
		el("p", "fd-page-time", "time",
			txt("time", "", w.clock(p.EnteredMs)),
			view.If(until > 0, el("span", "fd-page-span", "",
				hidden(w.t("TimeOnPage")+" "),
				txt("span", "", w.span(time.Duration(until-p.EnteredMs)*time.Millisecond)))),
			view.If(current, txt("span", "fd-chip fd-here", w.t("CurrentPage")))))
	if current {
		with(item, "aria-current", "true")
	}
	return item
}

// pageLink leads to the page where its address is one of the web; any other stays text.
func (w *Window) pageLink(p wire.VisitPage) *view.Node {
	if !strings.HasPrefix(p.URL, "https://") && !strings.HasPrefix(p.URL, "http://") {
		return keyed(txt("span", "fd-page-name", pageName(p)), "text")
	}
	return keyed(with(el("a", "fd-page-name", "",
		txt("span", "", pageName(p)),
		hidden(" ("+w.t("OpensInNewWindow")+")")),
		"href", p.URL, "target", "_blank", "rel", "noopener noreferrer"), "link")
}

// pageName is a page's title, or its address where it has none.
func pageName(p wire.VisitPage) string {
	if p.Title != "" {
		return p.Title
	}
	return p.URL
}
