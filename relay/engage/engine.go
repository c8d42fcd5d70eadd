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
	queueSize    = 10_000   // batches of events, and waits that are over, before rules fall behind
	memoryBytes  = 64 << 20 // of visits; those unused longest are read from the store again
	dayMs        = 24 * 60 * 60_000
	pageWaitMs   = 1_000 // until a page that is not connected yet is tried again
	pageTries    = 10
	hooksAtMost  = 64   // calls of webhooks at one time; what comes on top is dropped
	logEachTimes = 1000 // of what goes wrong again and again, the first and every so many are logged
)

// Engine looks at events as they are kept, and does what the rules say. One goroutine (Run) decides everything, so that
// one visit's events are looked at in order and limits are not overrun.
type Engine struct {
	service *Service
	log     *slog.Logger
	hooks   Webhooks
	rules   atomic.Pointer[[]*Rule]
	jobs    chan job
	lost    atomic.Int64 // jobs that were dropped because the queue was full
	calls   sync.WaitGroup
	asking  chan struct{} // holds one for each call of a webhook

	mu     sync.Mutex
	failed map[string]int // how often what was attempted in vain, by rule and attempt

	// Of Run alone.
	journeys *journeys
	looked   *[]*Rule // the rules that looked last
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
	e := &Engine{service: s, log: log, hooks: hooks, jobs: make(chan job, queueSize), asking: make(chan struct{}, hooksAtMost),
		failed: map[string]int{}, journeys: newJourneys(memoryBytes)}
	e.rules.Store(&[]*Rule{})
	s.Visits.ObserveWith(e)
	return e
}

// SetRules takes other rules up, with the next event. A rule that waits in between two actions goes on if it is still
// there and says the same; else it has come to its end.
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
		e.service.Watch.Behind()
		if n := e.lost.Add(1); n%logEachTimes == 1 {
			e.log.Warn("rules cannot keep up with the events; some are not looked at", "batches", n)
		}
	}
}

// Run works until ctx ends, and returns when the last call of a webhook has ended too. What rules wait for then is over.
func (e *Engine) Run(ctx context.Context) {
	defer e.calls.Wait()
	if err := e.service.Restore(ctx); err != nil {
		e.problem(ctx, nil, "learn which invitations are open", err)
	}
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
	if now := e.rules.Load(); now != e.looked {
		e.looked = now
		e.journeys.clear() // while there were no rules, events went by unseen
	}
	if j.step != nil {
		e.goOn(ctx, *j.step)
		return
	}
	for i, event := range j.events {
		journey, err := e.journey(ctx, event, event.ServerMs, j.events[i:])
		if err != nil {
			e.problem(ctx, nil, "read a visit for the rules", err)
			continue
		}
		e.add(journey, event)
		if !journey.Full() {
			e.look(ctx, journey, event)
		}
	}
}

// add lets an event happen in a journey that is in memory.
func (e *Engine) add(j *Journey, event visit.Event) {
	before := j.bytes
	j.Add(event)
	e.journeys.grown(j.bytes - before)
}

// journey gives the visit of an event, from memory or from the store: then as it was at a time by the relay's clock, and
// without those events that are about to be looked at, one after the other.
func (e *Engine) journey(ctx context.Context, event visit.Event, untilMs int64, ahead []visit.Event) (*Journey, error) {
	if j := e.journeys.get(visitKey{event.Deployment, event.Visit}); j != nil {
		return j, nil
	}
	l, err := e.service.Archive.Events(ctx, visit.Query{Deployment: event.Deployment, Visits: []string{event.Visit}, Limit: journeyEvents})
	if err != nil {
		return nil, err
	}
	j := NewJourney(event.Deployment, event.Visit)
	j.Device = event.Device
	for _, past := range l.Items {
		isAhead := slices.ContainsFunc(ahead, func(a visit.Event) bool { return a.ID == past.ID })
		if past.Type == visit.Engagement || past.ServerMs <= untilMs && !isAhead {
			j.Add(past)
		}
	}
	e.journeys.put(j)
	return j, nil
}

