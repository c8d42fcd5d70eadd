package invite

import (
	"slices"
	"strings"
	"testing"

	"foyer/wasm/view"
)

func TestAPagesOwnInvitation(t *testing.T) {
	offer := map[string]any{"title": "T", "body": "B", "accept": "Yes", "decline": "No", "command": "WebChat.open", "options": map[string]any{"a": 1.0}}
	cases := map[string]struct {
		act, value string
		did        []string
	}{
		"accepted": {actAccept, "accepted", []string{"command WebChat.open map[a:1]"}},
		"declined": {actDecline, "declined", nil},
		"closed":   {actClose, "closed", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P")
			got := p.say("Engage.invite", offer)
			s.loop.Run()
			s.wantShown(p)
			if got.done || !strings.HasPrefix(shownText(p.tree), "T B No Yes") {
				t.Fatalf("settled %v, shows %s", got.done, shownText(p.tree))
			}
			s.Input(p, view.Action{Name: c.act})
			if !got.ok || got.value != c.value || !slices.Equal(p.did, c.did) {
				t.Errorf("settled %v %v, did %q", got.ok, got.value, p.did)
			}
			s.wantShown()
			s.wantReported() // it is the page's own
		})
	}
}

func TestAPagesInvitationTimesOut(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	got := p.say("Engage.invite", map[string]any{"title": "T", "timeout": 3.0})
	s.loop.Run()
	s.loop.Advance(3 * second)
	if !got.ok || got.value != "timeout" {
		t.Errorf("settled %v %v", got.ok, got.value)
	}
	forever := p.say("Engage.offer", map[string]any{"headline": "T"})
	s.loop.Run()
	s.loop.Advance(3600 * second)
	if forever.done {
		t.Errorf("an offer without a timeout is settled with %v", forever.value)
	}
}

func TestAnOfferLeadsSomewhere(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	got := p.say("Engage.offer", map[string]any{"mode": "overlay", "headLine": "T", "subheadline": "S",
		"callToAction": map[string]any{"text": "Look", "url": "https://shop.example/sale"}})
	s.loop.Run()
	for _, want := range []string{"T", "S", "Look", "href=https://shop.example/sale", "cx-engage-overlay"} {
		if !strings.Contains(shownText(p.tree), want) {
			t.Errorf("%q is not in %s", want, shownText(p.tree))
		}
	}
	s.Input(p, view.Action{Name: actAccept})
	if got.value != "accepted" || len(p.did) != 0 {
		t.Errorf("settled with %v, did %q", got.value, p.did)
	}
}

func TestInvitationsThatAreRejected(t *testing.T) {
	cases := map[string]struct {
		before func(*stage, *fakePage)
		data   map[string]any
		why    string
	}{
		"no words":           {nil, nil, "nothing to say"},
		"a chat":             {func(s *stage, _ *fakePage) { s.busy = true }, map[string]any{"title": "T"}, "Chat is already open. Ignoring invite command."},
		"another invitation": {func(s *stage, _ *fakePage) { s.invite("", map[string]any{}) }, map[string]any{"title": "T"}, "another invitation is shown"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P")
			if c.before != nil {
				c.before(s, p)
			}
			got := p.say("Engage.invite", c.data)
			s.loop.Run()
			if got.ok || got.value != c.why {
				t.Errorf("settled %v %v", got.ok, got.value)
			}
		})
	}
}

func TestAPagesInvitationGoesWithIt(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	p.say("Engage.invite", map[string]any{"title": "T"})
	s.loop.Run()
	s.RemovePage(p)
	next := s.enter("P2")
	s.wantShown()
	s.invite("", map[string]any{})
	s.wantShown(next)
}
