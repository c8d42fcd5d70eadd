package native

import (
	"slices"

	"foyer/relay/live"
	"foyer/relay/wire"
)

// maxPageID bounds the ids in a Pages frame, in bytes.
const maxPageID = 64

// shownPages are the pages of one visit that are open on the connection.
type shownPages struct {
	pages []string
	live  *live.Shown
}

// pages takes what the client says is open, in place of what it said of that visit before.
func (c *conn) pages(f *wire.Pages) error {
	switch {
	case f.Visit == "" || len(f.Visit) > maxPageID:
		return wire.Problemf(wire.CodeBadRequest, "pages need the id of their visit")
	case len(f.Pages) > wire.MaxPages:
		return wire.Problemf(wire.CodeBadRequest, "%d pages of a visit, not %d", wire.MaxPages, len(f.Pages))
	case slices.ContainsFunc(f.Pages, func(p string) bool { return p == "" || len(p) > maxPageID }):
		return wire.Problemf(wire.CodeBadRequest, "a page's id has 1 to %d bytes", maxPageID)
	}
	return c.show(f.Visit, f.Pages)
}

// greetPage takes the page that a hello names as open, so that a client with one page need not say it again. Ids that are
// too long get no notifications. Codes: CodeTooMany.
func (c *conn) greetPage(h *wire.Hello) error {
	if h.Page == "" {
		return nil
	}
	err := c.pages(&wire.Pages{Visit: h.Visit, Pages: []string{h.Page}})
	if isCode(err, wire.CodeBadRequest) {
		return nil
	}
	return err
}

// show is called while turn is held. What comes for new pages waits until the connection knows that they are its own.
func (c *conn) show(visit string, pages []string) error {
	defer c.hold()()
	c.mu.Lock()
	s, visits := c.shown[visit], len(c.shown)
	c.mu.Unlock()
	switch {
	case s == nil && len(pages) == 0:
		return nil
	case s == nil && visits >= wire.MaxVisits:
		return wire.Problemf(wire.CodeBadRequest, "a connection speaks for the pages of %d visits", wire.MaxVisits)
	case s == nil:
		shown, err := c.g.Hub.ShowPages(c.dep.Name, visit, pages, c)
		if err != nil {
			return c.g.bounds.tooMany("of this visit", visit, err)
		}
		s = &shownPages{live: shown}
	default:
		if err := s.live.Change(pages); err != nil {
			return c.g.bounds.tooMany("of this visit", visit, err)
		}
	}
	c.mu.Lock()
	hide := c.ended || len(pages) == 0
	if hide {
		delete(c.shown, visit)
	} else {
		c.shown[visit] = &shownPages{pages: pages, live: s.live}
	}
	c.mu.Unlock()
	if hide {
		s.live.Hide()
	}
	return nil
}

// passNotify sends on what is for the pages of this connection. The caller holds mu.
func (c *conn) passNotify(m live.Notify) {
	s := c.shown[m.Visit]
	if s == nil {
		return
	}
	for _, message := range m.Messages {
		if slices.ContainsFunc(s.pages, message.For) {
			c.send(&wire.Notify{Visit: m.Visit, Page: message.Page, Channel: message.Channel, Data: message.Data})
		}
	}
}
