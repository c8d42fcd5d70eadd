package chat_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/loop/looptest"
)

var (
	visitor = wire.Participant{ID: "v", Kind: "visitor", Nickname: "Ann"}
	agent   = wire.Participant{ID: "a", Kind: "agent", Nickname: "Bea"}
)

// bench is a loop, a link and ids, as all tests of this package need them.
type bench struct {
	loop *looptest.Fake
	link *chattest.Link
	ids  int
	env  chat.Env
}

func newBench() *bench {
	b := &bench{loop: looptest.New(), link: &chattest.Link{Online: true}}
	b.env = chat.Env{
		Link: b.link, Loop: b.loop, Changed: func() {},
		NowMs: func() int64 { return b.loop.Now().UnixMilli() },
		NewID: func() string { b.ids++; return fmt.Sprintf("id%d", b.ids) },
	}
	return b
}

func message(seq int64, from wire.Participant, text, clientID string) wire.Entry {
	return wire.Entry{Seq: seq, Ms: seq * 1000, ID: fmt.Sprint("e", seq), Kind: wire.KindMessage, From: from, Text: text, ClientID: clientID}
}

// talk is a session in which both have joined.
func talk() wire.Snapshot {
	return wire.Snapshot{
		Session: "s", State: "Active", Me: visitor, Participants: []wire.Participant{visitor, agent},
		Entries: []wire.Entry{
			{Seq: 1, Ms: 1000, ID: "e1", Kind: wire.KindJoined, From: visitor},
			{Seq: 2, Ms: 2000, ID: "e2", Kind: wire.KindJoined, From: agent},
		},
	}
}

func push(entries ...wire.Entry) *wire.Push {
	return &wire.Push{Session: "s", State: "Active", Entries: entries}
}

// shows gives the messages as "text/delivery", in order.
func shows(c *chat.Conversation) string {
	names := map[chat.Delivery]string{chat.NotMine: "theirs", chat.Sending: "sending", chat.Sent: "sent", chat.Delivered: "delivered", chat.Failed: "failed"}
	var all []string
	for _, l := range c.Lines() {
		if l.Kind == wire.KindMessage {
			all = append(all, l.Text+"/"+names[l.Delivery])
		}
	}
	return strings.Join(all, " ")
}

func wantShown(t *testing.T, c *chat.Conversation, want string) {
	t.Helper()
	if got := shows(c); got != want {
		t.Errorf("shown: %s\n want: %s", got, want)
	}
}

func TestMessagesGoOutOneAtATimeInOrder(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Write("one")
	c.Write("two")
	wantShown(t, c, "one/sending two/sending")
	first, asked := chattest.Take[*wire.Send](t, b.link)
	if b.link.Open() != 0 {
		t.Fatal("the second message went out before the first was acknowledged")
	}
	asked.Reply(&wire.Ack{Seq: 3, Ms: 3000, ClientID: first.ClientID})
	wantShown(t, c, "one/sent two/sending")
	second, asked := chattest.Take[*wire.Send](t, b.link)
	if first.Text != "one" || second.Text != "two" || first.ClientID == second.ClientID {
		t.Errorf("sent %+v, then %+v", first, second)
	}
	asked.Reply(&wire.Ack{Seq: 4, Ms: 4000, ClientID: second.ClientID})
	wantShown(t, c, "one/sent two/sent")
}

