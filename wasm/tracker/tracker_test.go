package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/tracker"
)

// page is a page that notes what it may forget, and what stands on its console.
type page struct{ kept, logged []string }

func (p *page) Kept(ids []string)      { p.kept = append(p.kept, ids...) }
func (p *page) Log(level, text string) { p.logged = append(p.logged, level+" "+text) }

type bench struct {
	*tracker.Tracker
	loop      *looptest.Fake
	link      *chattest.Link
	connected int
}

func newBench() *bench {
	b := &bench{loop: looptest.New(), link: &chattest.Link{}}
	b.Tracker = tracker.New(b.link, b.loop, func() { b.connected++ })
	return b
}

func (b *bench) goOnline() { b.link.Online = true; b.Online() }

func (b *bench) goOffline() { b.link.Drop(); b.Offline() }

// event makes an event whose id is its name and page.
func event(name, pageID string) wire.Event {
	return wire.Event{ID: name + pageID, Name: name, Page: pageID, Visit: "v"}
}

func ids(events []wire.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

func TestThreePagesAreOneVisitInOrder(t *testing.T) {
	b := newBench()
	var sent []string
	take := func() {
		f, asked := chattest.Take[*wire.Events](t, b.link)
		sent = append(sent, ids(f.Events)...)
		asked.Reply(&wire.Ack{})
	}
	b.goOnline()
	for i, id := range []string{"1", "2", "3"} {
		p := &page{}
		entered := []wire.Event{event("PageEntered", id)}
		if i == 0 {
			entered = append([]wire.Event{event("VisitStarted", id)}, entered...)
		}
		b.Add(p, entered)
		take()
		b.Add(p, []wire.Event{event("PageExited", id)})
		b.Gone(p)
		take()
	}
	want := []string{
		"VisitStarted1", "PageEntered1", "PageExited1", "PageEntered2", "PageExited2", "PageEntered3", "PageExited3",
	}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %v\nwant %v", sent, want)
	}
}

func TestEventsWaitForTheConnectionAndAreSentAgainUnderTheSameIDs(t *testing.T) {
	b := newBench()
	p := &page{}
	b.Add(p, []wire.Event{event("PageEntered", "1")})
	if b.connected != 1 || b.link.Open() != 0 {
		t.Fatalf("asked to connect %d times, %d requests", b.connected, b.link.Open())
	}
	b.goOnline()
	first, _ := chattest.Take[*wire.Events](t, b.link)
	b.goOffline()
	b.Add(p, []wire.Event{event("Cart", "1")})
	b.goOnline()
	second, asked := chattest.Take[*wire.Events](t, b.link)
	if got, want := ids(second.Events), []string{"PageEntered1", "Cart1"}; !slices.Equal(got, want) || len(first.Events) != 1 {
		t.Errorf("sent %v, then %v; want %v", ids(first.Events), got, want)
	}
	if len(p.kept) != 0 {
		t.Errorf("page was told to forget %v before the relay had it", p.kept)
	}
	asked.Reply(&wire.Ack{})
	if want := []string{"PageEntered1", "Cart1"}; !slices.Equal(p.kept, want) || b.Pending() != 0 {
		t.Errorf("kept %v, %d pending", p.kept, b.Pending())
	}
}

func TestOneFrameAtATime(t *testing.T) {
	b := newBench()
	b.goOnline()
	p := &page{}
	b.Add(p, []wire.Event{event("a", "1")})
	b.Add(p, []wire.Event{event("b", "1"), event("c", "1")})
	if b.link.Open() != 1 {
		t.Fatalf("%d frames at once", b.link.Open())
	}
	_, asked := chattest.Take[*wire.Events](t, b.link)
	asked.Reply(&wire.Ack{})
	f, _ := chattest.Take[*wire.Events](t, b.link)
	if got := ids(f.Events); !slices.Equal(got, []string{"b1", "c1"}) {
		t.Errorf("then sent %v", got)
	}
}

func TestEventsThatAreNotSentTwice(t *testing.T) {
	tests := []struct {
		name       string
		add        []wire.Event
		sent, kept []string
	}{
		{"a page says hello again", []wire.Event{event("x", "1"), event("x", "1")}, []string{"x1"}, nil},
		{"two tabs begin the visit", []wire.Event{event("VisitStarted", "1"), event("VisitStarted", "2")},
			[]string{"VisitStarted1"}, []string{"VisitStarted2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			p := &page{}
			for _, e := range test.add {
				b.Add(p, []wire.Event{e})
			}
			b.goOnline()
			f, _ := chattest.Take[*wire.Events](t, b.link)
			if got := ids(f.Events); !slices.Equal(got, test.sent) || !slices.Equal(p.kept, test.kept) {
				t.Errorf("sent %v, kept %v; want %v, %v", got, p.kept, test.sent, test.kept)
			}
		})
	}
}

