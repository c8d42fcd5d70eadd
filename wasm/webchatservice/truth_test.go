package webchatservice_test

import (
	"fmt"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
)

// transports are the configurations of pages of each transport, with their ajaxTimeout.
func transports() map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, config := range map[string]map[string]any{"sockets": sockets, "rest": rest, "gms": gms, "foyer": foyer} {
		all[name] = merge(config, "ajaxTimeout", 2000.0)
	}
	return all
}

// sent is the message that the relay is just asked to keep.
func (s *stage) sent() (*wire.Send, *chattest.Asked) {
	s.Helper()
	return chattest.Take[*wire.Send](s, s.link)
}

func (s *stage) ack(send *wire.Send, asked *chattest.Asked, seq int64) {
	asked.Reply(&wire.Ack{Seq: seq, Ms: seq * 1000, ClientID: send.ClientID})
	s.loop.Run()
}

func say(p *tab, text string) *settled {
	return p.command("sendMessage", map[string]any{"message": text})
}

// A page that sends again what was rejected: the other side must not read it twice.
func TestAMessageRejectedByAjaxTimeoutIsNotDelivered(t *testing.T) {
	for name, config := range transports() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(config)
			s.begin(p)
			s.drop(0)
			got := say(p, "hi")
			s.loop.Advance(2*time.Second - 1)
			want(t, "before", got.state, "pending")
			s.loop.Advance(1)
			want(t, "after", got.state, "rejected")
			want(t, "the window shows it no longer", len(s.client.Conversation().Lines()), 1)
			again := say(p, "hi")
			s.welcome(queued())
			send, asked := s.sent()
			s.ack(send, asked, 2)
			want(t, "the second try", again.state, "resolved")
			want(t, "messages for the relay", s.link.Open(), 0)
		})
	}
}

func TestAMessageBehindAnotherIsWithdrawnByAjaxTimeout(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(merge(rest, "ajaxTimeout", 2000.0))
	s.begin(p)
	first, second := say(p, "one"), say(p, "two")
	s.loop.Advance(2 * time.Second)
	want(t, "with the relay", first.state, "pending")
	want(t, "not yet", second.state, "rejected")
	want(t, "the reason", second.field("status", "code"), "INTERNAL_ERROR")
	send, asked := s.sent()
	s.ack(send, asked, 2)
	want(t, "the first", first.state, "resolved")
	want(t, "messages for the relay", s.link.Open(), 0)
}

func TestWithoutAjaxTimeoutNothingWaitsForLongerThanHalfAMinute(t *testing.T) {
	for name, config := range map[string]map[string]any{
		"none": rest, "nonsense": merge(rest, "ajaxTimeout", "soon"), "a longer one": merge(rest, "ajaxTimeout", 600_000.0),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(config)
			start := p.command("startChat", nil)
			s.loop.Advance(30*time.Second - 1)
			want(t, "a start without a connection", start.state, "pending")
			s.loop.Advance(1)
			want(t, "then", start.state, "rejected")
			s.welcome()
			want(t, "chats that the relay is asked for", s.link.Open(), 0)
			s.begin(p)
			s.drop(0)
			message := say(p, "hi")
			s.loop.Advance(30 * time.Second)
			want(t, "a message without a connection", message.state, "rejected")
		})
	}
}

// What may be with the relay is settled by what the relay says, whenever that is.
func TestAMessageOnItsWayWaitsForTheTruth(t *testing.T) {
	for name, config := range transports() {
		for _, c := range []struct {
			name  string
			truth func(*stage, *wire.Send, *chattest.Asked)
			state string
			lines int // beside the visitor's coming
		}{
			{"it is kept", func(s *stage, send *wire.Send, asked *chattest.Asked) { s.ack(send, asked, 2) }, "resolved", 1},
			{"it is refused", func(s *stage, _ *wire.Send, asked *chattest.Asked) { asked.Refuse(wire.CodeBadRequest) }, "rejected", 0},
			{"it was kept when the line broke", func(s *stage, send *wire.Send, _ *chattest.Asked) {
				s.drop(1)
				back := queued()
				back.Entries = append(back.Entries, message(2, visitor, "hi", send.ClientID))
				s.welcome(back)
			}, "resolved", 1},
			{"it was not, and is sent again", func(s *stage, _ *wire.Send, _ *chattest.Asked) {
				s.drop(1)
				s.welcome(queued())
				send, asked := s.sent()
				s.ack(send, asked, 2)
			}, "resolved", 1},
			{"the session is gone", func(s *stage, _ *wire.Send, _ *chattest.Asked) {
				s.drop(1)
				s.welcome()
			}, "rejected", 0},
		} {
			t.Run(name+", "+c.name, func(t *testing.T) {
				s := newStage(t, nil)
				p := s.open(config)
				s.begin(p)
				got := say(p, "hi")
				send, asked := s.sent()
				s.link.Hold(asked)
				s.loop.Advance(10 * time.Second)
				want(t, "after ajaxTimeout", got.state, "pending")
				c.truth(s, send, asked)
				s.loop.Run()
				want(t, "then", got.state, c.state)
				want(t, "lines", len(s.client.Conversation().Lines()), 1+c.lines)
			})
		}
	}
}

// The relay says that it did not take it: then it can be withdrawn.
func TestAMessageThatTheRelayPutsOffIsWithdrawnByAjaxTimeout(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(merge(rest, "ajaxTimeout", 900.0))
	s.begin(p)
	got := say(p, "hi")
	_, asked := s.sent()
	asked.Refuse(wire.CodeRate)
	s.loop.Advance(900 * time.Millisecond)
	want(t, "after ajaxTimeout", got.state, "rejected")
	s.loop.Advance(time.Minute)
	want(t, "messages for the relay", s.link.Open(), 0)
}

