package live

import (
	"slices"
	"sync"

	"foyer/relay/notify"
)

// pages knows which pages of which visits are open on connections of this relay.
type pages struct {
	limits func() Limits

	mu     sync.Mutex
	visits map[string]*openVisit
}

// openVisit is what is open of one visit, in whatever deployments. It is in the map while somebody holds it.
type openVisit struct {
	holders int // guarded by pages.mu: connections, and who looks just now

	mu    sync.Mutex
	shown []*Shown
}

// Shown are the open pages of one visit on one connection.
type Shown struct {
	hub        *Hub
	deployment string
	visit      string
	at         *openVisit
	pages      []string // guarded by at.mu; replaced, never changed
	hide       func()
}

// ShowPages says that pages of a visit are open on a connection, which gets the visit's notifications (Notify) until
// Hide. It fails with ErrConnections or ErrPages.
func (h *Hub) ShowPages(deployment, visit string, open []string, r Receiver) (*Shown, error) {
	s := &Shown{hub: h, deployment: deployment, visit: visit, pages: slices.Clone(open), at: h.pages.hold(visit)}
	cancel := h.Subscribe(Pages(deployment, visit), r)
	if err := s.at.add(s, h.pages.limits()); err != nil {
		cancel()
		h.pages.letGo(visit, s.at)
		return nil, err
	}
	s.hide = sync.OnceFunc(func() {
		cancel()
		s.at.remove(s)
		h.pages.letGo(visit, s.at)
	})
	return s, nil
}

// Change says which pages are open now. It fails with ErrPages; those from before stay then.
func (s *Shown) Change(open []string) error {
	s.at.mu.Lock()
	defer s.at.mu.Unlock()
	if _, others := s.at.count(s); others+len(open) > s.hub.pages.limits().Pages && len(open) > len(s.pages) {
		return ErrPages
	}
	s.pages = slices.Clone(open)
	return nil
}

// Hide says that none is; it may be called more than once.
func (s *Shown) Hide() { s.hide() }

// OpenPages implements notify.Live. A page that is open on two connections (one of them about to notice that it is
// dead) is one page.
func (h *Hub) OpenPages(visit string) []notify.OpenPage {
	at := h.pages.hold(visit)
	defer h.pages.letGo(visit, at)
	at.mu.Lock()
	defer at.mu.Unlock()
	var open []notify.OpenPage
	known := map[notify.OpenPage]bool{}
	for _, s := range at.shown {
		for _, p := range s.pages {
			page := notify.OpenPage{Deployment: s.deployment, Page: p}
			if !known[page] {
				known[page] = true
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

func (p *pages) hold(visit string) *openVisit {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.visits[visit]
	if at == nil {
		at = &openVisit{}
		p.visits[visit] = at
	}
	at.holders++
	return at
}

func (p *pages) letGo(visit string, at *openVisit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at.holders--
	if at.holders == 0 {
		delete(p.visits, visit)
	}
}

func (v *openVisit) add(s *Shown, limits Limits) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	connections, pages := v.count(s)
	switch {
	case connections >= limits.Connections:
		return ErrConnections
	case pages+len(s.pages) > limits.Pages:
		return ErrPages
	}
	v.shown = append(v.shown, s)
	return nil
}

// count tells what the deployment of s has open of the visit beside s. The caller holds mu.
func (v *openVisit) count(s *Shown) (connections, pages int) {
	for _, o := range v.shown {
		if o != s && o.deployment == s.deployment {
			connections, pages = connections+1, pages+len(o.pages)
		}
	}
	return connections, pages
}

func (v *openVisit) remove(s *Shown) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.shown = slices.DeleteFunc(v.shown, func(o *Shown) bool { return o == s })
}
