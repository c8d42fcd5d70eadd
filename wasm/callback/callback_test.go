package callback

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// stage is an App and one page, with the relay in the hands of the test.
type stage struct {
	*testing.T
	*App
	loop     *looptest.Fake
	page     *fakePage
	asked    []*wire.RequestCallback
	answer   func(wire.Frame, *wire.Problem)
	connects int
}

func newStage(t *testing.T) *stage {
	s := &stage{T: t, loop: looptest.New(), page: &fakePage{events: map[string]any{}}}
	s.App = New(Options{
		Loop: s.loop,
		Request: func(f wire.Request, done func(wire.Frame, *wire.Problem)) {
			s.asked = append(s.asked, f.(*wire.RequestCallback))
			s.answer = done
		},
		Connect: func() { s.connects++ },
		NewID:   func() string { return "id" },
		Texts:   func(lang string, done func(map[string]string)) { done(map[string]string{"Lang": lang, "Dir": "ltr"}) },
		Day:     func(int64, string) string { return "a day" },
		Time: func(text string) int64 {
			at, err := time.Parse("2006-01-02T15:04", text)
			if err != nil {
				return 0
			}
			return at.UnixMilli()
		},
	})
	s.AddPage(s.page)
	return s
}

type fakePage struct {
	tree   *view.Node
	events map[string]any
}

func (p *fakePage) Render(_, _ string, tree *view.Node)          { p.tree = tree }
func (p *fakePage) Remove(string)                                { p.tree = nil }
func (p *fakePage) Publish(name string, data any, _ bool)        { p.events[name] = data }
func (p *fakePage) Call(string, map[string]any, func(bool, any)) {}
func (p *fakePage) Address() page.Address                        { return page.Address{Lang: "en"} }
func (p *fakePage) IDs() page.IDs                                { return page.IDs{Visit: "V", Page: "P"} }
func (p *fakePage) Config(string) map[string]any                 { return nil }
func (p *fakePage) Deployment() page.Deployment                  { return page.Deployment{} }

// has tells whether a text, or an attribute's value, is in what the page shows.
func (p *fakePage) has(text string) bool {
	var walk func(*view.Node) bool
	walk = func(n *view.Node) bool {
		if n == nil {
			return false
		}
		found := strings.Contains(n.Text, text)
		for _, v := range n.Attrs {
			found = found || v == text
		}
		for _, c := range n.Children {
			found = found || walk(c)
		}
		return found
	}
	return walk(p.tree)
}

func (s *stage) command(name string, data map[string]any) (got string) {
	s.Helper()
	ours := s.Command(s.page, page.NewCommand(name, data, func(ok bool, v any) {
		got = "resolved"
		if !ok {
			got = v.(string)
		}
	}))
	if !ours {
		s.Fatalf("%s is nobody's", name)
	}
	return got
}

func (s *stage) submit(fields map[string]string) {
	s.Input(s.page, view.Action{Name: actSubmit, Fields: fields})
}

var good = map[string]string{"phonenumber": "+44 20 7946 0018", "firstname": " Ada ", "lastname": "L", "desiredtime": "now"}

func TestACallIsAskedFor(t *testing.T) {
	s := newStage(t)
	if got := s.command("Callback.open", map[string]any{"userData": map[string]any{"webengagement": ""}, "form": map[string]any{"subject": "S"}}); got != "resolved" {
		t.Fatalf("settled with %q", got)
	}
	if s.connects == 0 || s.page.tree == nil {
		t.Error("it does not connect, or shows nothing")
	}
	s.submit(good)
	if len(s.asked) != 1 {
		t.Fatalf("asked %d times", len(s.asked))
	}
	a := s.asked[0]
	if a.ClientID != "id" || a.Name != "Ada L" || a.Phone != good["phonenumber"] || a.Subject != "S" || a.Desired != 0 || a.Visit != "V" || a.Page != "P" {
		t.Errorf("asked for %+v", a)
	}
	if _, there := a.UserData["webengagement"]; !there {
		t.Errorf("attached %v", a.UserData)
	}
	s.submit(good)
	if len(s.asked) != 1 || !s.page.has("CallbackSending") || s.page.has("CallbackDone") {
		t.Error("asked twice, or thanked before the relay has it")
	}
	s.answer(&wire.CallbackMade{ID: "C", Desired: 7}, nil)
	if data, _ := s.page.events["CallbackService.scheduled"].(map[string]any); !s.page.has("CallbackDoneNow") || data["id"] != "C" || data["desiredTime"] != int64(7) {
		t.Errorf("published %v", s.page.events)
	}
}

