//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"testing"

	"nhooyr.io/websocket"

	"foyer/relay/wire"
)

// line is a native client's socket to a relay that may be killed at any moment.
type line struct {
	tb     testing.TB
	ws     *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc
}

var errGone = errors.New("the relay is gone")

func dial(tb testing.TB, p *process, origin string) *line {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ws, _, err := websocket.Dial(ctx, p.url("/native/v1/socket"), &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		cancel()
		tb.Fatalf("dial: %v; the log:\n%s", err, p.log)
	}
	ws.SetReadLimit(wire.MaxFrame)
	tb.Cleanup(func() {
		_ = ws.CloseNow() // it may be closed
		cancel()
	})
	return &line{tb, ws, ctx, cancel}
}

func (l *line) say(f wire.Frame) error {
	l.tb.Helper()
	b, err := wire.Encode(f)
	if err != nil {
		l.tb.Fatal(err)
	}
	if l.ws.Write(l.ctx, websocket.MessageBinary, b) != nil {
		return errGone
	}
	return nil
}

// hear gives the next frame that match takes.
func (l *line) hear(match func(wire.Frame) bool) (wire.Frame, error) {
	l.tb.Helper()
	for {
		_, b, err := l.ws.Read(l.ctx)
		if l.ctx.Err() != nil {
			l.tb.Fatal("what was waited for never came")
		}
		if err != nil {
			return nil, errGone
		}
		f, err := wire.Decode(b)
		if err != nil {
			l.tb.Fatal(err)
		}
		if match(f) {
			return f, nil
		}
	}
}

const pageOrigin = "http://shop-a.localhost"

// dialVisitor says hello as a page of the demo shop does.
func dialVisitor(tb testing.TB, p *process, change func(*wire.Hello)) *visitorLine {
	tb.Helper()
	h := &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "demo", Origin: pageOrigin,
		Device: "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD", Visit: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Page: "11111111111111111111111111111111"}
	if change != nil {
		change(h)
	}
	v := &visitorLine{line: dial(tb, p, pageOrigin)}
	if err := v.say(h); err != nil {
		tb.Fatal(err)
	}
	f, err := v.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Welcome); return ok })
	if err != nil {
		tb.Fatalf("no welcome; the log:\n%s", p.log)
	}
	v.welcome = f.(*wire.Welcome)
	return v
}

type visitorLine struct {
	*line
	welcome *wire.Welcome
}

func (v *visitorLine) waitForGoodbye() {
	v.tb.Helper()
	if _, err := v.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Goodbye); return ok }); err != nil {
		v.tb.Error("there was no goodbye")
	}
}

type agentLine struct {
	*line
	agent   *wire.Agent
	problem *wire.Error
}

// dialAgent signs in; what came of it is in agent or problem.
func dialAgent(tb testing.TB, p *process, username, password string) *agentLine {
	tb.Helper()
	a := &agentLine{line: dial(tb, p, "")}
	_ = a.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent})
	_ = a.say(&wire.SignIn{Ref: 1, Username: username, Password: password})
	_, err := a.hear(func(f wire.Frame) bool {
		switch f := f.(type) {
		case *wire.Welcome:
			a.agent = f.Agent
		case *wire.Error:
			a.problem = f
		}
		return a.agent != nil || a.problem != nil
	})
	if err != nil {
		tb.Fatalf("signing in: %v; the log:\n%s", err, p.log)
	}
	return a
}

// TestKilledRelayLosesNothingThatItAcknowledged kills the relay again and again in mid-conversation. The visitor writes
// one message after the other and sends again what was not acknowledged, as the client does.
func TestKilledRelayLosesNothingThatItAcknowledged(t *testing.T) {
	const rounds, messages = 4, 40 // fewer in one round than the limit of frames at once
	dir := t.TempDir()
	p := startRelay(t, "", "--dev", "--data", dir)
	v := dialVisitor(t, p, nil)
	if err := v.say(&wire.Start{Ref: 1, ClientID: "start", FirstName: "Ada"}); err != nil {
		t.Fatal(err)
	}
	f, err := v.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Started); return ok })
	if err != nil {
		t.Fatal(err)
	}
	started := f.(*wire.Started)
	session, handle := started.Snapshot.Session, started.Snapshot.Handle

	acked, killed := map[string]int64{}, map[int]bool{}
	for n := 0; n < rounds*messages; {
		id := fmt.Sprint("m", n)
		if n%messages == messages/2 && !killed[n] {
			killed[n] = true
			go func(p *process) { _ = p.cmd.Process.Signal(syscall.SIGKILL) }(p) // while the next ones are on their way
		}
		seq, err := v.write(session, id)
		if err == nil {
			if before, known := acked[id]; known && before != seq {
				t.Fatalf("%s was acknowledged as %d and as %d", id, before, seq)
			}
			acked[id] = seq
			n++
			continue
		}
		p.wait()
		p = startRelay(t, p.addr, "--dev", "--data", dir)
		v = dialVisitor(t, p, func(h *wire.Hello) { h.Handle = handle })
		if len(v.welcome.Sessions) != 1 || v.welcome.Sessions[0].Session != session {
			t.Fatalf("the chat is not taken up: %+v", v.welcome)
		}
	}

	log := v.history(session)
	if len(log) != 1+rounds*messages {
		t.Errorf("the log has %d entries, not %d", len(log), 1+rounds*messages)
	}
	for i, e := range log[1:] {
		id := fmt.Sprint("m", i)
		if e.ClientID != id || e.Text != "text of "+id || e.Seq != int64(i+2) || acked[id] != e.Seq {
			t.Fatalf("entry %d is %+v, acknowledged as %d", e.Seq, e, acked[id])
		}
	}

	agent := dialAgent(t, p, "demo", "demo")
	_ = agent.say(&wire.Ready{Ref: 2, Ready: true})
	if _, err := agent.hear(func(f wire.Frame) bool { o, ok := f.(*wire.Offer); return ok && o.Session == session }); err != nil {
		t.Error("the conversation that waited is not offered after the restarts")
	}
}

func (v *visitorLine) write(session, id string) (seq int64, err error) {
	err = v.say(&wire.Send{Ref: 9, Session: session, ClientID: id, Kind: wire.KindMessage, Text: "text of " + id})
	if err != nil {
		return 0, err
	}
	f, err := v.hear(func(f wire.Frame) bool {
		if e, ok := f.(*wire.Error); ok {
			v.tb.Fatalf("%s: %s", e.Code, e.Text)
		}
		a, ok := f.(*wire.Ack)
		return ok && a.ClientID == id
	})
	if err != nil {
		return 0, err
	}
	return f.(*wire.Ack).Seq, nil
}

func (v *visitorLine) history(session string) (all []wire.Entry) {
	v.tb.Helper()
	for {
		after := int64(0)
		if len(all) > 0 {
			after = all[len(all)-1].Seq
		}
		if err := v.say(&wire.History{Ref: 10, Session: session, After: after}); err != nil {
			v.tb.Fatal(err)
		}
		f, err := v.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Page); return ok })
		if err != nil {
			v.tb.Fatal(err)
		}
		page := f.(*wire.Page)
		all = append(all, page.Entries...)
		if !page.More {
			return all
		}
	}
}
