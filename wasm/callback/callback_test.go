package callback

import (
	"fmt"
	"reflect"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

// stage is an App and one page, with the relay in the hands of the test.
type stage struct {
	*testing.T
	*App
	page     *fakePage
	asked    []*wire.RequestCallback
	taken    []string // ids of the callbacks that are to be cancelled
	answer   func(wire.Frame, *wire.Problem)
	connects int
}

func newStage(t *testing.T) *stage {
	s := &stage{T: t, page: &fakePage{events: map[string]any{}, calls: map[string]map[string]any{}}}
	s.App = New(Options{
		Request: func(f wire.Request, done func(wire.Frame, *wire.Problem)) {
			s.answer = done
			switch f := f.(type) {
			case *wire.RequestCallback:
				s.asked = append(s.asked, f)
			case *wire.CancelCallback:
				s.taken = append(s.taken, f.ID)
			}
		},
		Connect: func() { s.connects++ },
		NewID:   func() string { return "id" },
		Texts:   func(_ Page, done func(map[string]string)) { done(map[string]string{"CallbackTitle": "Callback"}) },
	})
	s.AddPage(s.page)
	return s
}

type fakePage struct {
	events map[string]any
	calls  map[string]map[string]any
	order  []string // of what the page does, hears and has settled
	broken bool     // it can do nothing
	slow   bool     // what it does takes until late is called
	late   func()
}

func (p *fakePage) Publish(name string, data any, _ bool) {
	p.events[name] = data
	p.order = append(p.order, name)
}
func (p *fakePage) IDs() page.IDs { return page.IDs{Visit: "V", Page: "P"} }
func (p *fakePage) Call(service string, args map[string]any, done func(bool, any)) {
	p.calls[service] = args
	p.late = func() {
		p.order = append(p.order, service)
		if p.broken {
			done(false, "broken")
			return
		}
		done(true, nil)
	}
	if !p.slow {
		p.late()
	}
}

// command runs a command; got is how it was settled, "" while it is not.
func (s *stage) command(name string, data map[string]any) (got *string) {
	s.Helper()
	got = new(string)
	ours := s.Command(s.page, page.NewCommand(name, data, func(ok bool, v any) {
		switch v := v.(type) {
		case string:
			*got = v
		case map[string]any:
			*got = fmt.Sprint(v["text"], " in ", v["field"])
		default:
			*got = "resolved"
		}
		s.page.order = append(s.page.order, "settled "+name)
	}))
	if !ours {
		s.Fatalf("%s is nobody's", name)
	}
	return got
}

var good = map[string]any{"phonenumber": "+44 20 7946 0018", "firstname": "Ada", "lastname": "L", "desired": 7.0}

func TestACallIsAskedFor(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", map[string]any{"userData": map[string]any{"webengagement": ""}, "form": map[string]any{"phone_number": "123"}})
	want := map[string]any{"texts": map[string]any{"CallbackTitle": "Callback"}, "values": map[string]any{"phonenumber": "123"}}
	if got := s.page.calls["callbackForm"]; s.connects == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("the page was given %v", got)
	}
	got := s.command("Callback.request", good)
	if len(s.asked) != 1 {
		t.Fatalf("asked %d times", len(s.asked))
	}
	request := &wire.RequestCallback{ClientID: "id", Name: "Ada L", Phone: "+44 20 7946 0018", Desired: 7, Visit: "V", Page: "P",
		UserData: map[string]any{"webengagement": ""}}
	if !reflect.DeepEqual(s.asked[0], request) {
		t.Errorf("asked for %+v", s.asked[0])
	}
	if *got != "" {
		t.Errorf("settled with %q before the relay has it", *got)
	}
	s.answer(&wire.CallbackMade{ID: "C", Desired: 7}, nil)
	if data := s.page.events["CallbackService.scheduled"]; *got != "resolved" || !reflect.DeepEqual(data, map[string]any{"id": "C", "desiredTime": int64(7)}) {
		t.Errorf("settled with %q, published %v", *got, data)
	}
}

func TestARequestSurvivesALostConnection(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", nil)
	got := s.command("Callback.request", good)
	s.Online()
	if len(s.asked) != 1 {
		t.Fatal("asked again while the relay has the question")
	}
	s.answer(nil, wire.Problemf(wire.CodeNoConnection, "gone"))
	s.Online()
	if len(s.asked) != 2 || s.asked[1].ClientID != s.asked[0].ClientID || *got != "" {
		t.Fatalf("asked %+v, settled with %q", s.asked, *got)
	}
	s.answer(&wire.CallbackMade{}, nil)
	s.Online()
	if len(s.asked) != 2 || *got != "resolved" {
		t.Errorf("asked %d times, settled with %q", len(s.asked), *got)
	}
}

