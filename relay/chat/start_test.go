package chat_test

import (
	"testing"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

func TestWhatIsAttachedAtTheStartIsInTheLogAlsoWithoutAValue(t *testing.T) {
	f := newFixture(t)
	s, err := f.Start(t.Context(), chat.StartRequest{Deployment: "demo", UserData: map[string]any{
		"webengagement": "", "visitID": "V", "pageID": "P", chat.DataIdentitySubject: "boss"}})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := f.store.EntriesAfter(t.Context(), s.Session.ID, 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Kind != wire.KindJoined {
		t.Fatalf("the log begins with %+v, %v", entries, err)
	}
	for what, data := range map[string]map[string]any{"the log": entries[0].Data, "the session": s.Session.UserData} {
		empty, there := data["webengagement"]
		if !there || empty != "" || data["visitID"] != "V" || data["pageID"] != "P" || len(data) != 3 {
			t.Errorf("%s has %v", what, data)
		}
	}
}
