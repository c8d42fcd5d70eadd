package live

import (
	"slices"
	"sync"

	"foyer/relay/notify"
)

// pages counts which pages of which visits are open on connections of this relay.
type pages struct {
	mu   sync.Mutex
	open map[string][]*Shown // by visit
}

// Shown are the open pages of one visit on one connection.
type Shown struct {
	hub        *Hub
	deployment string
	visit      string
	cancel     func()
	pages      []string // guarded by hub.pages.mu; replaced, never changed
}

// ShowPages says that pages of a visit are open on a connection, which gets the visit's notifications (Notify) until
// Hide.
func (h *Hub) ShowPages(deployment, visit string, open []string, r Receiver) *Shown {
	s := &Shown{hub: h, deployment: deployment, visit: visit, pages: slices.Clone(open)}
	s.cancel = h.Subscribe(Pages(deployment, visit), r)
	h.pages.add(s)
	return s
}

// Change says which pages are open now.
func (s *Shown) Change(open []string) {
	s.hub.pages.mu.Lock()
	defer s.hub.pages.mu.Unlock()
	s.pages = slices.Clone(open)
}

// Hide says that none is; it may be called more than once.
func (s *Shown) Hide() {
	s.cancel()
	s.hub.pages.remove(s)
}

// OpenPages implements notify.Live. A page that is open on two connections (one of them about to notice that it is
// dead) is one page.
func (h *Hub) OpenPages(visit string) []notify.OpenPage {
	h.pages.mu.Lock()
	defer h.pages.mu.Unlock()
	var open []notify.OpenPage
	for _, s := range h.pages.open[visit] {
		for _, p := range s.pages {
			if page := (notify.OpenPage{Deployment: s.deployment, Page: p}); !slices.Contains(open, page) {
				open = append(open, page)
			}
		}
	}
	return open
}

// Notify implements notify.Live.
func (h *Hub) Notify(deployment, visit string, messages []notify.Message) {
	h.publish(Notify{deployment, visit, messages})
}

func (p *pages) add(s *Shown) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[s.visit] = append(p.open[s.visit], s)
}

func (p *pages) remove(s *Shown) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := slices.DeleteFunc(p.open[s.visit], func(o *Shown) bool { return o == s })
	if len(left) == 0 {
		delete(p.open, s.visit)
		return
	}
	p.open[s.visit] = left
}