func TestPageThatGoesWithoutLeavingTakesItsEventsAlong(t *testing.T) {
	tests := []struct {
		name   string
		events []wire.Event
		want   int
	}{
		{"consent taken back", []wire.Event{event("VisitStarted", "1"), event("PageEntered", "1")}, 0},
		{"left", []wire.Event{event("PageEntered", "1"), event("PageExited", "1")}, 2},
		{"left and came back", []wire.Event{event("PageExited", "1"), event("PageEntered", "2")}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			p := &page{}
			b.Add(p, test.events)
			b.Gone(p)
			if got := b.Pending(); got != test.want {
				t.Errorf("%d pending, want %d", got, test.want)
			}
		})
	}
}

func TestOnlyTheEventsOfThePageThatWentAreForgotten(t *testing.T) {
	b := newBench()
	b.goOnline()
	stays, goes := &page{}, &page{}
	b.Add(goes, []wire.Event{event("a", "1")}) // under way
	b.Add(stays, []wire.Event{event("b", "2")})
	b.Add(goes, []wire.Event{event("c", "1")})
	b.Gone(goes)
	_, asked := chattest.Take[*wire.Events](t, b.link)
	asked.Reply(&wire.Ack{})
	f, _ := chattest.Take[*wire.Events](t, b.link)
	if got := ids(f.Events); !slices.Equal(got, []string{"b2"}) {
		t.Errorf("sent %v, want b2", got)
	}
}

func TestBadEventDoesNotHoldUpTheOthers(t *testing.T) {
	b := newBench()
	b.goOnline()
	p := &page{}
	b.Add(p, []wire.Event{event("first", "1")})
	_, asked := chattest.Take[*wire.Events](t, b.link)
	b.Add(p, []wire.Event{event("good", "1"), event("bad", "1"), event("fine", "1")})
	asked.Reply(&wire.Ack{})
	var sent []string
	for b.Pending() > 0 {
		f, asked := chattest.Take[*wire.Events](t, b.link)
		if strings.Contains(fmt.Sprint(ids(f.Events)), "bad") {
			asked.Refuse(wire.CodeBadRequest)
			continue
		}
		sent = append(sent, ids(f.Events)...)
		asked.Reply(&wire.Ack{})
	}
	if want := []string{"good1", "fine1"}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	if !slices.Contains(p.kept, "bad1") {
		t.Error("the page would send the bad one again")
	}
	if len(p.logged) != 1 || !strings.Contains(p.logged[0], "bad") {
		t.Errorf("the page was told %v", p.logged)
	}
}

func TestBusyRelayIsAskedAgainLater(t *testing.T) {
	b := newBench()
	b.goOnline()
	b.Add(&page{}, []wire.Event{event("a", "1")})
	_, asked := chattest.Take[*wire.Events](t, b.link)
	asked.Refuse(wire.CodeRate)
	if b.link.Open() != 0 {
		t.Fatal("asked again at once")
	}
	b.loop.Advance(2 * time.Second)
	chattest.Take[*wire.Events](t, b.link)
}

func TestAFullQueueDropsTheOldestViewsOfPagesFirstAndSaysSoOnce(t *testing.T) {
	b := newBench()
	p := &page{}
	b.Add(p, []wire.Event{event("Bought", "first"), event("PageEntered", "1"), event("PageExited", "1")})
	for i := range 1997 {
		b.Add(p, []wire.Event{event("e", fmt.Sprint(i))})
	}
	if b.Pending() != 2000 || p.kept != nil || p.logged != nil {
		t.Fatalf("%d pending, kept %v, logged %v", b.Pending(), p.kept, p.logged)
	}
	for i := range 4 {
		b.Add(p, []wire.Event{event("late", fmt.Sprint(i))})
	}
	if want := []string{"PageEntered1", "PageExited1", "Boughtfirst", "e0"}; b.Pending() != 2000 || !slices.Equal(p.kept, want) {
		t.Errorf("%d pending, dropped %v, want %v", b.Pending(), p.kept, want)
	}
	if len(p.logged) != 1 {
		t.Errorf("logged %v", p.logged)
	}
}

func TestWhatIsUnderWayIsNotDropped(t *testing.T) {
	b := newBench()
	b.goOnline()
	p := &page{}
	b.Add(p, []wire.Event{event("PageEntered", "1")})
	for i := range 2000 {
		b.Add(p, []wire.Event{event("e", fmt.Sprint(i))})
	}
	if want := []string{"e0"}; !slices.Equal(p.kept, want) {
		t.Errorf("dropped %v, want %v", p.kept, want)
	}
}

