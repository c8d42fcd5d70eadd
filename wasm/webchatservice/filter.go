package webchatservice

import (
	"strconv"
	"strings"

	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/shape"
)

// filter is a regular expression of a page. Only browsers can use it.
type filter struct{ source, flags string }

// filters hide messages in all tabs, for as long as the session lives.
type filters struct {
	list    []filter
	session string // whose they are, "" for the next one's
	kept    string // as they were last kept
}

// add adds those that are new.
func (f *filters) add(more []filter) {
	for _, m := range more {
		known := false
		for _, there := range f.list {
			known = known || there == m
		}
		if !known {
			f.list = append(f.list, m)
		}
	}
}

// follow forgets the filters with their session.
func (f *filters) follow(conv *chat.Conversation) {
	if conv == nil || conv.ID() == f.session {
		return
	}
	if f.session != "" {
		f.list = nil
	}
	f.session = conv.ID()
}

// parse reads what format wrote, and leaves out lines that it did not write.
func (f *filters) parse(text string) {
	session, rest, _ := strings.Cut(text, "\n")
	if session == "" || f.session != "" {
		return
	}
	f.session, f.kept = session, text
	for line := range strings.Lines(rest) {
		flags, quoted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if source, err := strconv.Unquote(quoted); err == nil {
			f.add([]filter{{source, flags}})
		}
	}
}

// format writes the filters as a page keeps them: the session, and a line for each.
func (f *filters) format() string {
	if f.session == "" || len(f.list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(f.session + "\n")
	for _, e := range f.list {
		b.WriteString(e.flags + " " + strconv.Quote(e.source) + "\n")
	}
	return b.String()
}

// keepFilters keeps the filters for the next page, as long as there is a chat to come back to.
func (s *Service) keepFilters() {
	if len(s.tabs) == 0 || s.unsettled(false) {
		return
	}
	text := ""
	if s.o.Client.Live() {
		text = s.filters.format()
	}
	if text != s.filters.kept {
		s.filters.kept = text
		s.o.Site.Store(page.KeepFilters, text)
	}
}

func (s *Service) addPrefilter(a *ask) {
	f, ok := readFilters(a.Field("filters"))
	if !ok {
		a.reject(textNoFilters)
		return
	}
	s.filters.add(f)
	s.keepFilters()
	all := make([]any, len(s.filters.list))
	for i, f := range s.filters.list {
		all[i] = page.Expression(f.source, f.flags)
	}
	a.resolve(all)
}

// readFilters reads a regular expression or a list of them; false where there is none, or something else.
func readFilters(v any) ([]filter, bool) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var all []filter
	for _, e := range list {
		source, flags, ok := page.ExpressionOf(e)
		if !ok {
			return nil, false
		}
		all = append(all, filter{source, flags})
	}
	return all, len(all) > 0
}

// expressions are filters as pages take them.
func expressions(list []filter) []any {
	all := make([]any, len(list))
	for i, f := range list {
		all[i] = shape.Object("source", f.source, "flags", f.flags)
	}
	return all
}