func TestOwnMessageIsShownOnceWhateverComesFirst(t *testing.T) {
	tests := []struct {
		name  string
		steps func(c *chat.Conversation, id string, asked *chattest.Asked)
	}{
		{"ack, then push", func(c *chat.Conversation, id string, asked *chattest.Asked) {
			asked.Reply(&wire.Ack{Seq: 3, ClientID: id})
			c.Pushed(push(message(3, visitor, "hi", id)))
		}},
		{"push, then ack", func(c *chat.Conversation, id string, asked *chattest.Asked) {
			c.Pushed(push(message(3, visitor, "hi", id)))
			asked.Reply(&wire.Ack{Seq: 3, ClientID: id})
		}},
		{"push twice", func(c *chat.Conversation, id string, asked *chattest.Asked) {
			c.Pushed(push(message(3, visitor, "hi", id)))
			c.Pushed(push(message(3, visitor, "hi", id)))
			asked.Reply(&wire.Ack{Seq: 3, ClientID: id})
		}},
		{"push, then a refusal that came too late", func(c *chat.Conversation, id string, asked *chattest.Asked) {
			c.Pushed(push(message(3, visitor, "hi", id)))
			asked.Refuse(wire.CodeInternal)
		}},
		{"ack only", func(c *chat.Conversation, id string, asked *chattest.Asked) {
			asked.Reply(&wire.Ack{Seq: 3, ClientID: id})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			c := chat.NewConversation(b.env, talk())
			c.Write("hi")
			send, asked := chattest.Take[*wire.Send](t, b.link)
			key := c.Lines()[2].Key
			test.steps(c, send.ClientID, asked)
			wantShown(t, c, "hi/sent")
			if got := c.Lines()[2].Key; got != key {
				t.Errorf("key went from %q to %q: the line would be drawn and read out anew", key, got)
			}
		})
	}
}

func TestLostAcknowledgementIsAskedForAgainUnderTheSameID(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Write("one")
	c.Write("two")
	lost, _ := chattest.Take[*wire.Send](t, b.link)
	b.link.Drop()
	c.Offline()
	c.Write("three")
	wantShown(t, c, "one/sending two/sending three/sending")

	b.link.Online = true
	again := talk()
	again.Entries = nil
	c.Resume(again)
	resent, asked := chattest.Take[*wire.Send](t, b.link)
	if resent.ClientID != lost.ClientID || resent.Text != "one" {
		t.Errorf("resent %+v, want the one whose acknowledgement was lost (%s)", resent, lost.ClientID)
	}
	asked.Reply(&wire.Ack{Seq: 3, ClientID: resent.ClientID})
	for i, text := range []string{"two", "three"} {
		send, asked := chattest.Take[*wire.Send](t, b.link)
		if send.Text != text {
			t.Errorf("then sent %q, want %q", send.Text, text)
		}
		asked.Reply(&wire.Ack{Seq: int64(4 + i), ClientID: send.ClientID})
	}
	wantShown(t, c, "one/sent two/sent three/sent")
}

func TestMessageThatTheWelcomeHoldsIsNotSentAgain(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Write("one")
	lost, _ := chattest.Take[*wire.Send](t, b.link)
	b.link.Drop()
	c.Offline()
	b.link.Online = true
	again := talk()
	again.Entries = []wire.Entry{message(3, visitor, "one", lost.ClientID), message(4, agent, "yes?", "")}
	c.Resume(again)
	if n := b.link.Open(); n != 0 {
		t.Errorf("%d requests, want none: the relay has the message", n)
	}
	wantShown(t, c, "one/sent yes?/theirs")
}

func TestRefusedMessageFailsWithItsReasonAndTheNextGoesOn(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	failed := c.Write("one")
	c.Write("two")
	_, asked := chattest.Take[*wire.Send](t, b.link)
	asked.Refuse(wire.CodeBadRequest)
	wantShown(t, c, "one/failed two/sending")
	if got := c.Lines()[2].Reason; got != wire.CodeBadRequest {
		t.Errorf("reason %q, want %q", got, wire.CodeBadRequest)
	}
	second, asked := chattest.Take[*wire.Send](t, b.link)
	asked.Reply(&wire.Ack{Seq: 3, ClientID: second.ClientID})
	c.Retry(failed)
	wantShown(t, c, "two/sent one/sending")
	retried, asked := chattest.Take[*wire.Send](t, b.link)
	if retried.ClientID != failed {
		t.Errorf("retried as %q, want %q", retried.ClientID, failed)
	}
	asked.Refuse(wire.CodeBadRequest)
	c.Discard(failed)
	wantShown(t, c, "two/sent")
}

