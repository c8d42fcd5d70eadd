package invite

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

func chatInvitation() map[string]any { return map[string]any{"type": "chat", "engagementID": "E"} }

func TestAnInvitationIsShownOnOnePage(t *testing.T) {
	cases := map[string]struct {
		to   string
		want int // index of the page
	}{
		"for all pages: the one in front": {"", 1},
		"for a page":                      {"P0", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			pages := []*fakePage{s.enter("P0", hidden), s.enter("P1"), s.enter("P2", hidden)}
			s.invite(c.to, chatInvitation())
			s.wantShown(pages[c.want])
			s.invite("", map[string]any{"type": "chat", "engagementID": "E2"})
			s.wantShown(pages[c.want])
			s.wantReported(report("P1", "E2", "unknown"))
		})
	}
}

func TestContentThatOnlyItsScriptsMakeAnInvitationIsShownOnce(t *testing.T) {
	s := newStage(t)
	behind, front := s.enter("P0", hidden), s.enter("P1")
	s.notify("", appendContent, map[string]any{"url": invitePage})
	s.wantShown(front)
	if len(behind.did) != 1 {
		t.Errorf("content on the page behind: %v", behind.did)
	}
	s.wantReported()
}

func TestHowAnInvitationEnds(t *testing.T) {
	say := func(name string, data map[string]any) func(*stage, *fakePage) {
		return func(_ *stage, p *fakePage) { p.say(name, data) }
	}
	do := func(all ...func(*stage, *fakePage)) func(*stage, *fakePage) {
		return func(s *stage, p *fakePage) {
			for _, f := range all {
				f(s, p)
				s.loop.Run()
			}
		}
	}
	closed := say("Invitation.close", nil)
	result := func(code string) func(*stage, *fakePage) {
		return say("Invitation.result", map[string]any{"code": code})
	}
	named := func(code string) func(*stage, *fakePage) {
		return func(_ *stage, p *fakePage) {
			p.say("Invitation.result", map[string]any{"n": float64(p.content["n"].(int)), "code": code})
		}
	}
	cases := map[string]struct {
		end  func(*stage, *fakePage)
		want []string
	}{
		"accepted":                   {do(closed, result("accept")), []string{report("P", "E", "accept")}},
		"the result comes first":     {do(result("reject"), closed), []string{report("P", "E", "reject")}},
		"it says it twice":           {do(closed, result("accept"), result("reject")), []string{report("P", "E", "accept")}},
		"and names its content":      {do(closed, named("accept"), named("reject")), []string{report("P", "E", "accept")}},
		"closed without a result":    {do(closed, func(s *stage, _ *fakePage) { s.loop.Advance(resultWithin) }), []string{report("P", "E", "unknown")}},
		"its time is over":           {func(s *stage, _ *fakePage) { s.loop.Advance(lasts) }, []string{report("P", "E", "timeout")}},
		"another tab has answered":   {func(s *stage, _ *fakePage) { s.kept[page.KeepInvite] = ""; s.Stored(page.KeepInvite) }, nil},
		"the network fails for once": {do(func(s *stage, _ *fakePage) { s.broken = 2 }, closed, result("accept"), func(s *stage, _ *fakePage) { s.loop.Advance(6 * second) }), []string{report("P", "E", "accept")}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P")
			s.invite("", chatInvitation())
			s.wantShown(p)
			c.end(s, p)
			s.wantReported(c.want...)
			s.wantShown()
			if s.kept[page.KeepInvite] != "" {
				t.Errorf("kept: %q", s.kept[page.KeepInvite])
			}
			s.loop.Advance(lasts)
			s.wantReported(c.want...)
		})
	}
}

func TestAResultThatTheRelayDoesNotHearForLongIsToldWhenTheConnectionIsBack(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.invite("", chatInvitation())
	s.broken = tries
	p.say("Invitation.result", map[string]any{"code": "reject"})
	s.loop.Advance(3600 * second)
	s.wantReported()
	s.Online()
	s.wantReported(report("P", "E", "reject"))
	s.Offline()
	s.Online()
	s.wantReported(report("P", "E", "reject"))
}

