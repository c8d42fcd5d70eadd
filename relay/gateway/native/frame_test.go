package native

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

// browser is one browser's jar for the relay, and a frame in it.
type browser struct {
	r       *testRelay
	cookies map[string]string
}

// reply is what a frame gets.
type reply struct {
	status int
	body   map[string]string
	kept   bool
	set    []*http.Cookie
}

// ask sends what a frame inside a page of the origin would send.
func (b *browser) ask(what, origin string, change func(map[string]string, http.Header)) reply {
	b.r.tb.Helper()
	pass, err := b.r.Access.Pass(b.r.tb.Context(), "shop", origin)
	must(b.r.tb, err)
	body := map[string]string{"deployment": "shop", "origin": origin, "pass": pass.Value, "rung": string(wire.RungCookie)}
	header := http.Header{"Origin": {strings.Replace(b.r.http.URL, "http:", "https:", 1)}}
	if change != nil {
		change(body, header)
	}
	text, err := json.Marshal(body)
	must(b.r.tb, err)
	q, err := http.NewRequestWithContext(b.r.tb.Context(), "POST", b.r.http.URL+"/native/v1/frame/"+what, strings.NewReader(string(text)))
	must(b.r.tb, err)
	q.Header = header
	for name, value := range b.cookies {
		q.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a, err := http.DefaultClient.Do(q)
	must(b.r.tb, err)
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	must(b.r.tb, err)
	got := reply{status: a.StatusCode, set: a.Cookies()}
	if len(raw) > 0 {
		var body map[string]any
		must(b.r.tb, json.Unmarshal(raw, &body))
		got.body, got.kept = map[string]string{}, body["kept"] == true
		for name, value := range body {
			got.body[name], _ = value.(string)
		}
	}
	for _, c := range got.set {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return got
}

func (b *browser) keep(handle string) reply {
	b.r.tb.Helper()
	return b.ask("keep", shopOrigin, func(body map[string]string, _ http.Header) { body["handle"] = handle })
}

// kept is a browser whose frame keeps the cookie of a chat on shopOrigin.
func (r *testRelay) kept() (*browser, *client, *wire.Started) {
	r.tb.Helper()
	c, started := r.chatting((*testRelay).socket)
	b := &browser{r: r, cookies: map[string]string{}}
	if got := b.keep(started.Snapshot.Handle); got.status != http.StatusNoContent {
		r.tb.Fatalf("the cookie was not kept: %+v", got)
	}
	return b, c, started
}

func TestTheFramesCookieTakesTheChatToAnotherSite(t *testing.T) {
	r := newRelay(t)
	b, _, started := r.kept()
	got := b.ask("take", sisterOrigin, nil)
	handle := got.body["handle"]
	if got.status != http.StatusOK || handle == "" || handle == started.Snapshot.Handle {
		t.Fatalf("got %+v", got)
	}
	h := hello()
	h.Origin, h.Handle, h.Rung = sisterOrigin, handle, wire.RungCookie
	_, w := r.visitor((*testRelay).socket, h)
	if len(w.Sessions) != 1 || w.Sessions[0].Session != started.Snapshot.Session {
		t.Errorf("welcomed with %+v", w)
	}
}

func TestTheCookieIsWrittenAsBrowsersShareIt(t *testing.T) {
	r := newRelay(t)
	b := &browser{r: r, cookies: map[string]string{}}
	_, started := r.chatting((*testRelay).socket)
	set := b.keep(started.Snapshot.Handle).set
	if len(set) != 1 {
		t.Fatalf("set %v", set)
	}
	c := set[0]
	if c.Name != "__Host-foyer.shop" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteNoneMode || c.Partitioned ||
		c.Path != "/" || c.Domain != "" || c.MaxAge != access.FrameCookieMs/1000 {
		t.Errorf("over https it is %+v", c)
	}
	got := b.ask("keep", shopOrigin, func(body map[string]string, h http.Header) {
		body["handle"] = started.Snapshot.Handle
		h.Set("Origin", r.http.URL)
	})
	if len(got.set) != 2 || got.set[0].Secure || got.set[0].SameSite != 0 || !got.set[1].Secure ||
		got.set[0].Name != "foyer.shop" || got.set[1].Name != "foyer.shop" || got.set[0].Value != got.set[1].Value {
		t.Errorf("on this machine it is %v", got.set)
	}
}

func TestTheCookieIsOpaqueAndGoodForNothingElse(t *testing.T) {
	r := newRelay(t)
	b, _, started := r.kept()
	value := slices.Collect(maps.Values(b.cookies))[0]
	if strings.Contains(value, ".") || strings.Contains(value, started.Snapshot.Session) {
		t.Errorf("it says something: %s", value)
	}
	h := hello()
	h.Handle = value
	if _, w := r.visitor((*testRelay).socket, h); len(w.Sessions) != 0 || w.Token != "" || !w.HandleGone {
		t.Errorf("as a handle it was welcomed with %+v", w)
	}
	h = hello()
	h.Token = value
	c := r.socket(shopOrigin)
	c.say(h)
	if e := c.ends(); e == nil || e.Code != wire.CodeToken {
		t.Errorf("as a token it got %+v", e)
	}
}

func TestTheSameCookieIsKeptForTheSameChat(t *testing.T) {
	r := newRelay(t)
	b, _, started := r.kept()
	before := maps.Clone(b.cookies)
	if got := b.keep(started.Snapshot.Handle); got.status != http.StatusOK || !got.kept {
		t.Errorf("a browser that keeps it hears %+v", got)
	}
	if !maps.Equal(before, b.cookies) {
		t.Error("another cookie for the same chat")
	}
	_, other := r.chatting((*testRelay).socket)
	if got := b.keep(other.Snapshot.Handle); got.status != http.StatusNoContent {
		t.Errorf("a browser that has another chat's hears %+v", got)
	}
	if maps.Equal(before, b.cookies) {
		t.Error("the same cookie for another chat")
	}
}

// TestFramesThatAreRefused: nobody but the relay's own frame, inside a page of an allowed origin, gets at the cookie.
func TestFramesThatAreRefused(t *testing.T) {
	r := newRelay(t)
	b, _, started := r.kept()
	other, err := r.Access.Pass(t.Context(), "other", otherOrigin)
	must(t, err)
	for name, tt := range map[string]struct {
		origin string
		change func(map[string]string, http.Header)
		code   wire.Code
	}{
		"a page of another origin":    {sisterOrigin, func(_ map[string]string, h http.Header) { h.Set("Origin", "https://evil.example") }, wire.CodeOrigin},
		"the page itself":             {sisterOrigin, func(_ map[string]string, h http.Header) { h.Set("Origin", sisterOrigin) }, wire.CodeOrigin},
		"a sandboxed frame":           {sisterOrigin, func(_ map[string]string, h http.Header) { h.Set("Origin", "null") }, wire.CodeOrigin},
		"a program":                   {sisterOrigin, func(_ map[string]string, h http.Header) { h.Del("Origin") }, wire.CodeOrigin},
		"inside a page not listed":    {"https://evil.example", nil, wire.CodeOrigin},
		"a look-alike":                {sisterOrigin + ".evil.example", nil, wire.CodeOrigin},
		"a trailing dot":              {sisterOrigin + ".", nil, wire.CodeOrigin},
		"another port":                {sisterOrigin + ":8443", nil, wire.CodeOrigin},
		"another scheme":              {strings.Replace(sisterOrigin, "https:", "http:", 1), nil, wire.CodeOrigin},
		"an opaque origin":            {"null", nil, wire.CodeOrigin},
		"the pass of another origin":  {sisterOrigin, func(body map[string]string, _ http.Header) { body["origin"] = shopOrigin }, wire.CodePass},
		"no pass":                     {sisterOrigin, func(body map[string]string, _ http.Header) { body["pass"] = "" }, wire.CodePass},
		"a handle in its place":       {sisterOrigin, func(body map[string]string, _ http.Header) { body["pass"] = started.Snapshot.Handle }, wire.CodePass},
		"a way that needs no cookie":  {sisterOrigin, func(body map[string]string, _ http.Header) { body["rung"] = string(wire.RungHandoff) }, wire.CodeForbidden},
		"a deployment there is not":   {sisterOrigin, func(body map[string]string, _ http.Header) { body["deployment"] = "x" }, wire.CodeDeployment},
		"the pass of another of them": {otherOrigin, func(body map[string]string, _ http.Header) { body["pass"] = other.Value }, wire.CodeOrigin},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.ask("take", tt.origin, tt.change)
			if got.status != wire.Means(tt.code).HTTP || got.body["code"] != string(tt.code) || got.body["handle"] != "" || len(got.set) > 0 {
				t.Errorf("got %+v, want %s", got, tt.code)
			}
		})
	}
	if got := b.ask("take", sisterOrigin, nil); got.body["handle"] == "" {
		t.Errorf("the attempts have cost the rightful frame its cookie: %+v", got)
	}
}