func TestMessageThatCannotBeTakenJustNowIsTriedAgain(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	id := c.Write("one")
	for range 3 {
		_, asked := chattest.Take[*wire.Send](t, b.link)
		asked.Refuse(wire.CodeUnavailable)
		if b.link.Open() != 0 {
			t.Fatal("tried again at once")
		}
		wantShown(t, c, "one/sending")
		b.loop.Advance(15 * time.Second)
	}
	send, asked := chattest.Take[*wire.Send](t, b.link)
	if send.ClientID != id {
		t.Errorf("tried again as %q, want %q", send.ClientID, id)
	}
	asked.Reply(&wire.Ack{Seq: 3, ClientID: id})
	wantShown(t, c, "one/sent")
}

func TestTextsThatCannotBeSentAreNot(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"blank", " \n\t", ""},
		{"too long", strings.Repeat("ä", wire.MaxMessageRunes+1), "failed"},
		{"as long as may be", strings.Repeat("ä", wire.MaxMessageRunes), "sending"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			c := chat.NewConversation(b.env, talk())
			c.Write(test.text)
			_, got, _ := strings.Cut(shows(c), "/")
			if got != test.want {
				t.Errorf("message is %q, want %q", got, test.want)
			}
			if sends := b.link.Open(); (sends == 1) != (test.want == "sending") {
				t.Errorf("%d requests", sends)
			}
		})
	}
}

func TestGapIsFetchedAndNothingIsShownTwice(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Pushed(push(message(5, agent, "three", "")))
	wantShown(t, c, "")
	c.Pushed(push(message(6, agent, "four", "")))
	history, asked := chattest.Take[*wire.History](t, b.link)
	if history.After != 2 || b.link.Open() != 0 {
		t.Errorf("asked for what follows %d, and %d more requests; want one, after 2", history.After, b.link.Open())
	}
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(3, agent, "one", ""), message(4, agent, "two", "")}, More: true})
	_, asked = chattest.Take[*wire.History](t, b.link)
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(5, agent, "three", ""), message(6, agent, "four", "")}})
	wantShown(t, c, "one/theirs two/theirs three/theirs four/theirs")
	if b.link.Open() != 0 {
		t.Error("asked again although nothing is missing")
	}
}

func TestAcknowledgementBehindAGapWaitsForIt(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Write("mine")
	send, asked := chattest.Take[*wire.Send](t, b.link)
	asked.Reply(&wire.Ack{Seq: 4, ClientID: send.ClientID})
	wantShown(t, c, "mine/sent")
	_, asked = chattest.Take[*wire.History](t, b.link)
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(3, agent, "theirs", ""), message(4, visitor, "mine", send.ClientID)}})
	wantShown(t, c, "theirs/theirs mine/sent")
}

func TestLongLogBeginsWithItsEndAndOlderPartsComeOnDemand(t *testing.T) {
	b := newBench()
	s := talk()
	s.More = true
	c := chat.NewConversation(b.env, s)
	c.MarkRead()
	tail, asked := chattest.Take[*wire.History](t, b.link)
	if tail.Before != math.MaxInt64 {
		t.Errorf("asked for what comes before %d, want the end", tail.Before)
	}
	c.Pushed(push(message(203, agent, "new", "")))
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(201, agent, "old1", ""), message(202, agent, "old2", "")}, More: true})
	if got := c.Unread(); got != 0 {
		t.Errorf("%d unread, want 0: they were there before", got)
	}
	_, asked = chattest.Take[*wire.History](t, b.link)
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(203, agent, "new", "")}})
	wantShown(t, c, "old1/theirs old2/theirs new/theirs")
	if got := c.Unread(); got != 1 {
		t.Errorf("%d unread, want 1", got)
	}
	c.FetchEarlier(nil)
	c.FetchEarlier(nil)
	earlier, asked := chattest.Take[*wire.History](t, b.link)
	if earlier.Before != 201 || b.link.Open() != 0 {
		t.Errorf("asked for what comes before %d, and %d times more", earlier.Before, b.link.Open())
	}
	asked.Reply(&wire.Page{Entries: []wire.Entry{message(200, visitor, "older", "x")}})
	wantShown(t, c, "older/sent old1/theirs old2/theirs new/theirs")
	if c.HasEarlier() {
		t.Error("still offers older entries, but there are none")
	}
}

