package store

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"foyer/relay/callback"
)

// call is a callback in which every field is set; n tells visitors apart.
func call(n int) callback.Callback {
	x := strconv.Itoa(n)
	return callback.Callback{ID: "c-" + x, Deployment: "demo", Queue: "default", State: callback.Scheduled, Name: "Ann Müller",
		Phone: "+49 (30) 1234-" + x, Email: "ann@example.com", Subject: "shoes", Visit: "visit-" + x, Device: "device-" + x,
		Page: "page-1", Origin: "https://shop.example", Language: "de", Identity: "customer-" + x,
		UserData: map[string]any{"webengagement": "", "cart": int64(3)}, ClientID: "client-" + x, CreatedMs: 1000, DesiredMs: 2000,
		DueMs: 2000}
}

func mustAdd(t *testing.T, s callback.Store, c callback.Callback) callback.Callback {
	t.Helper()
	kept, err := s.Add(context.Background(), c, 3)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestACallbackComesBackAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		want := call(1)
		if got := mustAdd(t, s, want); !reflect.DeepEqual(got, want) {
			t.Errorf("kept\n%+v\nwant\n%+v", got, want)
		}
		got, err := s.Change(ctx, "c-1", callback.If{}, callback.Set{State: new(callback.Done), Agent: new("anna"), Offer: new("o"),
			OfferEndsMs: new(int64(9)), DueMs: new(int64(8)), Attempts: new(2), Disposition: new("reached"), Note: new("ü"),
			EndedMs: new(int64(7))})
		want.State, want.Agent, want.Offer, want.OfferEndsMs, want.DueMs = callback.Done, "anna", "o", 9, 8
		want.Attempts, want.Disposition, want.Note, want.EndedMs = 2, "reached", "ü", 7
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("changed to\n%+v, %v\nwant\n%+v", got, err, want)
		}
		if _, err := s.Callback(ctx, "none\x00"); !errors.Is(err, callback.ErrNone) {
			t.Error(err)
		}
	})
}

func TestARequestForACallIsKeptOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o).Callbacks()
		first := mustAdd(t, s, call(1))
		second := call(1)
		second.ID, second.Name = "c-other", "Bob"
		if got := mustAdd(t, s, second); !reflect.DeepEqual(got, first) {
			t.Errorf("the resend was answered with %+v", got)
		}
		elsewhere := call(1)
		elsewhere.ID, elsewhere.Deployment = "c-2", "other"
		if got := mustAdd(t, s, elsewhere); got.ID != "c-2" {
			t.Error("another deployment's request was taken for a resend")
		}
	})
}

func TestAVisitorWaitsForSoManyCallsOnly(t *testing.T) {
	same := map[string]func(c *callback.Callback, n int){
		"visit":  func(c *callback.Callback, _ int) { c.Visit = "same" },
		"device": func(c *callback.Callback, _ int) { c.Device = "same" },
		"number in another spelling": func(c *callback.Callback, n int) {
			c.Phone = []string{"+49 30 1", "+49301", "+49-30/1", "+49(30)1", "+4930 1"}[n]
		},
	}
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		for name, make := range same {
			t.Run(name, func(t *testing.T) {
				of := func(n int) callback.Callback {
					c := call(n)
					c.Deployment = name
					c.ID, c.ClientID = name+c.ID, name+c.ClientID
					make(&c, n)
					return c
				}
				for n := range 3 {
					mustAdd(t, s, of(n))
				}
				if _, err := s.Add(ctx, of(3), 3); !errors.Is(err, callback.ErrTooMany) {
					t.Fatalf("the fourth: %v", err)
				}
				if got := mustAdd(t, s, of(2)); got.ID != of(2).ID {
					t.Error("a resend is refused as one too many")
				}
				if _, err := s.Change(ctx, of(0).ID, callback.If{}, callback.Set{State: new(callback.Done)}); err != nil {
					t.Fatal(err)
				}
				mustAdd(t, s, of(3))
			})
		}
		for n := range 5 { // nothing in common but that there is no visit and no device
			c := call(n)
			c.Visit, c.Device = "", ""
			mustAdd(t, s, c)
		}
	})
}

