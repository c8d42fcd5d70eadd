package webchatservice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
)

var answerBlob = attachment.Answer{Status: 200, Blob: &attachment.File{Type: "application/pdf"}}

func keptChat() map[string]string { return map[string]string{page.KeepHandle: "earlier"} }

// running is a chat with an agent, whose log has n entries.
func running(n int) wire.Snapshot {
	s := queued()
	s.State, s.Entries, s.Participants = "Active", log(n), []wire.Participant{visitor, agent}
	return s
}

func TestAKeptChatIsRestored(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	verify := p.command("verifySession", nil)
	want(t, "before it is known", verify.state, "pending")
	s.welcome(running(3))
	want(t, "then", verify.field("sessionActive"), true)
	want(t, "restored", p.last(t, "restored"), map[string]any{"async": false})
	want(t, "restoring", p.last(t, "messageReceived")["restoring"], true)
	want(t, "events", p.names(), "ready restored messageReceived clientConnected")
	s.push("Active", message(4, agent, "new", ""))
	want(t, "restoring is over", p.last(t, "messageReceived")["restoring"], false)
}

func TestAKeptChatThatIsGone(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	verify := p.command("verifySession", nil)
	s.welcome()
	want(t, "no session", verify.field("sessionActive"), false)
	want(t, "events", p.names(), "ready restoreFailed")
}

func TestAKeptChatWithoutAConnection(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	s.service.Unreachable(nil)
	s.service.Unreachable(nil)
	s.loop.Run()
	want(t, "offline", p.names(), "ready error restoredOffline error")
	s.welcome(running(1))
	want(t, "back", p.names(), "chatServerBackOnline restored messageReceived clientConnected")
}

func TestCommandsDoNotWaitForeverForTheConnection(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	verify := p.command("verifySession", nil)
	s.loop.Advance(10 * time.Second)
	want(t, "goes by what is kept", verify.field("sessionActive"), true)
}

func TestRestoreTimeout(t *testing.T) {
	old := merge(rest, "", nil)
	for _, c := range []struct {
		name      string
		config    map[string]any
		restoreMs int64
		away      time.Duration
		restored  bool
	}{
		{"the vendor's 60 s, not over", old, 0, 59 * time.Second, true},
		{"the vendor's 60 s, over", old, 0, 61 * time.Second, false},
		{"classic configuration", gms, 0, 61 * time.Second, false},
		{"the page's own choice", merge(old, "restoreTimeout", 120_000.0), 0, 61 * time.Second, true},
		{"the page's own choice, over", merge(old, "restoreTimeout", 10_000.0), 0, 11 * time.Second, false},
		{"the deployment's choice", old, 3_600_000, 61 * time.Second, true},
		{"the deployment's choice, over", nil, 3_600_000, 2 * time.Hour, false},
		{"a page of ours has none", nil, 0, 24 * time.Hour, true},
		{"nor have asynchronous chats", async, 0, 24 * time.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, keptChat())
			s.site.stored[page.KeepSeen] = fmt.Sprint(s.loop.Now().Add(-c.away).UnixMilli())
			p := s.open(c.config)
			s.service.Command(p, page.NewCommand("none", nil, nil))
			s.setRestoreMs(c.restoreMs, p)
			if c.restored {
				s.welcome(running(1))
				want(t, "events", p.names(), "ready restored messageReceived clientConnected")
				return
			}
			s.welcome()
			want(t, "events", p.names(), "ready restoreTimeout")
			want(t, "kept", s.site.stored[page.KeepHandle], "")
		})
	}
}

func (s *stage) setRestoreMs(ms int64, p *tab) { p.restoreMs = ms }

func TestAChatThatOutlivedItsPagesEndsWithTheTimeout(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.service.RemovePage(p)
	s.site.stored[page.KeepSeen] = fmt.Sprint(s.loop.Now().UnixMilli())
	s.loop.Advance(61 * time.Second)
	p = s.open(rest)
	p.last(t, "restoreTimeout")
	want(t, "the relay is told", fmt.Sprintf("%T", firstAsked(t, s)), "*wire.End")
	want(t, "it is over", s.client.Live(), false)
}

func firstAsked(t *testing.T, s *stage) wire.Request {
	f, _ := chattest.Take[wire.Request](t, s.link)
	return f
}

func TestALongLogIsRestoredWholeByPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   map[string]any
		sizes string
	}{
		{"by default", map[string]any{}, "100 50"},
		{"in smaller pages", map[string]any{"maxMessagePageSize": 60.0}, "60 60 30"},
		{"all at once", map[string]any{"pagination": false}, "150"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, keptChat())
			p := s.open(map[string]any{"transport": merge(c.set, "type", "purecloud-v2-sockets")})
			long := running(0)
			long.Entries, long.More = nil, true
			s.welcome(long)
			for range 2 {
				h, asked := chattest.Take[*wire.History](t, s.link)
				all := log(150)
				if h.Before <= 150 {
					all = all[:h.Before-1]
				}
				asked.Reply(&wire.Page{Session: "s", Entries: all[max(0, len(all)-100):], More: len(all) > 100})
				s.loop.Run()
			}
			var sizes []string
			next := int64(1)
			for _, e := range p.events {
				if e.name != "messageReceived" {
					continue
				}
				messages := e.data.(map[string]any)["messages"].([]any)
				sizes = append(sizes, fmt.Sprint(len(messages)))
				for _, m := range messages {
					want(t, "index", m.(map[string]any)["index"], next)
					next++
				}
			}
			want(t, "pages", strings.Join(sizes, " "), c.sizes)
		})
	}
}

