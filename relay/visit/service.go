package visit

import (
	"context"
	"fmt"
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// Limits of events.
const (
	MaxEvents        = wire.MaxEvents // in one call
	MaxNameRunes     = 100
	MaxURLBytes      = 4 << 10
	MaxCategoryRunes = 1000
	MaxLanguageRunes = 35     // RFC 5646, 4.4.1
	MaxIdentityRunes = 200    // of a user id; what is longer is cut
	eventsOfVisit    = 10_000 // read at most when a visit's pages are put together
)

// Types of events.
const (
	System   = "SYSTEM"
	Business = "BUSINESS"
	// Engagement is what the relay itself notes in a visit: invitations and what became of them. Browsers cannot send it.
	Engagement = "ENGAGEMENT"
)

// Observer sees what was newly kept, in order. It must not block. Implemented by relay/engage.
type Observer interface {
	Recorded(deployment string, fresh []Event)
}

// Options is what a Service is made of. All fields but Parameters are required.
type Options struct {
	Store Store
	Live  Live
	Clock Clock
	// Parameters gives what is recorded of a deployment's addresses; nil for the same of all.
	Parameters func(deployment string) Parameters
}

// Service is safe for use by many goroutines. Its errors hold a *wire.Problem (errors.As).
type Service struct {
	store Store
	live  Live
	clock Clock
	keeps func(deployment string) Parameters
	after Observer // nil for none
}

// ObserveWith names the observer, which itself needs the service. Called once, before the service is used.
func (s *Service) ObserveWith(o Observer) { s.after = o }

// NewService puts a service together.
func NewService(o Options) *Service {
	s := &Service{store: o.Store, live: o.Live, clock: o.Clock, keeps: o.Parameters}
	if s.keeps == nil {
		s.keeps = func(string) Parameters { return nil }
	}
	return s
}

// Record keeps a deployment's events, in the order given, and tells who follows their visits. Deployment and ServerMs
// are set here; an event whose id is known already is left out. Either all are acceptable or none is kept: then
// CodeBadRequest names the first that is not. What addresses must not tell is left out here, see Parameters. The browser's
// clock is kept as it came where it is within MaxSkewMs of the relay's. Beyond that the newest event of all counts as of
// now, and the others as so much older. Nothing is decided by it but the order of one visit.
func (s *Service) Record(ctx context.Context, deployment string, events []Event) error {
	if len(events) > MaxEvents {
		return wire.Problemf(wire.CodeBadRequest, "%d events at once, not %d", MaxEvents, len(events))
	}
	now, keeps := s.clock.NowMs(), s.keeps(deployment)
	taken, shift := make([]Event, len(events)), shiftOf(events, now)
	for i, e := range events {
		if err := e.check(); err != nil {
			return wire.Problemf(wire.CodeBadRequest, "event %d: %v", i, err)
		}
		e.Deployment, e.ServerMs = deployment, now
		e.Ms = min(max(e.Ms+shift, now-MaxSkewMs), now+MaxSkewMs)
		taken[i] = keeps.Cleaned(e)
	}
	return s.keep(ctx, deployment, taken)
}

// MaxSkewMs is how far a browser's clock may be from the relay's, in milliseconds: a day.
const MaxSkewMs = 24 * 3600_000

// shiftOf is what has to be added to the times of events that came together, so that a clock which is wrong by years puts
// them into the visit that they are of.
func shiftOf(events []Event, nowMs int64) int64 {
	var newest int64
	for _, e := range events {
		newest = max(newest, e.Ms)
	}
	if newest >= nowMs-MaxSkewMs && newest <= nowMs+MaxSkewMs {
		return 0
	}
	return nowMs - newest
}

// Note keeps one event of the relay's own: of the type Engagement, at the time now. Its id makes a second one harmless.
func (s *Service) Note(ctx context.Context, e Event) error {
	e.Type, e.Ms, e.ServerMs = Engagement, s.clock.NowMs(), s.clock.NowMs()
	return s.keep(ctx, e.Deployment, []Event{e})
}

func (s *Service) keep(ctx context.Context, deployment string, taken []Event) error {
	if len(taken) == 0 {
		return nil
	}
	fresh, err := s.store.AddEvents(ctx, taken)
	if err != nil {
		return unavailable("keep the events", err)
	}
	s.tell(deployment, fresh)
	if s.after != nil && len(fresh) > 0 {
		s.after.Recorded(deployment, fresh)
	}
	return nil
}

// tell publishes each visit once.
func (s *Service) tell(deployment string, events []Event) {
	told := map[string]bool{}
	for _, e := range events {
		if !told[e.Visit] {
			told[e.Visit] = true
			s.live.VisitChanged(deployment, e.Visit)
		}
	}
}

// Pages gives the pages of a visit in the order in which they were entered; none for a visit that is not known.
func (s *Service) Pages(ctx context.Context, deployment, visit string) ([]Page, error) {
	if visit == "" {
		return nil, nil
	}
	events, err := s.store.EventsOfVisit(ctx, deployment, visit, eventsOfVisit)
	if err != nil {
		return nil, unavailable("read the visit", err)
	}
	return pagesOf(events), nil
}

// FromWire takes an event as the native protocol carries it.
func FromWire(e wire.Event) Event {
	return Event{ID: e.ID, Type: e.Type, Name: e.Name, Page: e.Page, Visit: e.Visit, Device: e.Device, Ms: e.Ms,
		URL: e.URL, Category: e.Category, Language: e.Language, Data: e.Data}
}

func (e Event) check() error {
	if e.Type != System && e.Type != Business {
		return fmt.Errorf("eventType must be %s or %s", System, Business)
	}
	if e.Ms < 0 {
		return fmt.Errorf("timestamp must not be negative")
	}
	for _, id := range []struct{ name, value string }{
		{"eventID", e.ID}, {"pageID", e.Page}, {"visitID", e.Visit}, {"globalVisitID", e.Device},
	} {
		if !isID(id.value) {
			return fmt.Errorf("%s must be 32 hex digits", id.name)
		}
	}
	for _, f := range []struct {
		name, value string
		min, max    int
	}{
		{"eventName", e.Name, 1, MaxNameRunes},
		{"category", e.Category, 0, MaxCategoryRunes},
		{"languageCode", e.Language, 0, MaxLanguageRunes},
	} {
		if n := utf8.RuneCountInString(f.value); n < f.min || n > f.max {
			return fmt.Errorf("%s must have %d to %d characters, not %d", f.name, f.min, f.max, n)
		}
		if err := attached.Text(f.name, f.value); err != nil {
			return err
		}
	}
	if len(e.URL) > MaxURLBytes {
		return fmt.Errorf("url may have %d bytes, not %d", MaxURLBytes, len(e.URL))
	}
	if err := attached.Text("url", e.URL); err != nil {
		return err
	}
	return attached.Check("data", e.Data)
}

// isID tells whether s is 32 hex digits, in either case.
func isID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func unavailable(attempted string, err error) error {
	return fmt.Errorf("%s: %w: %w", attempted, wire.Problemf(wire.CodeUnavailable, "could not %s just now", attempted), err)
}