func TestTypingIsAnnouncedSparinglyAndEnds(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	told := func() string {
		var all []string
		for _, f := range chattest.TakeTold[*wire.Typing](b.link) {
			all = append(all, fmt.Sprint(f.On))
		}
		return strings.Join(all, " ")
	}
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"first key", func() { c.Key("h") }, "true"},
		{"more keys within 3 s", func() { b.loop.Advance(2 * time.Second); c.Key("he") }, ""},
		{"a key after 3 s", func() { b.loop.Advance(time.Second); c.Key("hel") }, "true"},
		{"4.9 s without a key", func() { b.loop.Advance(4900 * time.Millisecond) }, ""},
		{"5 s without a key", func() { b.loop.Advance(100 * time.Millisecond) }, "false"},
		{"a key again", func() { c.Key("hell") }, "true"},
		{"sent", func() { c.Write("hello") }, "false"},
		{"nothing more", func() { b.loop.Advance(time.Minute) }, ""},
		{"emptied", func() { c.Key("x"); c.Key("") }, "true false"},
	}
	for _, step := range steps {
		step.do()
		if got := told(); got != step.want {
			t.Errorf("%s: told %q, want %q", step.name, got, step.want)
		}
	}
}

func TestOthersTypingIsShownUntilItEnds(t *testing.T) {
	tests := []struct {
		name string
		do   func(b *bench, c *chat.Conversation)
		want int
	}{
		{"just now", func(*bench, *chat.Conversation) {}, 1},
		{"for 7.9 s", func(b *bench, _ *chat.Conversation) { b.loop.Advance(7900 * time.Millisecond) }, 1},
		{"8 s without a word", func(b *bench, _ *chat.Conversation) { b.loop.Advance(8 * time.Second) }, 0},
		{"announced again", func(b *bench, c *chat.Conversation) {
			b.loop.Advance(5 * time.Second)
			c.TypingHeard(&wire.Typing{On: true, From: agent})
			b.loop.Advance(5 * time.Second)
		}, 1},
		{"ended", func(_ *bench, c *chat.Conversation) { c.TypingHeard(&wire.Typing{From: agent}) }, 0},
		{"sent", func(_ *bench, c *chat.Conversation) { c.Pushed(push(message(3, agent, "hi", ""))) }, 0},
		{"connection lost", func(_ *bench, c *chat.Conversation) { c.Offline() }, 0},
		{"went away", func(_ *bench, c *chat.Conversation) { c.PresenceChanged(&wire.Presence{Who: agent}) }, 0},
		{"own typing in another tab", func(_ *bench, c *chat.Conversation) { c.TypingHeard(&wire.Typing{On: true, From: visitor}) }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			c := chat.NewConversation(b.env, talk())
			c.TypingHeard(&wire.Typing{On: true, From: agent})
			test.do(b, c)
			if got := len(c.Typing()); got != test.want {
				t.Errorf("%d type, want %d", got, test.want)
			}
		})
	}
}

func TestDeliveryIsShownUpToWhereTheOtherSideHasIt(t *testing.T) {
	b := newBench()
	s := talk()
	s.Entries = append(s.Entries, message(3, visitor, "one", "x"), message(4, visitor, "two", "y"))
	c := chat.NewConversation(b.env, s)
	c.DeliveredHeard(&wire.Delivered{Seq: 4, From: visitor})
	wantShown(t, c, "one/sent two/sent")
	c.DeliveredHeard(&wire.Delivered{Seq: 3, From: agent})
	wantShown(t, c, "one/delivered two/sent")
	c.DeliveredHeard(&wire.Delivered{Seq: 4, From: agent})
	c.DeliveredHeard(&wire.Delivered{Seq: 3, From: agent})
	wantShown(t, c, "one/delivered two/delivered")
}

