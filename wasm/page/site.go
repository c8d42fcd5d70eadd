package page

import (
	"slices"

	"foyer/wasm/view"
)

// Site is the pages of one origin with one deployment: the tabs that show the same. Its methods must be called on the
// client's loop. It outlives its pages, since a navigation has a moment without any.
type Site struct {
	sites      *Sites
	deployment string
	origin     string
	pass       string
	handler    Handler
	pages      []*Page
	stored     map[string]string
	mirrors    map[string]any
}

// Deployment is the name under which the frame was opened.
func (s *Site) Deployment() string { return s.deployment }

// Origin is the origin of the pages, as the frame was given it by the relay.
func (s *Site) Origin() string { return s.origin }

// Pass is what proves the origin to the relay, from the page that came last. It goes into the native hello.
func (s *Site) Pass() string { return s.pass }

// Pages are the pages of now, the oldest first. The slice is the caller's.
func (s *Site) Pages() []*Page { return slices.Clone(s.pages) }

// Visible says whether any page is on a screen.
func (s *Site) Visible() bool { return slices.ContainsFunc(s.pages, (*Page).Visible) }

// Render shows the same tree on all pages: see Page.Render. A page that comes later must be given it in Hello.
func (s *Site) Render(root, class string, tree *view.Node) {
	for _, p := range s.Pages() {
		p.Render(root, class, tree)
	}
}

// Remove takes a root off all pages.
func (s *Site) Remove(root string) {
	for _, p := range s.Pages() {
		p.Remove(root)
	}
}

// Publish sends an event to the bus of every page.
func (s *Site) Publish(name string, data any, sticky bool) {
	for _, p := range s.Pages() {
		p.Publish(name, data, sticky)
	}
}

// Mirror sets what every page answers at once for a key, also those that come later.
func (s *Site) Mirror(key string, value any) {
	s.mirrors[key] = value
	for _, p := range s.Pages() {
		p.Mirror(key, value)
	}
}

// Store keeps a value first-party in the visitor's browser; "" removes it. The caller answers for consent.
func (s *Site) Store(key, value string) {
	if s.stored[key] == value {
		return
	}
	s.remember(key, value)
	for _, p := range s.Pages() {
		p.store(key, value)
	}
}

// Stored is what is kept under a key, "" for nothing.
func (s *Site) Stored(key string) string { return s.stored[key] }

func (s *Site) remember(key, value string) {
	if value == "" {
		delete(s.stored, key)
		return
	}
	s.stored[key] = value
}

// storedElsewhere takes up a change that this client did not make; its own come back from the other tabs too.
func (s *Site) storedElsewhere(p *Page, key, value string) {
	if key == "" || s.stored[key] == value {
		return
	}
	s.remember(key, value)
	s.handler.Stored(p, key)
}

// add takes a page in. What the first page keeps counts; later ones find what this client knows already.
func (s *Site) add(p *Page, stored map[string]string) {
	if len(s.pages) == 0 {
		clear(s.stored)
	}
	for k, v := range stored {
		if _, known := s.stored[k]; !known {
			s.remember(k, v)
		}
	}
	s.pages = append(s.pages, p)
	for k, v := range s.mirrors {
		p.Mirror(k, v)
	}
}

func (s *Site) remove(p *Page) {
	s.pages = slices.DeleteFunc(s.pages, func(q *Page) bool { return q == p })
}