// TestACookieWhereItWasSetSaysNothingOfOtherSites: a browser that keeps one for each site sends it back there only.
func TestACookieWhereItWasSetSaysNothingOfOtherSites(t *testing.T) {
	r := newRelay(t)
	b, _, _ := r.kept()
	if got := b.ask("take", shopOrigin, nil); got.status != http.StatusOK || got.body["handle"] != "" {
		t.Errorf("got %+v", got)
	}
}

func TestTheEndOfAChatClearsTheCookieEverywhere(t *testing.T) {
	r := newRelay(t)
	for name, end := range map[string]func(b *browser, c *client, s *wire.Started){
		"the visitor ends it": func(_ *browser, c *client, s *wire.Started) {
			c.say(&wire.End{Ref: 9, Session: s.Snapshot.Session})
			next(c, func(a *wire.Ack) bool { return a.Ref == 9 })
		},
		"another frame drops it": func(_ *browser, _ *client, s *wire.Started) {
			elsewhere := &browser{r: r, cookies: map[string]string{}}
			got := elsewhere.ask("drop", sisterOrigin, func(body map[string]string, _ http.Header) { body["handle"] = s.Snapshot.Handle })
			if got.status != http.StatusNoContent {
				t.Errorf("dropped with %+v", got)
			}
		},
		"this frame drops it": func(b *browser, _ *client, _ *wire.Started) {
			copied := maps.Clone(b.cookies)
			b.ask("drop", shopOrigin, nil)
			if len(b.cookies) != 0 {
				t.Errorf("left %v", b.cookies)
			}
			b.cookies = copied // somebody has kept the value
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, c, started := r.kept()
			end(b, c, started)
			if got := b.ask("take", sisterOrigin, nil); got.status != http.StatusOK || got.body["handle"] != "" || len(b.cookies) != 0 {
				t.Errorf("got %+v, and the browser keeps %v", got, b.cookies)
			}
		})
	}
}