func TestARefusalIsSaidAndCanBeMended(t *testing.T) {
	s := newStage(t)
	s.command("Callback.open", nil)
	got := s.command("Callback.request", map[string]any{"phonenumber": 7.0, "desired": "soon"})
	s.answer(nil, &wire.Problem{Code: wire.CodeBadPhone, Field: wire.FieldPhone})
	if *got != "errors.badPhone in phonenumber" || s.page.events["CallbackService.scheduleError"] == nil {
		t.Errorf("settled with %q, published %v", *got, s.page.events)
	}
	if s.command("Callback.request", good); len(s.asked) != 2 {
		t.Error("it cannot be tried again")
	}
}

func TestACallIsTakenBack(t *testing.T) {
	for _, test := range []struct {
		problem *wire.Problem
		want    string
	}{
		{nil, "resolved"},
		{wire.Problemf(wire.CodeConflict, "an agent has it"), "CallbackTaken"},
		{wire.Problemf(wire.CodeNoConnection, "gone"), "errors.unavailable"},
		{wire.Problemf(wire.CodeUnavailable, "busy"), "errors.unavailable"},
	} {
		s := newStage(t)
		s.command("Callback.open", nil)
		if s.Command(s.page, page.NewCommand("Callback.cancel", nil, nil)) {
			t.Error("a call that is not there is taken back")
		}
		s.command("Callback.request", good)
		s.answer(&wire.CallbackMade{ID: "C"}, nil)
		got := s.command("Callback.cancel", nil)
		if *got != "" || !reflect.DeepEqual(s.taken, []string{"C"}) {
			t.Errorf("settled with %q before the relay has answered; asked for %q", *got, s.taken)
		}
		s.answer(&wire.Ack{}, test.problem)
		if _, told := s.page.events["CallbackService.cancelled"]; *got != test.want || told != (test.problem == nil) {
			t.Errorf("%v: settled with %q, published %v", test.problem, *got, told)
		}
	}
}

func TestWhoHearsOfSomethingSeesIt(t *testing.T) {
	answered := func(reply wire.Frame, problem *wire.Problem) func(s *stage) {
		return func(s *stage) {
			s.command("Callback.open", nil)
			s.page.order = nil
			s.command("Callback.request", good)
			s.answer(reply, problem)
		}
	}
	for name, test := range map[string]struct {
		act  func(s *stage)
		want []string
	}{
		"opened": {func(s *stage) { s.command("Callback.open", nil) },
			[]string{"Callback.ready", "callbackForm", "Callback.opened", "settled Callback.open"}},
		"closed": {func(s *stage) { s.command("Callback.open", nil); s.page.order = nil; s.command("Callback.close", nil) },
			[]string{"callbackOver", "Callback.closed", "settled Callback.close"}},
		// The page draws what comes of a request, or of taking the call back, when that is settled.
		"scheduled": {answered(&wire.CallbackMade{ID: "C"}, nil), []string{"settled Callback.request", "CallbackService.scheduled"}},
		"refused": {answered(nil, wire.Problemf(wire.CodeBadPhone, "no")),
			[]string{"settled Callback.request", "CallbackService.scheduleError"}},
		"taken back": {func(s *stage) {
			answered(&wire.CallbackMade{ID: "C"}, nil)(s)
			s.page.order = nil
			s.command("Callback.cancel", nil)
			s.answer(&wire.Ack{}, nil)
		}, []string{"settled Callback.cancel", "CallbackService.cancelled"}},
		"could not be shown": {func(s *stage) { s.page.broken = true; s.command("Callback.open", nil) },
			[]string{"Callback.ready", "callbackForm", "settled Callback.open"}},
		"closed before it was shown": {func(s *stage) {
			s.page.slow = true
			s.command("Callback.open", nil)
			shown := s.page.late
			s.command("Callback.close", nil)
			s.page.late()
			shown()
		}, []string{"Callback.ready", "callbackOver", "Callback.closed", "settled Callback.close", "callbackForm", "settled Callback.open"}},
	} {
		s := newStage(t)
		test.act(s)
		if !reflect.DeepEqual(s.page.order, test.want) {
			t.Errorf("%s: %q, want %q", name, s.page.order, test.want)
		}
	}
}

func TestAFormThatCouldNotBeShownCanBeAskedForAgain(t *testing.T) {
	s := newStage(t)
	s.page.broken = true
	if got := s.command("Callback.open", nil); *got != "broken" {
		t.Errorf("settled with %q", *got)
	}
	s.page.broken = false
	if got := s.command("Callback.open", nil); *got != "resolved" {
		t.Errorf("settled with %q", *got)
	}
}

func TestOpeningAndClosing(t *testing.T) {
	s := newStage(t)
	for _, step := range []struct{ name, want string }{
		{"Callback.close", "already closed"}, {"Callback.open", "resolved"}, {"Callback.open", "already opened"}, {"Callback.close", "resolved"},
	} {
		if got := s.command(step.name, nil); *got != step.want {
			t.Errorf("%s: %q", step.name, *got)
		}
	}
	if _, gone := s.page.calls["callbackOver"]; !gone {
		t.Error("the form stays on the page")
	}
	for _, name := range []string{"Callback.request", "Callback.other"} {
		if s.Command(s.page, page.NewCommand(name, nil, nil)) {
			t.Errorf("takes %s without a form", name)
		}
	}
}
