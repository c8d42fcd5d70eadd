package webchatservice_test

import (
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
)

// TestEveryRequestIsToldOnce does everything as the window does it, and as a page's command does it, with two pages: each
// hears of each answer once.
func TestEveryRequestIsToldOnce(t *testing.T) {
	file := &attachment.File{Name: "a.pdf", Size: 10}
	ack := func(cid string, seq int64) *wire.Ack {
		return &wire.Ack{Session: "s", ClientID: cid, Seq: seq, Ms: seq * 1000}
	}
	upload := func(status int) func(s *stage) {
		return func(s *stage) {
			s.answer("limits", limits(nil))
			s.answer("", attachment.Answer{Status: status, JSON: map[string]any{"code": "file_total"}})
		}
	}
	type row struct {
		window  func(s *stage)
		command string
		data    map[string]any
		answer  func(s *stage)
		want    string
	}
	for name, test := range map[string]row{
		"a message": {
			func(s *stage) { s.client.Write("hello") }, "sendMessage", map[string]any{"message": "hello"},
			func(s *stage) {
				send, asked := chattest.Take[*wire.Send](s, s.link)
				asked.Reply(ack(send.ClientID, 3))
			}, "ajaxResponse"},
		"a message that is refused": {
			func(s *stage) { s.client.Write("hello") }, "sendMessage", map[string]any{"message": "hello"},
			func(s *stage) {
				_, asked := chattest.Take[*wire.Send](s, s.link)
				asked.Refuse(wire.CodeTooLarge)
			}, "error"},
		"data": {
			func(s *stage) {
				s.listening.Request(&wire.UserData{Session: "s", Data: map[string]any{"a": "b"}}, func(wire.Frame, *wire.Problem) {})
			},
			"updateUserData", map[string]any{"a": "b"},
			func(s *stage) {
				_, asked := chattest.Take[*wire.UserData](s, s.link)
				asked.Reply(&wire.Ack{})
			}, "ajaxResponse"},
		"the end": {
			func(s *stage) { s.client.End() }, "endChat", nil,
			func(s *stage) {
				_, asked := chattest.Take[*wire.End](s, s.link)
				asked.Reply(&wire.Ack{})
			}, "ajaxResponse"},
		"a file": {
			func(s *stage) { s.uploads().Add(file) }, "sendFile", map[string]any{"files": file},
			func(s *stage) {
				upload(200)(s)
				s.push("Active", wire.Entry{Seq: 3, Kind: wire.KindFile, From: visitor, ClientID: s.file})
			}, "ajaxResponse"},
		"a file that is refused": {
			func(s *stage) { s.uploads().Add(file) }, "sendFile", map[string]any{"files": file}, upload(413), "error"},
	} {
		for _, by := range []string{"the window", "a command"} {
			s := newStage(t, nil)
			one, two := s.open(rest), s.open(sockets)
			s.begin(one)
			s.accept()
			one.names()
			two.names()
			if by == "the window" {
				test.window(s)
			} else {
				one.command(test.command, test.data)
			}
			s.loop.Run()
			test.answer(s)
			s.loop.Run()
			for i, p := range []*tab{one, two} {
				if got := p.count("ajaxResponse") + p.count("error"); got != 1 || p.count(test.want) != 1 {
					t.Errorf("%s by %s: page %d heard %q, want %s once", name, by, i+1, p.names(), test.want)
				}
			}
		}
	}
}

func TestAChatThatTheWindowBeginsIsAnAnswerToo(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.welcome()
	s.client.Start(chat.Form{FirstName: "Ann"})
	s.started(queued())
	want(t, "the session", p.last(t, "ajaxResponse")["data"].(map[string]any)["sessionId"], "s")
	want(t, "told once", p.count("ajaxResponse"), 1)
}
