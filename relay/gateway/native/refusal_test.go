//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package native

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"nhooyr.io/websocket"

	"foyer/relay/access"
	"foyer/relay/wire"
)

// TestHellosThatAreRefused: each gets its code and an explanation, the connection ends, nothing is stored.
func TestHellosThatAreRefused(t *testing.T) {
	r := newRelay(t)
	ctx := context.Background()
	pass := func(deployment, origin string) string {
		p, err := r.Access.Pass(ctx, deployment, origin)
		must(t, err)
		return p.Value
	}
	visitorToken := func(deployment string) string {
		p, err := r.Access.VisitorToken(ctx, deployment, "session", "participant")
		must(t, err)
		return p.Value
	}
	ann, err := r.store.Access().AgentByUsername(ctx, "ann")
	must(t, err)
	agentToken, err := r.Access.AgentToken(ctx, ann)
	must(t, err)
	expiredToken, expiredPass := visitorToken("shop"), pass("shop", shopOrigin)
	r.clock.Advance(access.PassMs + 60_000)

	with := func(change func(*wire.Hello)) *wire.Hello {
		h := hello()
		change(h)
		return h
	}
	cases := []struct {
		name   string
		origin string // Origin header
		hello  wire.Frame
		code   wire.Code
	}{
		{"another version", shopOrigin, with(func(h *wire.Hello) { h.Version = 99 }), wire.CodeVersion},
		{"a role that there is not", shopOrigin, with(func(h *wire.Hello) { h.Role = "admin" }), wire.CodeBadFrame},
		{"another frame first", shopOrigin, &wire.Ping{N: 1}, wire.CodeHelloFirst},
		{"a start first", shopOrigin, &wire.Start{Ref: 1, ClientID: "x"}, wire.CodeHelloFirst},
		{"unknown deployment", shopOrigin, with(func(h *wire.Hello) { h.Deployment = "nobody" }), wire.CodeDeployment},
		{"nothing names a deployment", "https://evil.example", with(func(h *wire.Hello) { h.Deployment, h.Origin = "", "" }), wire.CodeDeployment},
		{"origin that is not listed", "https://evil.example", with(func(h *wire.Hello) { h.Origin = "" }), wire.CodeOrigin},
		{"origin of another deployment", otherOrigin, with(func(h *wire.Hello) { h.Origin = otherOrigin }), wire.CodeOrigin},
		{"claims an origin without a pass", "https://evil.example", hello(), wire.CodeOrigin},
		{"claims an origin from nowhere", "", hello(), wire.CodeOrigin},
		{"opaque origin", "null", with(func(h *wire.Hello) { h.Origin = "null" }), wire.CodeOrigin},
		{"pass of another origin", r.http.URL, with(func(h *wire.Hello) { h.Pass = pass("shop", otherOrigin) }), wire.CodePass},
		{"pass of another deployment", r.http.URL, with(func(h *wire.Hello) { h.Pass = pass("other", shopOrigin) }), wire.CodePass},
		{"pass that has expired", r.http.URL, with(func(h *wire.Hello) { h.Pass = expiredPass }), wire.CodePass},
		{"pass that is made up", r.http.URL, with(func(h *wire.Hello) { h.Pass = "abc.def.ghi" }), wire.CodePass},
		{"a pass does not make an origin allowed", r.http.URL, with(func(h *wire.Hello) { h.Origin = otherOrigin; h.Pass = pass("shop", otherOrigin) }), wire.CodeOrigin},
		{"a pass in the hands of another site", "https://evil.example", with(func(h *wire.Hello) { h.Pass = pass("shop", shopOrigin) }), wire.CodeOrigin},
		{"a pass in the hands of another site of the deployment", sisterOrigin, with(func(h *wire.Hello) { h.Pass = pass("shop", shopOrigin) }), wire.CodeOrigin},
		{"a pass in the hands of no site", "", with(func(h *wire.Hello) { h.Pass = pass("shop", shopOrigin) }), wire.CodeOrigin},
		{"a pass in the hands of an opaque origin", "null", with(func(h *wire.Hello) { h.Pass = pass("shop", shopOrigin) }), wire.CodeOrigin},
		{"expired token", shopOrigin, with(func(h *wire.Hello) { h.Token = expiredToken }), wire.CodeTokenExpired},
		{"token of another deployment", shopOrigin, with(func(h *wire.Hello) { h.Token = visitorToken("other") }), wire.CodeToken},
		{"token of an agent", shopOrigin, with(func(h *wire.Hello) { h.Token = agentToken.Value }), wire.CodeToken},
		{"token that is a pass", shopOrigin, with(func(h *wire.Hello) { h.Token = pass("shop", shopOrigin) }), wire.CodeToken},
		{"token that is made up", shopOrigin, with(func(h *wire.Hello) { h.Token = "x" }), wire.CodeToken},
		{"agent from another site", shopOrigin, &wire.Hello{Version: wire.Version, Role: wire.RoleAgent}, wire.CodeOrigin},
		{"agent with a visitor's token", "", &wire.Hello{Version: wire.Version, Role: wire.RoleAgent, Token: visitorToken("shop")}, wire.CodeToken},
	}
	for transport, open := range transports {
		for _, c := range cases {
			t.Run(transport+"/"+c.name, func(t *testing.T) {
				client := open(r, c.origin)
				client.say(c.hello)
				e := client.ends()
				if e == nil {
					t.Fatalf("was let in: %s", describe(client.seen))
				}
				if e.Code != c.code || e.Text == "" || !e.Fatal {
					t.Errorf("got %+v, want %s", e, c.code)
				}
				if code := client.code(); transport == socketTransport && code != wire.Means(c.code).Close {
					t.Errorf("the socket closed with %d, not %d", code, wire.Means(c.code).Close)
				}
			})
		}
	}
	if n := r.sessions(); n != 0 {
		t.Errorf("%d sessions are stored", n)
	}
}

