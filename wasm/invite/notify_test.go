package invite

import (
	"slices"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

func TestTheRelayIsToldWhichPagesAreOpen(t *testing.T) {
	s := newStage(t)
	want := func(told ...string) {
		t.Helper()
		s.loop.Run()
		if !slices.Equal(s.told, told) {
			t.Fatalf("the relay was told %q, want %q", s.told, told)
		}
		s.told = nil
	}
	one := s.enter("P1")
	want() // not connected
	s.Online()
	want("V:P1")
	two := s.enter("P2", untracked)
	want()
	two.tracked = true
	s.PagesChanged()
	want("V:P1,P2")
	one.ids.Page = "P3"
	s.PagesChanged()
	want("V:P3,P2")
	s.Offline()
	s.RemovePage(one)
	want()
	s.Online()
	want("V:P2")
	s.RemovePage(two)
	want("V:")
}

func TestAPageThatIsNotTrackedIsTakenBack(t *testing.T) {
	s := newStage(t)
	s.enter("P", untracked)
	if s.connects > 0 {
		t.Error("it connects")
	}
	s.Online() // the hello names the page
	if !slices.Equal(s.told, []string{"V:"}) {
		t.Errorf("the relay was told %q", s.told)
	}
	s.invite("", map[string]any{})
	s.wantShown()
}

func TestOnlyThePagesThatAreMeantGetAMessage(t *testing.T) {
	cases := map[string]struct {
		visit, page string
		want        []int
	}{
		"all of the visit": {"V", "", []int{1, 1, 0}},
		"one":              {"V", "P1", []int{0, 1, 0}},
		"an unknown one":   {"V", "P9", []int{0, 0, 0}},
		"another visit":    {"W", "", []int{0, 0, 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			pages := []*fakePage{s.enter("P0"), s.enter("P1"), s.enter("P2", func(p *fakePage) { p.ids.Visit = "W" })}
			s.Frame(&wire.Notify{Visit: c.visit, Page: c.page, Channel: "own.channel", Data: map[string]any{"a": int64(1)}})
			for i, p := range pages {
				if len(p.did) != c.want[i] || c.want[i] > 0 && p.did[0] != "GWE.own.channel map[a:1]" {
					t.Errorf("page %d got %q", i, p.did)
				}
			}
		})
	}
}

func TestChannelsThatNobodyKnowsAreSaid(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.notify("", "gpe.future", nil)
	if len(p.said) != 1 || len(p.did) != 0 {
		t.Errorf("said %q, did %q", p.said, p.did)
	}
	if s.Frame(&wire.Ping{}) {
		t.Error("takes other frames")
	}
}

func TestFunctionsThatAreCalled(t *testing.T) {
	allow := []string{"CXBus.command", "shop.offers"}
	cases := map[string]struct {
		data map[string]any
		did  string // "" for refused
	}{
		"as documented":       {map[string]any{"object": "CXBus", "function": "command", "params": []any{"A", "B"}}, "call CXBus.command [A B]"},
		"other names":         {map[string]any{"object": "shop.offers", "functionName": "show", "args": []any{int64(1)}}, "call shop.offers.show [1]"},
		"one dotted name":     {map[string]any{"name": "shop.offers.show"}, "call shop.offers.show []"},
		"with window":         {map[string]any{"object": "window.CXBus", "name": "window.command"}, "call CXBus.command []"},
		"of window":           {map[string]any{"object": "window", "function": "shop.offers"}, "call shop.offers []"},
		"not allowed":         {map[string]any{"function": "alert", "params": []any{"x"}}, ""},
		"only its beginning":  {map[string]any{"function": "shop.offersAll"}, ""},
		"what holds it":       {map[string]any{"function": "shop"}, ""},
		"through a prototype": {map[string]any{"function": "shop.offers.constructor.constructor"}, ""},
		"no name":             {map[string]any{}, ""},
		"no text":             {map[string]any{"object": int64(1), "function": []any{}}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", func(p *fakePage) { p.functions = allow })
			s.notify("", callFunction, c.data)
			switch {
			case c.did == "" && (len(p.did) != 0 || len(p.said) != 1):
				t.Errorf("did %q, said %q", p.did, p.said)
			case c.did != "" && !slices.Equal(p.did, []string{c.did}):
				t.Errorf("did %q", p.did)
			}
		})
	}
}

func TestCommandsOfOthersAreLeftToThem(t *testing.T) {
	s := newStage(t)
	if s.Command(s.enter("P"), page.NewCommand("WebChat.open", nil, nil)) {
		t.Error("takes WebChat.open")
	}
}