func TestAResultThatTheRelayRefusesIsGivenUp(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.invite("", chatInvitation())
	s.broken = 1000
	p.say("Invitation.result", map[string]any{"code": "reject"})
	for range 10 {
		s.Online()
		s.loop.Advance(3600 * second)
	}
	if asked := 1000 - s.broken; asked != tries*(1+maxRounds) {
		t.Errorf("it was asked %d times", asked)
	}
}

func TestContentWithADialogOfItsOwnSaysOnceHowItEnded(t *testing.T) {
	cases := map[string]struct {
		config map[string]any
		want   string
	}{
		"that says nothing of itself": {nil, report("P", "", "accept")},
		"of an engagement":            {chatInvitation(), report("P", "E", "accept")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", noDialog)
			data := map[string]any{"url": invitePage}
			if c.config != nil {
				data["config"] = c.config
			}
			s.notify("P", appendContent, data)
			n := float64(p.content["n"].(int))
			for _, code := range []string{"accept", "reject"} {
				p.say("Invitation.result", map[string]any{"n": n, "code": code})
				s.loop.Run()
			}
			p.say("Invitation.result", map[string]any{"n": n + 1, "code": "accept"})
			s.wantReported(c.want)
		})
	}
}

func TestThePageHearsWhenTheRelayKnowsTheResult(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.invite("", chatInvitation())
	s.broken = 1
	p.did = nil
	p.say("Invitation.result", map[string]any{"code": "accept"})
	s.loop.Run()
	if len(p.did) != 0 {
		t.Errorf("too early: %q", p.did)
	}
	s.loop.Advance(2 * second)
	p.say("Invitation.result", map[string]any{"code": "reject"}) // nobody asked any more
	s.loop.Run()
	if strings.Join(p.did, ",") != "reported,reported" {
		t.Errorf("it heard %q", p.did)
	}
	s.wantReported(report("P", "E", "accept"))
}

func TestHowLongAnInvitationLasts(t *testing.T) {
	cases := map[string]struct {
		timeout any
		gone    int // seconds; 0 for never
	}{
		"a number":       {int64(5), 5},
		"of a page":      {5.0, 5},
		"its digits":     {"5", 5},
		"nothing":        {nil, 30},
		"no number":      {"soon", 30},
		"far too much":   {1e12, 30},
		"less than none": {-1.0, 30},
		"no end":         {0.0, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P")
			s.invite("", map[string]any{"inviteTimeout": c.timeout})
			if c.gone == 0 {
				s.loop.Advance(3600 * second)
				s.wantShown(p)
				return
			}
			s.loop.Advance(time.Duration(c.gone)*second - 1)
			s.wantShown(p)
			s.loop.Advance(1)
			s.wantShown()
		})
	}
}

func TestAChatIsNotDisturbed(t *testing.T) {
	s := newStage(t)
	s.enter("P")
	s.busy = true
	s.invite("", chatInvitation())
	s.wantShown()
	s.wantReported(report("P", "E", "unknown"))
}

func TestAnInvitationFollowsItsVisitor(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	behind := s.enter("P2", hidden)
	s.invite("", chatInvitation())
	s.loop.Advance(20 * second)
	s.RemovePage(p)
	s.loop.Run()
	s.wantShown() // not on a page that nobody looks at
	next := s.enter("P3")
	s.wantShown(next)
	if next.content["page"] != "P" {
		t.Errorf("it is another page's now: %v", next.content)
	}
	s.RemovePage(next)
	behind.visible = true
	s.PagesChanged()
	s.loop.Run()
	s.wantShown(behind)
	s.loop.Advance(10 * second)
	s.wantShown()
	s.wantReported(report("P", "E", "timeout"))
}