func TestACookieNeedsAChat(t *testing.T) {
	r := newRelay(t)
	b := &browser{r: r, cookies: map[string]string{}}
	for _, handle := range []string{"", "x"} {
		if got := b.keep(handle); got.body["code"] != string(wire.CodeNoSession) || len(b.cookies) != 0 {
			t.Errorf("kept with %+v", got)
		}
	}
	for body, code := range map[string]wire.Code{"rubble": wire.CodeBadRequest, strings.Repeat("x", FrameBytes+1): wire.CodeTooLarge} {
		q, err := http.NewRequestWithContext(t.Context(), "POST", r.http.URL+"/native/v1/frame/take", strings.NewReader(body))
		must(t, err)
		q.Header.Set("Origin", r.http.URL)
		a, err := http.DefaultClient.Do(q)
		must(t, err)
		a.Body.Close()
		if a.StatusCode != wire.Means(code).HTTP {
			t.Errorf("%d for %s", a.StatusCode, code)
		}
	}
}

func TestNoCookieWhereAllItsWaysAreSwitchedOff(t *testing.T) {
	r := newRelay(t)
	pass, err := r.Access.Pass(t.Context(), "apart", shopOrigin)
	must(t, err)
	b := &browser{r: r, cookies: map[string]string{}}
	for _, what := range []string{"keep", "take"} {
		got := b.ask(what, shopOrigin, func(body map[string]string, _ http.Header) { body["deployment"], body["pass"] = "apart", pass.Value })
		if got.body["code"] != string(wire.CodeForbidden) || len(got.set) != 0 {
			t.Errorf("%s: %+v", what, got)
		}
	}
}