func TestAMessageThatCameBeforeTheEndIsNotRejected(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.accept()
	got := say(p, "hi")
	send, asked := s.sent()
	s.done(4)
	want(t, "its answer is to come", got.state, "pending")
	s.ack(send, asked, 3)
	want(t, "it came in time", got.state, "resolved")
}

func TestAMessageThatCameAfterTheEndIsRejected(t *testing.T) {
	for name, end := range map[string]func(*stage, *chattest.Asked){
		"the relay says so":           func(_ *stage, asked *chattest.Asked) { asked.Refuse(wire.CodeSessionEnded) },
		"the relay puts it off":       func(_ *stage, asked *chattest.Asked) { asked.Refuse(wire.CodeRate) },
		"the connection ends as well": func(s *stage, _ *chattest.Asked) { s.drop(0) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(rest)
			s.begin(p)
			s.accept()
			got := say(p, "hi")
			_, asked := s.sent()
			s.link.Hold(asked)
			s.done(3)
			end(s, asked)
			s.loop.Run()
			want(t, "then", got.state, "rejected")
		})
	}
}

// What is asked for twice does no harm: the relay knows a notice by its id, and data by its keys.
func TestARequestWhoseAnswerIsLostIsAskedForAgain(t *testing.T) {
	for name, data := range map[string]map[string]any{
		"sendCustomNotice": {"message": "bye"}, "updateUserData": {"shoe": "blue"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(merge(rest, "ajaxTimeout", 2000.0))
			s.begin(p)
			got := p.command(name, data)
			first, asked := chattest.Take[wire.Request](t, s.link)
			s.link.Hold(asked)
			s.loop.Advance(3 * time.Second)
			want(t, "with the relay", got.state, "pending")
			s.drop(1)
			want(t, "without a connection", got.state, "pending")
			s.welcome(queued())
			second, asked := chattest.Take[wire.Request](t, s.link)
			want(t, "the same", fmt.Sprintf("%+v", second), fmt.Sprintf("%+v", first))
			asked.Reply(&wire.Ack{Session: "s"})
			s.loop.Run()
			want(t, "then", got.state, "resolved")
		})
	}
}

func TestARequestOfASessionThatIsGoneIsRejected(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	got := p.command("sendCustomNotice", map[string]any{"message": "bye"})
	s.drop(1)
	s.welcome()
	want(t, "then", got.state, "rejected")
	want(t, "the reason", got.field("status", "code"), "SESSION_NOT_FOUND")
}

func TestTypingIsNoSuccessBeforeTheRelayHasHeardOfIt(t *testing.T) {
	for name, config := range transports() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(config)
			s.begin(p)
			s.link.Silent = true
			got := p.command("sendTyping", map[string]any{"message": "hel"})
			want(t, "on a dead line", got.state, "pending")
			s.drop(0)
			want(t, "when that is noticed", got.state, "rejected")
			s.link.Silent = true
			s.welcome(queued())
			got = p.command("sendTyping", map[string]any{"message": "hello"})
			s.loop.Advance(2 * time.Second)
			want(t, "after ajaxTimeout", got.state, "rejected")
		})
	}
}

// A worker outlives its pages: what it remembers of a chat is not what the relay has.
func TestAChatThatTheRelayNoLongerHasIsNotRestored(t *testing.T) {
	gone := func(s *stage) { s.welcome() }
	for _, c := range []struct {
		name   string
		before func(*stage) // while no page is open
		after  func(*stage) // when the page is back
		events string
	}{
		{"found gone when the page is back", func(s *stage) { s.drop(0) }, gone, "ready restoreFailed"},
		{"found gone before", func(s *stage) { s.drop(0); s.welcome() }, func(*stage) {}, "ready restoreFailed"},
		{"ended by the agent meanwhile", func(s *stage) { s.done(3) }, func(*stage) {}, "ready restoreFailed"},
		{"ended while the line was down", func(s *stage) { s.drop(0) }, func(s *stage) {
			over := running(3)
			over.State = "Completed"
			s.welcome(over)
		}, "ready restoreFailed"},
		{"it goes on", func(s *stage) { s.drop(0) }, func(s *stage) { s.welcome(running(2)) },
			"ready restored messageReceived clientConnected agentConnected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open(rest)
			s.begin(p)
			s.accept()
			s.service.RemovePage(p)
			c.before(s)
			s.loop.Run()
			p = s.open(rest)
			c.after(s)
			s.loop.Run()
			want(t, "events", p.names(), c.events)
			s.open(rest)
			want(t, "said once", p.names(), "")
		})
	}
}

func TestAChatOfTheWorkerIsTakenUpOfflineAndRestoredLater(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.service.RemovePage(p)
	s.drop(0)
	p = s.open(rest)
	s.service.Unreachable(nil)
	s.loop.Run()
	want(t, "offline", p.names(), "ready error restoredOffline")
	s.welcome(queued())
	want(t, "back", p.names(), "chatServerBackOnline restored messageReceived clientConnected")
}

func TestAKeptChatThatHasEndedMeanwhileIsNotRestored(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	over := running(3)
	over.State = "Completed"
	s.welcome(over)
	want(t, "events", p.names(), "ready restoreFailed")
	want(t, "the next page is told nothing", s.open(rest).names(), "ready")
}

func TestAChatWhoseEndAPageHasSeenIsNothingToTheNext(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.accept()
	s.done(3)
	p.last(t, "ended")
	s.service.RemovePage(p)
	want(t, "the next page", s.open(rest).names(), "ready")
}