func TestAnInvitationOutlivesItsWorker(t *testing.T) {
	s := newStage(t)
	s.enter("P")
	s.invite("", map[string]any{"type": "callback", "engagementID": "E&=% ü", "subject": "S", "inviteTimeout": int64(20)})
	s.loop.Advance(5 * second)
	s.start()
	next := s.enter("P2")
	s.wantShown(next)
	config, _ := next.content["config"].(map[string]any)
	if config["type"] != "callback" || config["engagementID"] != "E&=% ü" || config["subject"] != "S" || next.content["visit"] != "V" {
		t.Errorf("it is %v", next.content)
	}
	s.start()
	s.loop.Advance(15 * second)
	late := s.enter("P3")
	if late.tree != nil || s.kept[page.KeepInvite] != "" {
		t.Errorf("after its time it is shown, or kept: %q", s.kept[page.KeepInvite])
	}
	s.kept[page.KeepInvite] = "visit=other&url=/server/resources/invite.html&until=1750000099000"
	s.start()
	if other := s.enter("P4"); other.tree != nil {
		t.Error("the invitation of another visit is shown")
	}
}

func TestAnInvitationThatWasNobodysWhenItsTimeEndedIsReportedLater(t *testing.T) {
	cases := map[string]struct {
		engagement string
		want       []string
	}{
		"of an engagement": {"E", []string{report("P", "E", "timeout")}},
		"that has none":    {"", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := newStage(t)
			before.enter("P")
			before.invite("", map[string]any{"engagementID": c.engagement})
			s := newStage(t)
			s.kept[page.KeepInvite] = before.kept[page.KeepInvite]
			s.loop.Advance(lasts)
			next := s.enter("P2")
			s.wantReported(c.want...)
			if next.tree != nil || s.kept[page.KeepInvite] != "" {
				t.Errorf("it is shown, or kept: %q", s.kept[page.KeepInvite])
			}
		})
	}
}

func TestOneOfTwoTabsWithWorkersOfTheirOwnShowsAnInvitation(t *testing.T) {
	cases := map[string]struct{ here, there, shown bool }{
		"both on a screen: the other one was later": {true, true, false},
		"this one is behind":                        {false, true, false},
		"both behind":                               {false, false, false},
		"the other one is behind":                   {true, false, true},
	}
	for name, c := range cases {
		t.Run(name+", shown at once", func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", func(p *fakePage) { p.visible = c.here })
			s.invite("", chatInvitation())
			other := keptBy(t, "other", c.there)
			s.kept[page.KeepInvite] = other
			s.Stored(page.KeepInvite)
			if (p.tree != nil) != c.shown || (s.kept[page.KeepInvite] == other) == c.shown {
				t.Errorf("shown %v, kept %q", p.tree != nil, s.kept[page.KeepInvite])
			}
			s.wantReported()
		})
		t.Run(name+", shown there while the file is fetched", func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", func(p *fakePage) { p.visible = c.here })
			s.Frame(&wire.Notify{Visit: "V", Channel: appendContent, Data: map[string]any{"url": invitePage, "config": chatInvitation()}})
			s.kept[page.KeepInvite] = keptBy(t, "other", c.there)
			s.loop.Run()
			if (p.tree != nil) != c.shown {
				t.Errorf("shown %v", p.tree != nil)
			}
			s.wantReported()
		})
		t.Run(name+", shown there already", func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", func(p *fakePage) { p.visible = c.here })
			s.kept[page.KeepInvite] = keptBy(t, "other", c.there)
			s.invite("", chatInvitation())
			if (p.tree != nil) != c.shown {
				t.Errorf("shown %v", p.tree != nil)
			}
			s.wantReported()
		})
	}
}

// keptBy is what another tab keeps of the invitation that it shows.
func keptBy(t *testing.T, id string, visible bool) string {
	s := newStage(t)
	s.enter(id, func(p *fakePage) { p.visible = visible })
	s.invite("", chatInvitation())
	return s.kept[page.KeepInvite]
}

func TestAnotherInvitationThanThatOfTheOtherTabIsReported(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.kept[page.KeepInvite] = keptBy(t, "other", true)
	s.invite("", map[string]any{"engagementID": "E2"})
	s.wantShown()
	s.wantReported(report("P", "E2", "unknown"))
	s.loop.Advance(lasts)
	s.invite("", map[string]any{"engagementID": "E3"})
	s.wantShown(p) // the other tab was closed, and has said nothing
}