func TestWhatMayNotBeWritten(t *testing.T) {
	now := looptest.New().Now()
	at := func(d time.Duration) string { return now.Add(d).Format("2006-01-02T15:04") }
	cases := map[string]struct{ field, value, says string }{
		"no number":            {"phonenumber", "", "CallbackNoPhone"},
		"letters":              {"phonenumber", "call 123", "CallbackNoPhone"},
		"too few digits":       {"phonenumber", "12", "CallbackNoPhone"},
		"too many":             {"phonenumber", "1234567890123456", "CallbackNoPhone"},
		"a plus inside":        {"phonenumber", "12+34", "CallbackNoPhone"},
		"a short number":       {"phonenumber", "110", ""},
		"marks":                {"phonenumber", "(030) 12-34.5/6", ""},
		"no address":           {"email", "ada", "CallbackNoEmail"},
		"an address":           {"email", "ada@mail.example", ""},
		"a time that is past":  {"time", at(-2 * time.Minute), "CallbackNoTime"},
		"no time":              {"time", "", "CallbackNoTime"},
		"a time too far":       {"time", at(93 * 24 * time.Hour), "CallbackNoTime"},
		"a time that can come": {"time", at(time.Hour), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.command("Callback.open", nil)
			fields := map[string]string{"phonenumber": "123", "desiredtime": "now", c.field: c.value}
			if c.field == "time" {
				fields["desiredtime"] = later
			}
			s.submit(fields)
			if (len(s.asked) == 1) != (c.says == "") || c.says != "" && (!s.page.has(c.says) || !s.page.has("true")) {
				t.Errorf("asked %d times; it should say %q", len(s.asked), c.says)
			}
		})
	}
}

func TestACallAtATimeOfTheVisitors(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", nil)
	if s.page.has("cx_form_callback_time") {
		t.Error("asks for a time at once")
	}
	s.Input(s.page, view.Action{Name: actFilled, Fields: map[string]string{"desiredtime": later}})
	if !s.page.has("cx_form_callback_time") {
		t.Error("does not ask for a time")
	}
	at := s.loop.Now().Add(time.Hour).Truncate(time.Minute)
	s.submit(map[string]string{"phonenumber": "123", "desiredtime": later, "time": at.Format("2006-01-02T15:04")})
	if len(s.asked) != 1 || s.asked[0].Desired != at.UnixMilli() {
		t.Errorf("asked for %+v", s.asked)
	}
	s.answer(&wire.CallbackMade{}, nil)
	if !s.page.has("CallbackDoneLater") {
		t.Error("it does not say when")
	}
}

func TestARequestSurvivesALostConnection(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", nil)
	s.submit(good)
	s.answer(nil, wire.Problemf(wire.CodeNoConnection, "gone"))
	if !s.page.has("CallbackSending") {
		t.Error("it gives up")
	}
	s.Online()
	if len(s.asked) != 2 || s.asked[1].ClientID != s.asked[0].ClientID {
		t.Fatalf("asked %+v", s.asked)
	}
	s.answer(&wire.CallbackMade{}, nil)
	s.Online()
	if len(s.asked) != 2 {
		t.Error("asked again after it was made")
	}
}

func TestARefusalIsSaidAndCanBeMended(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", nil)
	s.submit(good)
	s.answer(nil, wire.Problemf(wire.CodeBadPhone, "no"))
	if !s.page.has("CallbackFailed") || s.page.events["CallbackService.scheduleError"] == nil {
		t.Errorf("published %v", s.page.events)
	}
	s.submit(good)
	if len(s.asked) != 2 {
		t.Error("it cannot be tried again")
	}
}

func TestOpeningAndClosing(t *testing.T) {
	s := newStage(t)
	for _, step := range []struct{ name, want string }{
		{"Callback.close", "already closed"}, {"Callback.open", "resolved"}, {"Callback.open", "already opened"}, {"Callback.close", "resolved"},
	} {
		if got := s.command(step.name, nil); got != step.want {
			t.Errorf("%s: %q", step.name, got)
		}
	}
	s.command("Callback.open", nil)
	s.submit(good)
	s.Input(s.page, view.Action{Name: actClose})
	s.answer(&wire.CallbackMade{}, nil) // nobody looks any more
	if s.page.tree != nil {
		t.Error("it comes back")
	}
	if s.Command(s.page, page.NewCommand("Callback.other", nil, nil)) {
		t.Error("takes commands that it does not know")
	}
}

// FuzzCheck: what passes here is what the relay may be asked.
func FuzzCheck(f *testing.F) {
	f.Add("+49 30 1234", "a@b.example", "2026-11-21T15:30")
	f.Fuzz(func(t *testing.T, phone, email, at string) {
		form := newForm()
		form.fill(map[string]string{"phonenumber": phone, "email": email, "time": at, "desiredtime": later})
		ms, wrong, why := form.check(func(s string) int64 { return int64(len(s)) }, 5)
		if (wrong == "") != (why == "") || wrong == "" && (ms < 5 || !isPhone(form.values["phonenumber"])) {
			t.Fatalf("%d %q %q", ms, wrong, why)
		}
	})
}