func TestAsynchronousChatsBeginWithTheirLastPageAndFetchTheRest(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(map[string]any{"transport": map[string]any{
		"type": "pureengage-v3-rest", "async": map[string]any{"enabled": true}, "maxMessagePageSize": 4.0,
	}})
	s.welcome(running(10))
	want(t, "async", p.last(t, "restored"), map[string]any{"async": true})
	want(t, "the last page", p.texts(), "m7, m8, m9, m10")
	want(t, "who is here", p.last(t, "agentConnected")["numAgentsConnected"], 1)
	want(t, "events", p.names(), "ready restored messageReceived clientConnected agentConnected")
	for _, page := range []string{"m3, m4, m5, m6", "m2"} {
		got := p.command("fetchHistory", nil)
		want(t, "fetched", got.state, "resolved")
		want(t, "an earlier page", p.texts(), page)
		want(t, "no news", p.last(t, "messageReceived")["restoring"], true)
		want(t, "and nothing else", p.names(), "messageReceived ajaxResponse")
	}
	want(t, "then", p.command("fetchHistory", nil).String(), "rejected No more messages to fetch.")
}

func TestAnAgentWhoCameBeforeWhatIsHereOfALongLogIsThere(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(async)
	long := running(1)
	long.Entries, long.More = nil, true
	s.welcome(long)
	_, asked := chattest.Take[*wire.History](s, s.link)
	asked.Reply(&wire.Page{Session: "s", Entries: []wire.Entry{message(150, visitor, "late", "")}, More: true})
	s.loop.Run()
	bea := map[string]any{"a": map[string]any{
		"name": "Bea", "connected": true, "supervisor": false, "connectedTime": long.StartedMs, "disconnectedTime": nil}}
	want(t, "told", p.last(t, "agentConnected")["agents"], bea)
	want(t, "asked", p.command("getAgents", nil).field("agents"), bea)
}

func TestThePageKeepsAndGivesTheSessionData(t *testing.T) {
	functions := func(give any) (map[string]any, map[float64]func([]any) (any, bool), *[]any) {
		var got []any
		config := map[string]any{"async": map[string]any{
			"enabled": true, "getSessionData": map[string]any{"$fn": 1.0}, "setSessionData": map[string]any{"$fn": 2.0},
		}}
		return config, map[float64]func([]any) (any, bool){
			1: func(args []any) (any, bool) { got = append(got, args...); return nil, true },
			2: func([]any) (any, bool) { return give, give != nil },
		}, &got
	}
	cookies := []any{map[string]any{"$page": "Cookie"}, map[string]any{"$page": "CookieOptions"}}

	t.Run("out, when the chat begins", func(t *testing.T) {
		config, fns, got := functions(nil)
		s := newStage(t, nil)
		p := s.open(nil)
		p.functions, p.config = fns, config
		s.service.PageConfigured(p)
		s.loop.Run()
		s.begin(p)
		want(t, "given once", *got, append([]any{map[string]any{
			"participantId": "v", "sessionId": "s", "token": jwt, "transportId": "demo"}}, cookies...))
	})
	for name, give := range map[string]any{
		"in, a text": jwt, "in, the text of an object": `{"sessionId":"s","token":"` + jwt + `"}`,
		"in, an object": map[string]any{"token": jwt}, "in, an object of GMS": map[string]any{"secureKey": jwt},
	} {
		t.Run(name, func(t *testing.T) {
			config, fns, _ := functions(give)
			s := newStage(t, nil)
			p := s.open(nil)
			p.functions, p.config = fns, config
			s.service.PageConfigured(p)
			verify := p.command("verifySession", nil)
			want(t, "taken up", s.client.Handle(), jwt)
			s.welcome(running(1))
			want(t, "a session", verify.field("sessionActive"), true)
			p.last(t, "restored")
		})
	}
	for name, give := range map[string]any{"nothing": nil, "another text": "hello. a text", "a number": 1.0} {
		t.Run("in, "+name, func(t *testing.T) {
			config, fns, _ := functions(give)
			s := newStage(t, nil)
			p := s.open(nil)
			p.functions, p.config = fns, config
			s.service.PageConfigured(p)
			verify := p.command("verifySession", nil)
			want(t, "no session", verify.field("sessionActive"), false)
			want(t, "connections", s.connected, 0)
		})
	}
}

func TestThePageIsAskedForItsSessionDataAlsoWhereAChatIsKnown(t *testing.T) {
	s := newStage(t, map[string]string{page.KeepHandle: "earlier", page.KeepWindow: "open"})
	var asked []any
	p := s.open(nil)
	p.functions[2] = func(args []any) (any, bool) { asked = append(asked, args[0]); return jwt, true }
	p.config = map[string]any{"async": map[string]any{"enabled": true, "setSessionData": map[string]any{"$fn": 2.0}}}
	s.service.PageConfigured(p)
	s.service.PageConfigured(p)
	s.loop.Run()
	want(t, "asked once, whether the window is open", asked, []any{true})
	want(t, "and the known chat goes on", s.client.Handle(), "earlier")
}

func TestAHandleOfAPageThatLeadsNowhere(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(nil)
	p.functions[2] = func([]any) (any, bool) { return jwt, true }
	p.config = map[string]any{"async": map[string]any{"enabled": true, "setSessionData": map[string]any{"$fn": 2.0}}}
	s.service.PageConfigured(p)
	s.loop.Run()
	s.welcome()
	want(t, "events", p.names(), "ready restoreFailed")
	want(t, "nothing is left", s.client.Phase(), chat.None)
}