func TestContentWithoutADialogBlocksNothing(t *testing.T) {
	s := newStage(t)
	p := s.enter("P", noDialog)
	s.invite("", chatInvitation())
	p.plain = false
	s.invite("", map[string]any{"engagementID": "E2"})
	s.wantShown(p)
}

func TestContentThatIsRefused(t *testing.T) {
	cases := map[string]struct{ url, method, says string }{
		"not a resource":     {"/native/v1/files/1", "", "below /server/resources/ only"},
		"a way around":       {"/server/resources/../../healthz", "", "below /server/resources/ only"},
		"an encoded way":     {"/server/resources/%2e%2e/healthz", "", "below /server/resources/ only"},
		"POST":               {invitePage, "POST", "by GET"},
		"a file that is not": {"/server/resources/nothing.html", "", "404"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P")
			s.notify("", appendContent, map[string]any{"url": c.url, "method": c.method, "config": chatInvitation()})
			if len(p.said) != 1 || !strings.Contains(p.said[0], c.says) {
				t.Errorf("the console has %q", p.said)
			}
			s.wantReported(report("P", "E", "unknown"))
			s.invite("", map[string]any{})
			s.wantShown(p)
		})
	}
}

func TestWhereContentComesFrom(t *testing.T) {
	cases := map[string]struct{ url, did string }{
		"a path":              {"/server/resources/invite.html", "content /server/resources/invite.html <p>invitation</p>"},
		"the relay's address": {"https://relay.example/server/resources/invite.html", "content /server/resources/invite.html <p>invitation</p>"},
		"without a slash":     {"server/resources/invite.html", "content /server/resources/invite.html <p>invitation</p>"},
		"another host":        {"https://media.example/x.html", "content https://media.example/x.html <nil>"},
		"the same in short":   {"//media.example/x.html", "content //media.example/x.html <nil>"},
		"almost the relay":    {"https://relay.example.evil/server/resources/x.html", "content https://relay.example.evil/server/resources/x.html <nil>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.enter("P", noDialog)
			s.notify("P", appendContent, map[string]any{"url": c.url})
			if len(p.did) != 1 || p.did[0] != c.did {
				t.Errorf("got %q", p.did)
			}
		})
	}
}

func TestTheDialogSaysWhatTheNotificationSays(t *testing.T) {
	s := newStage(t)
	p := s.enter("P")
	s.invite("", map[string]any{"type": "callback now", "subject": "<b>Sale</b>", "message": "M", "acceptBtnCaption": "Yes", "cancelBtnCaption": "No"})
	text := shownText(p.tree)
	for _, want := range []string{"<b>Sale</b>", "M", "Yes", "No", "type=button callbacknow accept", "type=button cancel", "type=close", "role=dialog"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func TestTheDialogInThePagesLanguage(t *testing.T) {
	for lang, want := range map[string]string{"de-AT": "de-AT", "../x": ""} {
		s := newStage(t)
		p := s.enter("P", func(p *fakePage) { p.config = map[string]any{"lang": lang} })
		s.invite("", map[string]any{})
		if got := p.tree.Attrs["lang"]; got != want && got != "Lang" {
			t.Errorf("%s became %q", lang, got)
		}
		if !strings.Contains(shownText(p.tree), "Help? Chat?") {
			t.Errorf("it says %s", shownText(p.tree))
		}
	}
}

// FuzzParseKept: what is kept may have been changed by anybody; what was written is read again.
func FuzzParseKept(f *testing.F) {
	f.Add("until=1&visit=V&page=P&url=/x&config.type=chat&config.subject=a%20b%", "subject")
	f.Fuzz(func(t *testing.T, text, subject string) {
		parseKept(text)
		if got := unescape(escape(text)); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		i := &invitation{order: &order{ids: ids{"V", "P"}, data: map[string]any{"url": "/u", "config": map[string]any{"subject": subject}}}}
		if again := parseKept(i.format()); again == nil || again.config.subject != subject || again.order.ids != i.order.ids {
			t.Fatalf("%+v became %+v", i, again)
		}
	})
}
