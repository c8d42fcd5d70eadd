package engage

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"foyer/relay/config"
	"foyer/relay/notify"
	"foyer/relay/visit"
)

const (
	queueSize    = 10_000 // batches of events, and waits that are over, before rules fall behind
	visitsAtMost = 2_000  // visits in memory; the one unused longest is read from the store again
	dayMs        = 24 * 60 * 60_000
	pageWaitMs   = 1_000 // until a page that is not connected yet is tried again
	pageTries    = 10
)

// Engine looks at events as they are kept, and does what the rules say. One goroutine (Run) decides everything, so that
// one visit's events are looked at in order and limits are not overrun.
type Engine struct {
	service *Service
	log     *slog.Logger
	hooks   Webhooks
	rules   atomic.Pointer[[]*Rule]
	jobs    chan job
	lost    atomic.Int64 // events that no rule looked at because the queue was full
	calls   sync.WaitGroup

	// Of Run alone.
	journeys map[string]*Journey // by visit
	order    []string            // visits in the order of their last use
}

// job is what Run has to do.
type job struct {
	events []visit.Event
	step   *step
}

// step is a rule's action that is due.
type step struct {
	rule  *Rule
	event visit.Event
	next  int  // index of the action
	tries int  // of it, in vain
	again bool // the condition is looked at once more
}

// NewEngine makes an Engine without rules, and lets it observe what s.Visits keeps.
func NewEngine(s *Service, hooks Webhooks, log *slog.Logger) *Engine {
	e := &Engine{service: s, log: log, hooks: hooks, jobs: make(chan job, queueSize), journeys: map[string]*Journey{}}
	e.rules.Store(&[]*Rule{})
	s.Visits.ObserveWith(e)
	return e
}

// SetRules takes other rules up, with the next event.
func (e *Engine) SetRules(rules []*Rule) { e.rules.Store(&rules) }

// Recorded implements visit.Observer.
func (e *Engine) Recorded(_ string, fresh []visit.Event) {
	if len(*e.rules.Load()) > 0 {
		e.enqueue(job{events: slices.Clone(fresh)})
	}
}

// enqueue never blocks: recording goes on when rules cannot keep up.
func (e *Engine) enqueue(j job) {
	select {
	case e.jobs <- j:
	default:
		if n := e.lost.Add(1); n == 1 || n%1000 == 0 {
			e.log.Warn("rules cannot keep up with the events; some are not looked at", "batches", n)
		}
	}
}

// Run works until ctx ends, and returns when the last call of a webhook has ended too.
func (e *Engine) Run(ctx context.Context) {
	defer e.calls.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-e.jobs:
			e.work(ctx, j)
		}
	}
}

func (e *Engine) work(ctx context.Context, j job) {
	if j.step != nil {
		e.goOn(ctx, *j.step)
		return
	}
	for _, event := range j.events {
		journey, err := e.journey(ctx, event)
		if err != nil {
			e.problem(ctx, "read a visit for the rules", err)
			continue
		}
		journey.Add(event)
		if !journey.Full() {
			e.look(ctx, journey, event)
		}
	}
}

// journey gives the visit of an event, from memory or from the store; then it holds the event already.
func (e *Engine) journey(ctx context.Context, event visit.Event) (*Journey, error) {
	if i := slices.Index(e.order, event.Visit); i >= 0 {
		e.order = append(slices.Delete(e.order, i, i+1), event.Visit)
		return e.journeys[event.Visit], nil
	}
	j := NewJourney(event.Deployment, event.Visit)
	l, err := e.service.Archive.Events(ctx, visit.Query{Deployment: event.Deployment, Visits: []string{event.Visit}, Limit: journeyEvents})
	if err != nil {
		return nil, err
	}
	for _, past := range l.Items {
		j.Add(past)
	}
	if len(e.order) >= visitsAtMost {
		delete(e.journeys, e.order[0])
		e.order = e.order[1:]
	}
	e.journeys[event.Visit] = j
	e.order = append(e.order, event.Visit)
	return j, nil
}

// look asks every rule about an event.
func (e *Engine) look(ctx context.Context, j *Journey, event visit.Event) {
	for _, r := range *e.rules.Load() {
		if !r.concerns(event) {
			continue
		}
		w, err := e.world(ctx, j)
		if err != nil {
			e.problem(ctx, "count what the agents can take", err)
			return
		}
		verdict, err := r.decide(j, event, w)
		if err != nil {
			e.problem(ctx, "look at a rule", err)
			continue
		}
		if verdict == Fire || verdict == HeldOut {
			e.fire(ctx, j, r, event, verdict)
		}
	}
}

