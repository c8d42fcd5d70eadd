package store

import (
	"context"
	"errors"
	"testing"

	"foyer/relay/chat"
)

func TestASessionIsFoundByItsIdentity(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for i, row := range []struct {
			id, deployment, identity string
			state                    chat.State
		}{
			{"old", "shop", "ada", chat.Queued}, {"new", "shop", "ada", chat.Active}, {"over", "shop", "ada", chat.Ended},
			{"else", "other", "ada", chat.Queued}, {"ben", "shop", "ben", chat.Queued}, {"nobody", "shop", "", chat.Queued},
		} {
			c := newSession(row.id)
			c.Create.Deployment, c.Create.Identity, c.Create.State, c.Create.StartedMs = row.deployment, row.identity, row.state, int64(i)
			mustApply(t, s, c)
		}
		open := []chat.State{chat.Queued, chat.Active}
		for _, ask := range []struct{ deployment, identity, want string }{
			{"shop", "ada", "new"}, {"other", "ada", "else"}, {"shop", "ben", "ben"},
			{"shop", "", ""}, {"shop", "eve", ""}, {"shop", "a\x00", ""},
		} {
			found, err := s.Chat().OfIdentity(ctx, ask.deployment, ask.identity, open)
			if ask.want == "" {
				if !errors.Is(err, chat.ErrNoSession) {
					t.Errorf("%+v: %s, %v", ask, found.ID, err)
				}
				continue
			}
			if err != nil || found.ID != ask.want || found.Identity != ask.identity {
				t.Errorf("%+v: %s, %v", ask, found.ID, err)
			}
		}
	})
}

func TestAnIdentityIsSetOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s1"))
		bind := func(who string) error {
			_, err := s.Chat().Apply(ctx, chat.Change{Session: "s1", If: chat.If{Anonymous: true}, Set: chat.Set{Identity: &who}})
			return err
		}
		if err := bind("ada"); err != nil {
			t.Fatal(err)
		}
		if err := bind("ben"); !errors.Is(err, chat.ErrPrecondition) {
			t.Errorf("a second one: %v", err)
		}
		if row, err := s.Chat().Session(ctx, "s1"); err != nil || row.Identity != "ada" {
			t.Errorf("it is %q, %v", row.Identity, err)
		}
	})
}