func TestFramesOfTheWrongRoleEndTheConnection(t *testing.T) {
	r := newRelay(t)
	asVisitor := []wire.Frame{&wire.SignIn{Ref: 1}, &wire.Ready{Ref: 1}, &wire.Accept{Ref: 1}, &wire.Reject{Ref: 1}, &wire.Done{Ref: 1},
		&wire.Journey{Ref: 1}, &wire.SignOut{Ref: 1}, &wire.Welcome{}, &wire.Push{}, &wire.Ack{}, hello()}
	asAgent := []wire.Frame{&wire.Start{Ref: 1}, &wire.End{Ref: 1}, &wire.Events{Ref: 1}, &wire.Welcome{}, &wire.Offer{}, hello()}
	for _, f := range asVisitor {
		c, _ := r.visitor((*testRelay).socket, hello())
		c.say(f)
		if e := c.ends(); e == nil || e.Code != wire.CodeNotForRole {
			t.Errorf("a visitor's %T: %+v", f, e)
		}
	}
	for _, f := range asAgent {
		c, _ := r.agent((*testRelay).socket, "ann")
		c.say(f)
		if e := c.ends(); e == nil || e.Code != wire.CodeNotForRole {
			t.Errorf("an agent's %T: %+v", f, e)
		}
	}
}

func TestAgentWhoHasNotSignedInDoesNothing(t *testing.T) {
	r := newRelay(t)
	c := r.socket("")
	c.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent})
	next[*wire.Welcome](c, nil)
	for _, f := range []wire.Request{&wire.Ready{}, &wire.Accept{}, &wire.Done{}, &wire.Journey{}, &wire.Send{}, &wire.History{}, &wire.SignOut{}} {
		f.SetRef(7)
		c.say(f)
		if e := next[*wire.Error](c, nil); e.Ref != 7 || e.Code != wire.CodeForbidden || e.Fatal {
			t.Errorf("%T: %+v", f, e)
		}
	}
	c.say(&wire.Ping{N: 5})
	next(c, func(p *wire.Pong) bool { return p.N == 5 })
}

func TestSignIn(t *testing.T) {
	r := newRelay(t)
	must(t, r.Access.DisableAgent(context.Background(), "bob"))
	c := r.socket("")
	c.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent})
	next[*wire.Welcome](c, nil)
	for _, bad := range []wire.SignIn{{Username: "ann", Password: "wrong"}, {Username: "nobody", Password: "x"}, {Username: "bob", Password: "bob-password"}, {}} {
		bad.Ref = 3
		c.say(&bad)
		if e := next[*wire.Error](c, nil); e.Ref != 3 || e.Code != wire.CodeSignIn || e.Fatal {
			t.Errorf("%+v: %+v", bad, e)
		}
	}
	for range 20 {
		c.say(&wire.SignIn{Ref: 4, Username: "ann", Password: "wrong"})
		if e := next[*wire.Error](c, nil); e.Code == wire.CodeRate {
			if !e.Retry || e.RetryMs <= 0 || e.Fatal {
				t.Errorf("the limit says %+v", e)
			}
			return
		}
	}
	t.Error("passwords may be guessed without limit")
}