func (e *Engine) world(ctx context.Context, j *Journey) (world, error) {
	c, err := e.service.chatCapacity(ctx, j.Deployment)
	return world{nowMs: e.service.Clock.NowMs(), capacity: c, invited: e.service.invited(j.Visit),
		onDevice: func(rule string) (int, error) { return e.onDevice(ctx, j, rule) }}, err
}

func (e *Engine) onDevice(ctx context.Context, j *Journey, rule string) (int, error) {
	l, err := e.service.Archive.Events(ctx, visit.Query{Deployment: j.Deployment, Device: j.Device, Names: []string{visit.RuleFired},
		Type: visit.Engagement, SinceMs: e.service.Clock.NowMs() - dayMs, Limit: visit.MaxPageSize})
	n := 0
	for _, past := range l.Items {
		if past.Data["rule"] == rule {
			n++
		}
	}
	return n, err
}

// fire notes that the rule has fired before it does anything, so that a crash does not make it do so twice.
func (e *Engine) fire(ctx context.Context, j *Journey, r *Rule, event visit.Event, v Verdict) {
	data := map[string]any{"rule": r.Name()}
	if v == HeldOut {
		data["heldOut"] = true
	}
	noted, err := e.service.note(ctx, event, event.Page, visit.RuleFired, eventID("fired", r.Name()+"/"+event.ID), data)
	if err != nil {
		e.problem(ctx, "note that a rule fired", err)
		return
	}
	j.Add(noted)
	if v == Fire {
		e.do(ctx, step{rule: r, event: event})
	}
}

// goOn takes a step whose time has come.
func (e *Engine) goOn(ctx context.Context, s step) {
	if !s.again {
		e.do(ctx, s)
		return
	}
	j, err := e.journey(ctx, s.event)
	if err != nil {
		e.problem(ctx, "read a visit for the rules", err)
		return
	}
	w, err := e.world(ctx, j)
	if err == nil {
		var held bool
		if held, err = s.rule.holds(j, envOf(j, s.event, w.capacity, w.nowMs)); held {
			s.again = false
			e.do(ctx, s)
		}
	}
	if err != nil {
		e.problem(ctx, "look at a rule again", err)
	}
}

// do takes the rule's actions from a step on, until one of them takes time.
func (e *Engine) do(ctx context.Context, s step) {
	for ; s.next < len(s.rule.config.Do); s.next, s.tries = s.next+1, 0 {
		a := s.rule.config.Do[s.next]
		switch {
		case a.Wait > 0:
			s.next, s.tries, s.again = s.next+1, 0, true
			e.later(a.Wait.Duration().Milliseconds(), s)
			return
		case a.Webhook.URL != "":
			e.callHook(ctx, s.rule, s.event, a.Webhook)
		default:
			pages, err := e.tell(ctx, s, a)
			if err != nil {
				e.problem(ctx, "do what a rule says", err)
				return
			}
			// The event may have come before the page's connection.
			if pages == 0 && s.tries < pageTries {
				s.tries++
				e.later(pageWaitMs, s)
				return
			}
		}
	}
}

// tell sends an action's messages or invitation, and gives the number of pages that were told.
func (e *Engine) tell(ctx context.Context, s step, a config.Action) (pages int, err error) {
	event := s.event
	if a.Invite.Type != "" {
		if a.Invite.Type == Chat {
			// Somebody else may have taken the place while the rule waited.
			if c, err := e.service.chatCapacity(ctx, event.Deployment); err != nil || c.Places < 1 || e.service.invited(event.Visit) {
				return 1, err
			}
		}
		_, pages, err = e.service.Invite(ctx, event.Deployment, Invitation{Visit: event.Visit, Page: event.Page, Type: a.Invite.Type,
			URL: a.Invite.URL, Config: a.Invite.Config, Rule: s.rule.Name()})
		return pages, err
	}
	messages := make([]notify.Message, len(a.Notify))
	for i, n := range a.Notify {
		messages[i] = notify.Message{Channel: n.Channel, Data: n.Data}
		if n.Page == "current" {
			messages[i].Page = event.Page
		}
	}
	return e.service.Notify.Notify(ctx, event.Deployment, event.Visit, messages)
}

func (e *Engine) later(ms int64, s step) {
	e.service.Clock.AfterMs(ms, func() { e.enqueue(job{step: &s}) })
}

func (e *Engine) problem(ctx context.Context, attempted string, err error) {
	if ctx.Err() == nil {
		e.log.WarnContext(ctx, attempted, "err", err)
	}
}
