package live_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/clock/clocktest"
	"foyer/relay/desk"
	"foyer/relay/live"
	"foyer/relay/visit"
)

var (
	_ chat.Live  = (*live.Hub)(nil)
	_ desk.Live  = (*live.Hub)(nil)
	_ visit.Live = (*live.Hub)(nil)
)

// inbox is a receiver that keeps what it was given, by type and content.
type inbox struct {
	mu  sync.Mutex
	got []string
}

func (i *inbox) Deliver(m live.Message) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch m := m.(type) {
	case live.Presence:
		i.got = append(i.got, fmt.Sprintf("presence %s %t", m.Who.ID, m.Online))
	case live.Typing:
		i.got = append(i.got, "typing "+m.Text)
	default:
		i.got = append(i.got, strings.TrimPrefix(fmt.Sprintf("%T", m), "live."))
	}
}

func (i *inbox) take() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	got := i.got
	i.got = nil
	return got
}

func wantGot(t *testing.T, i *inbox, want ...string) {
	t.Helper()
	if got := i.take(); !slices.Equal(got, want) {
		t.Errorf("received %q, want %q", got, want)
	}
}

func newHub() (*live.Hub, *clocktest.Clock) {
	clock := clocktest.New(0)
	return live.NewHub(live.Options{Clock: clock}), clock
}

func TestMessagesReachTheirTopicOnly(t *testing.T) {
	hub, _ := newHub()
	topics := map[string]live.Topic{
		"session":          live.Session("1"),
		"other session":    live.Session("2"),
		"agent":            live.Agent("1"),
		"visit":            live.Visit("demo", "1"),
		"visit, elsewhere": live.Visit("other", "1"),
	}
	inboxes := map[string]*inbox{}
	for name, topic := range topics {
		inboxes[name] = &inbox{}
		defer hub.Subscribe(topic, inboxes[name])()
	}
	who := chat.Participant{ID: "p"}
	hub.Committed(chat.Session{ID: "1"}, nil)
	hub.Typing("1", who, true, "x")
	hub.Delivered("1", who, 1)
	hub.Draft("1", who, "c", "x")
	hub.Offer("1", chat.Session{ID: "9"})
	hub.OfferGone("1", "o", "timeout")
	hub.Opened("1", "o", chat.Session{ID: "9"})
	hub.AgentState("1", true)
	hub.VisitChanged("demo", "1")

	wantGot(t, inboxes["session"], "Committed", "typing x", "Delivered", "Draft")
	wantGot(t, inboxes["agent"], "Offer", "OfferGone", "Opened", "AgentState")
	wantGot(t, inboxes["visit"], "VisitChanged")
	wantGot(t, inboxes["other session"])
	wantGot(t, inboxes["visit, elsewhere"])
}

func TestEverySubscriberHearsUntilItCancels(t *testing.T) {
	hub, _ := newHub()
	var a, b inbox
	cancelA := hub.Subscribe(live.Session("1"), &a)
	cancelB := hub.Subscribe(live.Session("1"), &b)
	hub.Typing("1", chat.Participant{}, true, "one")
	cancelA()
	cancelA()
	hub.Typing("1", chat.Participant{}, true, "two")
	cancelB()
	hub.Typing("1", chat.Participant{}, true, "three")
	wantGot(t, &a, "typing one")
	wantGot(t, &b, "typing one", "typing two")
}

func TestSubscribingWhilePublishingLosesNothingOfOthers(t *testing.T) {
	hub, _ := newHub()
	var steady inbox
	defer hub.Subscribe(live.Session("1"), &steady)()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				hub.Subscribe(live.Session("1"), &inbox{})()
			}
		})
	}
	for range 200 {
		hub.Typing("1", chat.Participant{}, true, "")
	}
	wg.Wait()
	if n := len(steady.take()); n != 200 {
		t.Errorf("received %d messages, want 200", n)
	}
}

// wires connects two hubs as a bus does.
type wires struct {
	to       *live.Hub
	followed []string
}

func (w *wires) Publish(_ live.Topic, m live.Message) { w.to.Receive(m) }
func (w *wires) Follow(t live.Topic)                  { w.followed = append(w.followed, "+"+t.String()) }
func (w *wires) Unfollow(t live.Topic)                { w.followed = append(w.followed, "-"+t.String()) }

func TestABusCarriesMessagesToAnotherHubOnce(t *testing.T) {
	far, _ := newHub()
	bus := &wires{to: far}
	near := live.NewHub(live.Options{Clock: clocktest.New(0), Bus: bus})
	var here, there inbox
	cancelOne := near.Subscribe(live.Session("1"), &here)
	cancelTwo := near.Subscribe(live.Session("1"), &inbox{})
	defer far.Subscribe(live.Session("1"), &there)()
	near.Typing("1", chat.Participant{}, true, "x")
	wantGot(t, &here, "typing x")
	wantGot(t, &there, "typing x")
	near.Receive(live.Typing{Session: "1", Text: "from afar"})
	wantGot(t, &here, "typing from afar")
	wantGot(t, &there) // what came by the bus does not go back to it
	cancelOne()
	cancelTwo()
	if want := []string{"+session.1", "-session.1"}; !slices.Equal(bus.followed, want) {
		t.Errorf("the bus was asked %v, want %v", bus.followed, want)
	}
}