// TestBadBytes: what is no frame ends the connection (or the request that opens one), with its code.
func TestBadBytes(t *testing.T) {
	r := newRelay(t)
	large, err := wire.Encode(&wire.Send{Text: strings.Repeat("a", wire.MaxFrame)})
	must(t, err)
	ping, err := wire.Encode(&wire.Ping{})
	must(t, err)
	cases := []struct {
		name string
		body []byte
		code wire.Code
	}{
		{"not msgpack", []byte("hello there"), wire.CodeBadFrame},
		{"JSON", []byte(`{"type":"hello"}`), wire.CodeBadFrame},
		{"nothing", []byte{}, wire.CodeBadFrame},
		{"cut short", ping[:1], wire.CodeBadFrame},
		{"unknown type", []byte{0x92, 0xcc, 0xc8, 0x80}, wire.CodeUnknownFrame},
		{"nested deeply", bytes.Repeat([]byte{0x91}, 5000), wire.CodeBadFrame},
		{"too large", large, wire.CodeTooLarge},
		{"far too large", bytes.Repeat(large, 8), wire.CodeTooLarge},
	}
	for _, c := range cases {
		t.Run("socket/"+c.name, func(t *testing.T) {
			client, _ := r.visitor((*testRelay).socket, hello())
			if err := client.write(c.body); err != nil {
				t.Fatal(err)
			}
			if e := client.ends(); e == nil || e.Code != c.code || e.Text == "" {
				t.Errorf("got %+v, want %s", e, c.code)
			}
			if code := client.code(); code != wire.Means(c.code).Close {
				t.Errorf("the socket closed with %d, not %d", code, wire.Means(c.code).Close)
			}
		})
		t.Run("poll/"+c.name, func(t *testing.T) {
			a, err := http.Post(r.http.URL+"/native/v1/poll", frameType, bytes.NewReader(c.body))
			must(t, err)
			checkRefusal(t, a, c.code)
			if a.Header.Get(headerConnection) != "" {
				t.Error("a connection was opened")
			}
		})
	}
	if n := r.sessions(); n != 0 {
		t.Errorf("%d sessions are stored", n)
	}
}

func TestBadBytesInALongPollEndIt(t *testing.T) {
	r := newRelay(t)
	c, _ := r.visitor((*testRelay).poll, hello())
	_ = c.write([]byte("nonsense"))
	if e := c.ends(); e == nil || e.Code != wire.CodeBadFrame {
		t.Errorf("the poll said %+v", e)
	}
}

func TestTextMessagesAreNoFrames(t *testing.T) {
	r := newRelay(t)
	ctx := context.Background()
	ws, _, err := websocket.Dial(ctx, r.http.URL+"/native/v1/socket", nil)
	must(t, err)
	defer ws.CloseNow()
	must(t, ws.Write(ctx, websocket.MessageText, []byte("{}")))
	_, b, err := ws.Read(ctx)
	must(t, err)
	f, err := wire.Decode(b)
	must(t, err)
	if e, ok := f.(*wire.Error); !ok || e.Code != wire.CodeBadFrame {
		t.Errorf("got %#v", f)
	}
	if _, _, err = ws.Read(ctx); websocket.CloseStatus(err) != websocket.StatusCode(wire.Means(wire.CodeBadFrame).Close) {
		t.Errorf("closed with %v", err)
	}
}

func TestTooManyFramesEndTheConnection(t *testing.T) {
	r := newRelay(t) // its time stands still, so that only the burst is allowed
	c, _ := r.visitor((*testRelay).socket, hello())
	for range wire.FramesBurst + 5 {
		b, err := wire.Encode(&wire.Ping{})
		must(t, err)
		if c.write(b) != nil {
			break
		}
	}
	if e := c.ends(); e == nil || e.Code != wire.CodeRate || e.RetryMs <= 0 {
		t.Errorf("got %+v", e)
	}
}

