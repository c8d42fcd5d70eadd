package callback

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"foyer/relay/bidi"
	"foyer/relay/chat"
	"foyer/relay/chat/attached"
	"foyer/relay/hours"
	"foyer/relay/wire"
)

// Limits of requests.
const (
	MaxWaiting  = 3      // callbacks of one visit, device or telephone number that are not over
	LateMs      = 60_000 // a desired time may be this much in the past: clocks differ, and forms take their time
	MaxNote     = 1000   // characters of an agent's note
	MaxAttempts = 5      // calls in vain; then the callback is over
	maxAgainMin = 24 * 60
)

// Router finds agents. Implemented by relay/desk.
type Router interface {
	// Wake says that what routing looks at has changed.
	Wake()
	// Busied says that the agent has taken the task over, or is done with it: others come first from now on.
	Busied(agent, task string)
}

// Live tells the agents' desktops. Implemented by relay/live. It must not block.
type Live interface {
	CallbackOffer(agent string, c Callback)
	// OfferGone withdraws an offer; reason as in wire.OfferGone.
	OfferGone(agent, offer, reason string)
	CallbackOpened(agent, offer string, c Callback)
	CallbackClosed(agent string, c Callback)
}

// Clock gives the time, so that tests own it.
type Clock interface{ NowMs() int64 }

// IDs mints ids (UUIDv7), so that tests own them.
type IDs interface{ New() string }

// Options is what a Service is made of. All fields are required but Router, which RouteWith may name later.
type Options struct {
	Store  Store
	Live   Live
	Clock  Clock
	IDs    IDs
	Router Router
}

// Service is safe for use by many goroutines. Its errors hold a *wire.Problem (errors.As).
type Service struct {
	store  Store
	live   Live
	clock  Clock
	ids    IDs
	router Router
}

// NewService puts a service together.
func NewService(o Options) *Service {
	return &Service{store: o.Store, live: o.Live, clock: o.Clock, ids: o.IDs, router: o.Router}
}

// RouteWith names the router, which itself needs the service. Called once, before the service is used.
func (s *Service) RouteWith(r Router) { s.router = r }

func (s *Service) wake() {
	if s.router != nil {
		s.router.Wake()
	}
}

func (s *Service) busied(agent, id string) {
	if s.router != nil {
		s.router.Busied(agent, id)
		s.router.Wake()
	}
}

// Request is a visitor's wish to be rung. Deployment and Phone are required.
type Request struct {
	Deployment string
	Queue      string // chat.DefaultQueue where empty
	ClientID   string // makes a resend harmless within the deployment; empty for interfaces that cannot resend
	Name       string
	Phone      string
	Email      string
	Subject    string
	DesiredMs  int64 // 0 for as soon as possible
	Visit      string
	Device     string
	Page       string
	Origin     string
	Language   string
	UserData   map[string]any // within the limits of package attached
	Person     *chat.Person   // whom a verified identity names
	Hours      *hours.Hours   // when the deployment calls; nil for always
}

// Ask keeps a request, and has an agent looked for where it is due.
// Codes: CodeBadPhone, CodeCallbackTime, CodeCallbackHours, CodeCallbackLimit, CodeBadRequest, CodeConflict (ClientID
// belongs to another device).
func (s *Service) Ask(ctx context.Context, r Request) (Callback, error) {
	r.trim()
	if err := r.check(); err != nil {
		return Callback{}, err
	}
	if late := s.checkTime(r); late != nil {
		return s.resent(ctx, r, wire.InField(wire.FieldTime, late))
	}
	c := s.newCallback(r)
	kept, err := s.store.Add(ctx, c, MaxWaiting)
	switch {
	case errors.Is(err, ErrTooMany):
		return Callback{}, wire.Problemf(wire.CodeCallbackLimit, "%d callbacks are asked for already", MaxWaiting)
	case err != nil:
		return Callback{}, problem(err, "keep the callback")
	case kept.ID != c.ID:
		return kept, sameRequest(kept, r)
	}
	s.wake()
	return kept, nil
}

// resent answers a request whose time is not good, or no longer: it was kept while it was, or never.
func (s *Service) resent(ctx context.Context, r Request, late error) (Callback, error) {
	kept, err := s.store.OfClient(ctx, r.Deployment, r.ClientID)
	switch {
	case r.ClientID == "", errors.Is(err, ErrNone):
		return Callback{}, late
	case err != nil:
		return Callback{}, problem(err, "read the callback")
	}
	return kept, sameRequest(kept, r)
}

func sameRequest(kept Callback, r Request) error {
	if kept.Device != r.Device || kept.Phone != r.Phone {
		return wire.Problemf(wire.CodeConflict, "this client id is taken")
	}
	return nil
}