func TestAThousandEventsAtOnceArriveAtAPaceThatTheRelayTakes(t *testing.T) {
	b := newBench()
	b.goOnline()
	p := &page{}
	for i := range 1000 {
		b.Add(p, []wire.Event{event("e", fmt.Sprint(i))})
	}
	start, frames := b.loop.Now(), 0
	for b.Pending() > 0 {
		for b.link.Open() == 0 {
			b.loop.Advance(10 * time.Millisecond)
		}
		_, asked := chattest.Take[*wire.Events](t, b.link)
		frames++
		if most := wire.FramesBurst/2 + int(b.loop.Now().Sub(start).Seconds()*wire.FramesPerSecond/2); frames > most {
			t.Fatalf("%d frames after %v, want at most %d", frames, b.loop.Now().Sub(start), most)
		}
		asked.Reply(&wire.Ack{})
	}
	if len(p.kept) != 1000 || p.logged != nil {
		t.Errorf("%d arrived, logged %v", len(p.kept), p.logged)
	}
	if took := b.loop.Now().Sub(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestEventsOneByOneAreNoFloodOfFrames(t *testing.T) {
	b := newBench()
	b.goOnline()
	frames, arrived := 0, 0
	for i := range 100 {
		b.Add(&page{}, []wire.Event{event("e", fmt.Sprint(i))})
		if b.link.Open() > 0 {
			f, asked := chattest.Take[*wire.Events](t, b.link)
			frames, arrived = frames+1, arrived+len(f.Events)
			asked.Reply(&wire.Ack{})
		}
	}
	if frames > wire.FramesBurst/2 {
		t.Errorf("%d frames at once", frames)
	}
	b.loop.Advance(time.Second)
	f, _ := chattest.Take[*wire.Events](t, b.link)
	if arrived += len(f.Events); arrived < 70 {
		t.Errorf("%d arrived in the end", arrived)
	}
}

func TestWhyEventsAreDroppedIsSaidAsItIs(t *testing.T) {
	for _, c := range []struct {
		name  string
		state func(*bench)
		says  string
	}{
		{"no connection", func(*bench) {}, "no connection"},
		{"the relay's limit", func(b *bench) {
			b.goOnline()
			b.Add(&page{}, []wire.Event{event("first", "1")})
			_, asked := chattest.Take[*wire.Events](t, b.link)
			asked.Refuse(wire.CodeRate)
		}, "rate_limited"},
		{"too many at once", func(b *bench) { b.goOnline() }, "faster than the relay takes them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			c.state(b)
			p := &page{}
			for i := range 2100 {
				b.Add(p, []wire.Event{event("e", fmt.Sprint(i))})
			}
			if len(p.logged) != 1 || !strings.Contains(p.logged[0], c.says) {
				t.Errorf("the page was told %v", p.logged)
			}
		})
	}
}

func TestLargeEventsAreBoundedByTheirBytes(t *testing.T) {
	b := newBench()
	p := &page{}
	for i := range 400 {
		e := event("e", fmt.Sprint(i))
		e.Data = map[string]any{"text": strings.Repeat("x", 15_000)}
		b.Add(p, []wire.Event{e})
	}
	if n := b.Pending(); n < 200 || n > 280 {
		t.Errorf("%d events of 15,000 bytes wait, want about 4 MB of them", n)
	}
}

func TestAMillionEventNamesAreBounded(t *testing.T) {
	b := newBench()
	p := &page{}
	for i := range 4000 {
		e := event(fmt.Sprint("name", i), "1")
		e.Visit = fmt.Sprint(i)
		b.Add(p, []wire.Event{e, {ID: fmt.Sprint("v", i), Name: "VisitStarted", Visit: fmt.Sprint(i)}})
	}
	if b.Pending() != 2000 || len(p.logged) != 1 {
		t.Errorf("%d pending, logged %d lines", b.Pending(), len(p.logged))
	}
}

func TestFramesStayWithinTheProtocolsLimits(t *testing.T) {
	b := newBench()
	p := &page{}
	for i := range 60 {
		e := event("e", fmt.Sprint(i))
		e.URL = "https://shop.example/" + strings.Repeat("x", 2000)
		e.Data = map[string]any{"title": strings.Repeat("y", 500), "list": []any{strings.Repeat("z", 500), 1.5}}
		b.Add(p, []wire.Event{e})
	}
	b.goOnline()
	total := 0
	for b.Pending() > 0 {
		f, asked := chattest.Take[*wire.Events](t, b.link)
		frame, err := wire.Encode(f)
		if err != nil || len(frame) > wire.MaxFrame || len(f.Events) > wire.MaxEvents {
			t.Fatalf("frame of %d bytes with %d events: %v", len(frame), len(f.Events), err)
		}
		total += len(f.Events)
		asked.Reply(&wire.Ack{})
		b.loop.Advance(time.Second) // it goes at its pace
	}
	if total != 60 {
		t.Errorf("sent %d events, want 60", total)
	}
}