// TestRequestsThatAreRefused: the connection goes on, the request fails with its code, and nothing is stored.
func TestRequestsThatAreRefused(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	stranger, strange := r.chatting((*testRelay).socket)
	before := len(r.stored(session))

	long := strings.Repeat("a", wire.MaxMessageRunes+1)
	cases := []struct {
		name string
		who  *client
		f    wire.Request
		code wire.Code
	}{
		{"a message to somebody else's session", stranger, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindMessage, Text: "x"}, wire.CodeNoSession},
		{"the history of somebody else's session", stranger, &wire.History{Session: session}, wire.CodeNoSession},
		{"ending somebody else's session", stranger, &wire.End{Session: session}, wire.CodeNoSession},
		{"data for somebody else's session", stranger, &wire.UserData{Session: session, Data: map[string]any{"a": "b"}}, wire.CodeNoSession},
		{"a session that there is not", visitor, &wire.Send{Session: "no", ClientID: "c", Kind: wire.KindMessage, Text: "x"}, wire.CodeNoSession},
		{"an agent in a session not theirs", agent, &wire.Send{Session: strange.Snapshot.Session, ClientID: "c", Kind: wire.KindMessage, Text: "x"}, wire.CodeNoSession},
		{"the journey of a session not theirs", agent, &wire.Journey{Session: "no"}, wire.CodeNoSession},
		{"done with a session not theirs", agent, &wire.Done{Session: "no"}, wire.CodeNoSession},
		{"an offer that there is not", agent, &wire.Accept{Offer: "no"}, wire.CodeOfferGone},
		{"an empty message", visitor, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindMessage}, wire.CodeBadRequest},
		{"a message without a client id", visitor, &wire.Send{Session: session, Kind: wire.KindMessage, Text: "x"}, wire.CodeBadRequest},
		{"a message that is too long", visitor, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindMessage, Text: long}, wire.CodeBadRequest},
		{"a NUL", visitor, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindMessage, Text: "a\x00b"}, wire.CodeBadRequest},
		{"text that is not UTF-8", visitor, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindMessage, Text: "a\xffb"}, wire.CodeBadRequest},
		{"a kind that is the relay's", visitor, &wire.Send{Session: session, ClientID: "c", Kind: wire.KindState, Text: "x"}, wire.CodeBadRequest},
		{"a second chat", visitor, &wire.Start{ClientID: "second"}, wire.CodeSessionExists},
		{"a start without a client id", stranger, &wire.Start{}, wire.CodeBadRequest},
		{"events that are none", visitor, &wire.Events{Events: []wire.Event{{ID: "short"}}}, wire.CodeBadRequest},
		{"too many events", visitor, &wire.Events{Events: make([]wire.Event, wire.MaxEvents+1)}, wire.CodeBadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.f.SetRef(42)
			c.who.say(c.f)
			e := next[*wire.Error](c.who, nil)
			if e.Ref != 42 || e.Code != c.code || e.Text == "" || e.Fatal {
				t.Errorf("got %+v, want %s", e, c.code)
			}
		})
	}
	if after := len(r.stored(session)); after != before {
		t.Errorf("the log grew from %d to %d entries", before, after)
	}
	if n := r.sessions(); n != 2 {
		t.Errorf("%d sessions are stored, not 2", n)
	}
}

func TestWhatADeploymentHasNotIsForbidden(t *testing.T) {
	r := newRelay(t)
	h := hello()
	h.Deployment = "closed"
	c, _ := r.visitor((*testRelay).socket, h)
	for _, f := range []wire.Request{&wire.Start{ClientID: "x"}, &wire.Events{Events: []wire.Event{pageEvent("E", "1", 1, "https://shop.example/")}}} {
		f.SetRef(2)
		c.say(f)
		if e := next[*wire.Error](c, nil); e.Code != wire.CodeForbidden || e.Fatal {
			t.Errorf("%T: %+v", f, e)
		}
	}
	if n := r.sessions(); n != 0 {
		t.Errorf("%d sessions are stored", n)
	}
}

func checkRefusal(t *testing.T, a *http.Response, code wire.Code) {
	t.Helper()
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	must(t, err)
	f, err := wire.Decode(b)
	must(t, err)
	e, ok := f.(*wire.Error)
	if !ok || e.Code != code || e.Text == "" || !e.Fatal {
		t.Errorf("got %#v, want %s", f, code)
	}
	if want := wire.Means(code).HTTP; a.StatusCode != want {
		t.Errorf("status %d, not %d", a.StatusCode, want)
	}
}

// FuzzSentBody feeds what strangers may post to an open long poll.
func FuzzSentBody(f *testing.F) {
	for _, frame := range []wire.Frame{hello(), &wire.Ping{N: 1}, &wire.Start{Ref: 1, ClientID: "x"}, &wire.Send{Ref: 1, Session: "s", ClientID: "c", Kind: "message", Text: "t"}} {
		b, err := wire.Encode(frame)
		must(f, err)
		f.Add(b)
	}
	r := newRelay(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, err := wire.Split(b, sendFrames)
		c := r.newConn(pollTransport, peer{origin: shopOrigin, host: "relay.example", address: "192.0.2.1"})
		must(t, r.register(c))
		defer func() {
			c.end(nil, true)
			r.unregister(c)
		}()
		greeting, _ := wire.Encode(hello())
		c.receive(greeting, 1, nil)
		c.receive(b, sendFrames, nil)
		sent, _ := c.out.take()
		for _, b := range sent {
			if _, err := wire.Decode(b); err != nil {
				t.Fatalf("answered with what is no frame: %v", err)
			}
		}
		if err != nil && !c.hasEnded() {
			t.Fatal("what is no frame did not end the connection")
		}
		for _, one := range frames {
			if _, err := wire.Decode(one); err != nil && !isCode(err, wire.CodeBadRequest) && !c.hasEnded() {
				t.Fatalf("a frame that is none did not end the connection: %v", err)
			}
		}
		if err != nil && !errors.Is(err, c.problem()) {
			t.Fatalf("ended with %v, not %v", c.problem(), err)
		}
	})
}