func (s *Service) newCallback(r Request) Callback {
	now := s.clock.NowMs()
	due := max(r.DesiredMs, now)
	if r.DesiredMs == 0 {
		due = r.Hours.Next(now)
	}
	c := Callback{
		ID: s.ids.New(), Deployment: r.Deployment, Queue: r.Queue, State: Scheduled, Name: r.Name, Phone: r.Phone,
		Email: r.Email, Subject: r.Subject, Visit: r.Visit, Device: r.Device, Page: r.Page, Origin: r.Origin,
		Language: r.Language, UserData: chat.Vouched(r.UserData, r.Person), ClientID: r.ClientID,
		CreatedMs: now, DesiredMs: due, DueMs: due,
	}
	if r.Person != nil {
		c.Identity = r.Person.Subject
	}
	if c.ClientID == "" {
		c.ClientID = c.ID
	}
	return c
}

func (r *Request) trim() {
	for _, s := range []*string{&r.Name, &r.Phone, &r.Email, &r.Subject} {
		*s = strings.TrimSpace(bidi.Without(*s))
	}
	if r.Queue == "" {
		r.Queue = chat.DefaultQueue
	}
}

const maxID = 200 // characters of ids that clients mint

func (r *Request) check() error {
	if _, err := Digits(r.Phone); err != nil {
		return wire.InField(wire.FieldPhone, err)
	}
	named := []struct {
		what, text string
		max        int
		field      string
	}{
		{"name", r.Name, chat.MaxNameRunes, wire.FieldFirstName},
		{"subject", r.Subject, chat.MaxNameRunes, wire.FieldSubject},
		{"e-mail address", r.Email, chat.MaxEmailBytes, wire.FieldEmail},
		{"queue", r.Queue, maxID, ""},
		{"client id", r.ClientID, maxID, ""},
		{"visit", r.Visit, maxID, ""},
		{"device", r.Device, maxID, ""},
		{"page", r.Page, maxID, ""},
		{"origin", r.Origin, maxID, ""},
		{"language", r.Language, maxID, ""},
	}
	for _, f := range named {
		if n := utf8.RuneCountInString(f.text); n > f.max {
			return wire.InField(f.field, wire.Problemf(wire.CodeBadRequest, "the %s may have %d characters, not %d", f.what, f.max, n))
		}
		if err := attached.Text("the "+f.what, f.text); err != nil {
			return wire.InField(f.field, err)
		}
	}
	return attached.Check("userData", r.UserData)
}

// checkTime says whether the time may be asked for now; 0 is as soon as possible. CodeCallbackTime or CodeCallbackHours
// where not.
func (s *Service) checkTime(r Request) error {
	now := s.clock.NowMs()
	switch {
	case r.DesiredMs == 0:
		return nil
	case r.DesiredMs < now-LateMs:
		return wire.Problemf(wire.CodeCallbackTime, "the time asked for is past")
	case r.DesiredMs > now+wire.MaxCallbackAhead:
		return wire.Problemf(wire.CodeCallbackTime, "the time asked for is more than 92 days ahead")
	case !r.Hours.Open(r.DesiredMs):
		return wire.Problemf(wire.CodeCallbackHours, "nobody calls at the time asked for")
	}
	return nil
}

// Cancel takes a request back that no agent has taken over yet, for the device that has made it. Cancelling one that is
// cancelled does nothing. Codes: CodeNoCallback (also for another device's), CodeConflict (an agent has it, or it is done).
func (s *Service) Cancel(ctx context.Context, deployment, device, id string) error {
	c, err := s.store.Callback(ctx, id)
	if err != nil {
		return problem(err, "read the callback")
	}
	if device == "" || c.Device != device || c.Deployment != deployment {
		return noCallback()
	}
	switch c.State {
	case Cancelled:
		return nil
	case Scheduled, Offered:
	default:
		return wire.Problemf(wire.CodeConflict, "an agent has the callback")
	}
	_, err = s.store.Change(ctx, id, If{State: c.State, Agent: c.Agent, Offer: c.Offer}, Set{State: new(Cancelled),
		Agent: new(""), Offer: new(""), OfferEndsMs: new(int64(0)), EndedMs: new(s.clock.NowMs())})
	if err != nil {
		return problem(err, "cancel the callback")
	}
	if c.State == Offered {
		s.live.OfferGone(c.Agent, c.Offer, "ended")
		s.wake()
	}
	return nil
}

func noCallback() error {
	return wire.Problemf(wire.CodeNoCallback, "there is no such callback")
}

// problem gives an error of the store its code.
func problem(err error, attempted string) error {
	var p *wire.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return err
	case errors.Is(err, ErrNone):
		return noCallback()
	case errors.Is(err, ErrChanged):
		return wire.Problemf(wire.CodeConflict, "could not %s: it has changed meanwhile", attempted)
	case errors.Is(err, ErrUnstorable):
		return wire.Problemf(wire.CodeBadRequest, "text must be UTF-8 without NUL characters")
	}
	return fmt.Errorf("%s: %w: %w", attempted, wire.Problemf(wire.CodeUnavailable, "could not %s just now", attempted), err)
}