func TestManyRequestsAtOnceStayWithinTheLimit(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		var (
			group   sync.WaitGroup
			refused atomic.Int32
		)
		for n := range 8 {
			group.Go(func() {
				c := call(n)
				c.Device = "same"
				_, err := s.Add(ctx, c, 3)
				if errors.Is(err, callback.ErrTooMany) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if refused.Load() != 5 {
			t.Errorf("%d of 8 were refused", refused.Load())
		}
	})
}

func TestACallbackIsClaimedOnceByTwoRelays(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		one := mustOpen(t, o).Callbacks()
		relays := []callback.Store{one, one}
		if o.Database != "" { // a folder has one relay
			relays[1] = mustOpen(t, o).Callbacks()
		}
		mustAdd(t, one, call(1))
		var (
			group sync.WaitGroup
			won   atomic.Int32
		)
		for i := range 16 {
			group.Go(func() {
				agent := "agent-" + strconv.Itoa(i)
				got, err := relays[i%2].Change(context.Background(), "c-1", callback.If{State: callback.Scheduled},
					callback.Set{State: new(callback.Offered), Agent: new(agent)})
				switch {
				case err == nil && got.Agent == agent:
					won.Add(1)
				case !errors.Is(err, callback.ErrChanged):
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
		group.Wait()
		if won.Load() != 1 {
			t.Errorf("%d claimed it", won.Load())
		}
	})
}

func TestCallbacksAreFoundWhenDueAndByAgent(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		for n, dueMs := range []int64{300, 100, 200, 200, 100} {
			c := call(n)
			c.DueMs, c.CreatedMs = dueMs, int64(1000-n)
			mustAdd(t, s, c)
		}
		change := func(id string, to callback.Set) {
			t.Helper()
			if _, err := s.Change(ctx, id, callback.If{}, to); err != nil {
				t.Fatal(err)
			}
		}
		change("c-0", callback.Set{State: new(callback.Offered), Agent: new("anna")}) // not due, but offered
		change("c-1", callback.Set{State: new(callback.Active), Agent: new("anna")})
		change("c-4", callback.Set{State: new(callback.Cancelled)})
		ids := func(all []callback.Callback, err error) (found string) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				found += c.ID + " "
			}
			return found
		}
		if got := ids(s.Waiting(ctx, 199, 10)); got != "c-0 " {
			t.Errorf("too early there are %s", got)
		}
		if got := ids(s.Waiting(ctx, 200, 10)); got != "c-2 c-3 c-0 " {
			t.Errorf("waiting are %s", got)
		}
		if got := ids(s.Waiting(ctx, 200, 1)); got != "c-2 " {
			t.Errorf("one of those waiting is %s", got)
		}
		if got := ids(s.Planned(ctx, 199, 10)); got != "c-2 c-3 " {
			t.Errorf("planned are %s", got)
		}
		if got := ids(s.Planned(ctx, 200, 10)); got != "" {
			t.Errorf("when they are due, planned are %s", got)
		}
		if got := ids(s.OfAgent(ctx, "anna")); got != "c-1 c-0 " {
			t.Errorf("anna has %s", got)
		}
		if got := ids(s.OfAgent(ctx, "")); got != "" {
			t.Errorf("nobody has %s", got)
		}
		if _, err := s.Change(ctx, "c-1", callback.If{Agent: "bert"}, callback.Set{State: new(callback.Done)}); !errors.Is(err, callback.ErrChanged) {
			t.Error(err)
		}
		if _, err := s.Change(ctx, "c-0", callback.If{Offer: "o"}, callback.Set{State: new(callback.Done)}); !errors.Is(err, callback.ErrChanged) {
			t.Error(err)
		}
	})
}

func TestWhatCannotBeKeptOfACallbackIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		bad := call(1)
		bad.Name = "a\x00"
		if _, err := s.Add(ctx, bad, 3); !errors.Is(err, callback.ErrUnstorable) {
			t.Error(err)
		}
		bad = call(1)
		bad.UserData = map[string]any{"k": []any{"\xff"}}
		if _, err := s.Add(ctx, bad, 3); !errors.Is(err, callback.ErrUnstorable) {
			t.Error(err)
		}
		mustAdd(t, s, call(1))
		if _, err := s.Change(ctx, "c-1", callback.If{}, callback.Set{Note: new("\x00")}); !errors.Is(err, callback.ErrUnstorable) {
			t.Error(err)
		}
	})
}

func TestCallbacksThatHaveBeenOverForLongAreDeleted(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Callbacks(), context.Background()
		for n := range 6 {
			c := call(n)
			if n == 5 {
				c.Deployment = "other"
			}
			mustAdd(t, s, c)
		}
		for id, to := range map[string]callback.Set{
			"c-0": {State: new(callback.Done), EndedMs: new(int64(99))},
			"c-1": {State: new(callback.Cancelled), EndedMs: new(int64(50))},
			"c-2": {State: new(callback.Done), EndedMs: new(int64(100))},
			"c-5": {State: new(callback.Done), EndedMs: new(int64(1))},
		} {
			if _, err := s.Change(ctx, id, callback.If{}, to); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []int64{1, 1, 0} {
			if n, err := s.DeleteOver(ctx, "demo", 100, 1); err != nil || n != want {
				t.Errorf("look %d deleted %d, %v", i, n, err)
			}
		}
		for n, want := range []bool{false, false, true, true, true, true} {
			if _, err := s.Callback(ctx, "c-"+strconv.Itoa(n)); (err == nil) != want {
				t.Errorf("c-%d: %v", n, err)
			}
		}
	})
}