func TestWhatReachedTheScreenIsToldOnceAndAgainToWhoMissedIt(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	told := func() string {
		var all []string
		for _, f := range chattest.TakeTold[*wire.Delivered](b.link) {
			all = append(all, fmt.Sprint(f.Seq))
		}
		return strings.Join(all, " ")
	}
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"nothing of the others yet", c.Shown, ""},
		{"a message, not on the screen", func() { c.Pushed(push(message(3, agent, "hi", ""))) }, ""},
		{"on the screen", c.Shown, "3"},
		{"drawn again", c.Shown, ""},
		{"own message", func() { c.Pushed(push(message(4, visitor, "yes", "x"))); c.Shown() }, ""},
		{"the agent reconnected", func() { c.PresenceChanged(&wire.Presence{Who: agent, Online: true}) }, "3"},
		{"this side reconnected", func() { c.Offline(); s := talk(); s.Entries = nil; c.Resume(s) }, "3"},
	}
	for _, step := range steps {
		step.do()
		if got := told(); got != step.want {
			t.Errorf("%s: told %q, want %q", step.name, got, step.want)
		}
	}
}

func TestUnreadCountsTheOthersMessagesOnly(t *testing.T) {
	b := newBench()
	c := chat.NewConversation(b.env, talk())
	c.Pushed(push(message(3, agent, "one", ""), message(4, visitor, "two", "x"), message(5, agent, "three", "")))
	if got := c.Unread(); got != 2 {
		t.Errorf("%d unread, want 2", got)
	}
	c.Shown()
	if got := c.Unread(); got != 0 {
		t.Errorf("%d unread once shown, want 0", got)
	}
}

func TestWhoEndedTheSession(t *testing.T) {
	left := func(seq int64, who wire.Participant) wire.Entry {
		return wire.Entry{Seq: seq, Kind: wire.KindLeft, From: who, Data: map[string]any{"reason": "ended"}}
	}
	tests := []struct {
		name string
		do   func(c *chat.Conversation)
		over bool
		want string
	}{
		{"it goes on", func(*chat.Conversation) {}, false, chat.ByNobody},
		{"the agent is done", func(c *chat.Conversation) {
			c.Pushed(&wire.Push{State: "Completed", Entries: []wire.Entry{left(3, agent)}})
		}, true, chat.ByAgent},
		{"the visitor ended it", func(c *chat.Conversation) {
			c.Pushed(&wire.Push{State: "Ended", Entries: []wire.Entry{left(3, visitor)}})
		}, true, chat.ByVisitor},
		{"the visitor ended it, then the agent was done", func(c *chat.Conversation) {
			c.Pushed(&wire.Push{State: "Ended", Entries: []wire.Entry{left(3, visitor)}})
			c.Pushed(&wire.Push{State: "Completed", Entries: []wire.Entry{left(4, agent)}})
		}, true, chat.ByVisitor},
		{"a late push does not open it again", func(c *chat.Conversation) {
			c.Pushed(&wire.Push{State: "Ended", Entries: []wire.Entry{left(3, visitor)}})
			c.Pushed(push(message(2, agent, "late", "")))
		}, true, chat.ByVisitor},
		{"the relay does not have it any more", func(c *chat.Conversation) { c.Lost() }, true, chat.ByNobody},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			c := chat.NewConversation(b.env, talk())
			b.link.Online = false
			c.Offline()
			c.Write("unsent")
			test.do(c)
			if c.Over() != test.over || c.EndedBy() != test.want {
				t.Errorf("over %v by %q, want %v by %q", c.Over(), c.EndedBy(), test.over, test.want)
			}
			want := "unsent/sending"
			if test.over {
				want = "unsent/failed"
			}
			wantShown(t, c, want)
		})
	}
}

func TestPresentFollowsTheLog(t *testing.T) {
	b := newBench()
	s := talk()
	s.State, s.Participants, s.Entries = "Queued", s.Participants[:1], s.Entries[:1]
	c := chat.NewConversation(b.env, s)
	if !c.Waiting() || c.HadAgent() {
		t.Errorf("waiting %v, had an agent %v", c.Waiting(), c.HadAgent())
	}
	c.Pushed(push(wire.Entry{Seq: 2, Kind: wire.KindJoined, From: agent}))
	if p := c.Present(); len(p) != 1 || p[0].ID != agent.ID || c.Waiting() {
		t.Errorf("present %v, waiting %v", p, c.Waiting())
	}
	c.Pushed(push(wire.Entry{Seq: 3, Kind: wire.KindLeft, From: agent}))
	if p := c.Present(); len(p) != 0 || !c.HadAgent() {
		t.Errorf("present %v, had an agent %v", p, c.HadAgent())
	}
}
