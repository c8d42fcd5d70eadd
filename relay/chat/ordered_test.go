package chat_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"foyer/relay/chat"
)

func TestConcurrentMessagesAreToldInTheOrderOfTheLog(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := f.Send(t.Context(), chat.SendRequest{Session: session, Participant: visitor,
					ClientID: fmt.Sprintf("%d-%d", w, i), Text: "x"})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	told := f.live.Take()
	if len(told) != writers*each {
		t.Fatalf("%d changes were told, want %d", len(told), writers*each)
	}
	for i, line := range told {
		if want := fmt.Sprintf("committed Active %d:message", i+3); line != want {
			t.Fatalf("change %d was told as %q, want %q\n%s", i, line, want, strings.Join(told[:i], "\n"))
		}
	}
}

func TestAWaitingChangeGivesUpWithItsCaller(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	entered, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f.store.BeforeApply(func(chat.Change) {
		once.Do(func() { close(entered); <-release })
	})
	var wg sync.WaitGroup
	wg.Go(func() { f.mustSend(session, visitor, "c1", "first") })
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Send(ctx, chat.SendRequest{Session: session, Participant: visitor, ClientID: "c2", Text: "second"}); err == nil {
		t.Error("a change went ahead of the one before it")
	}
	close(release)
	wg.Wait()
	wantLines(t, f.log(session, visitor), "joined visitor", "joined agent", "message visitor first")
}