// look asks every rule about an event.
func (e *Engine) look(ctx context.Context, j *Journey, event visit.Event) {
	var w *world
	for _, r := range *e.rules.Load() {
		if !r.concerns(event) {
			continue
		}
		if w == nil {
			var err error
			if w, err = e.world(ctx, j); err != nil {
				e.problem(ctx, nil, "count what the agents can take", err)
				return
			}
		}
		verdict, err := r.decide(j, event, w)
		if err != nil {
			e.problem(ctx, r, "look at a rule", err)
			continue
		}
		if verdict != Quiet {
			e.service.Watch.Decided(r.Name(), verdict)
		}
		if verdict == Fire || verdict == HeldOut {
			e.fire(ctx, j, r, event, verdict)
			w = nil // the next rule sees what this one has done
		}
	}
}

func (e *Engine) world(ctx context.Context, j *Journey) (*world, error) {
	c, err := e.service.chatCapacity(ctx, j.Deployment)
	now := e.service.Clock.NowMs()
	return &world{nowMs: now, capacity: c, invited: e.service.open.has(visitKey{j.Deployment, j.Visit}, now),
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
	noted, err := e.service.note(ctx, event, event.Page, visit.RuleFired, firedID(r.Name(), event), data)
	if err != nil {
		e.problem(ctx, r, "note that a rule fired", err)
		return
	}
	e.add(j, noted)
	if v == Fire {
		e.do(ctx, step{rule: r, event: event})
	}
}

// firedID is the id of the note that a rule fired at an event.
func firedID(rule string, e visit.Event) string { return eventID("fired", e.Deployment, rule, e.ID) }

// goOn takes a step whose time has come.
func (e *Engine) goOn(ctx context.Context, s step) {
	rules := *e.rules.Load()
	at := slices.IndexFunc(rules, s.rule.same)
	if at < 0 {
		e.log.InfoContext(ctx, "a rule is gone or says something else; what it waited for is not done", "rule", s.rule.Name())
		return
	}
	s.rule = rules[at]
	if !s.again {
		e.do(ctx, s)
		return
	}
	held, err := e.stillHolds(ctx, s)
	if err != nil {
		e.problem(ctx, s.rule, "look at a rule again", err)
		return
	}
	if held {
		s.again = false
		e.do(ctx, s)
	}
}

func (e *Engine) stillHolds(ctx context.Context, s step) (bool, error) {
	j, err := e.journey(ctx, s.event, e.service.Clock.NowMs(), nil)
	if err != nil {
		return false, err
	}
	w, err := e.world(ctx, j)
	if err != nil {
		return false, err
	}
	return s.rule.holds(j, s.event, w)
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
				e.problem(ctx, s.rule, "do what a rule says", err)
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
		// While the rule waited, somebody else may have taken the place, or invited the visitor.
		c, err := e.service.chatCapacity(ctx, event.Deployment)
		if err != nil || a.Invite.Type == Chat && c.Places < 1 ||
			e.service.open.has(visitKey{event.Deployment, event.Visit}, e.service.Clock.NowMs()) {
			return 1, err
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

// problem logs what a rule, or nil for none, attempted in vain: a fault in a condition would show at every event.
func (e *Engine) problem(ctx context.Context, r *Rule, attempted string, err error) {
	if ctx.Err() != nil {
		return
	}
	name := ""
	if r != nil {
		name = r.Name()
		e.service.Watch.Failed(name)
	}
	e.mu.Lock()
	e.failed[name+"\x00"+attempted]++
	n := e.failed[name+"\x00"+attempted]
	e.mu.Unlock()
	if n%logEachTimes == 1 {
		e.log.WarnContext(ctx, attempted, "rule", name, "times", n, "err", err)
	}
}
