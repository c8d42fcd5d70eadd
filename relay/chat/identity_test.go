package chat_test

import (
	"testing"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

var ada = chat.Person{Subject: "account-7", FirstName: "Ada", LastName: "Byron", Email: "ada@example.com"}

func TestAVerifiedPersonGoesBeforeWhatTheVisitorWrote(t *testing.T) {
	f := newFixture(t)
	started, err := f.Start(t.Context(), chat.StartRequest{Deployment: "shop", FirstName: "Mallory", Nickname: "boss",
		Email: "m@example.com", Person: &ada,
		UserData: map[string]any{"colour": "red", chat.DataIdentitySubject: "account-1"}})
	if err != nil {
		t.Fatal(err)
	}
	row := started.Session
	if row.Identity != "account-7" || row.FirstName != "Ada" || row.LastName != "Byron" || row.Email != "ada@example.com" ||
		row.UserData[chat.DataIdentitySubject] != "account-7" || row.UserData[chat.DataIdentityName] != "Ada Byron" ||
		row.UserData["colour"] != "red" || started.Visitor.Nickname != "Ada Byron" {
		t.Errorf("started %+v as %+v", row, started.Visitor)
	}
}

func TestNobodyClaimsAnIdentityInAttachedData(t *testing.T) {
	f := newFixture(t)
	started, err := f.Start(t.Context(), chat.StartRequest{Deployment: "shop",
		UserData: map[string]any{chat.DataIdentityName: "Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	if row := started.Session; row.Identity != "" || len(row.UserData) != 0 {
		t.Errorf("started %+v", row)
	}
	_, err = f.UpdateData(t.Context(), started.Session.ID, started.Visitor.ID, map[string]any{chat.DataIdentityName: "Ada"})
	wantCode(t, err, wire.CodeForbidden)
	_, err = f.UpdateData(t.Context(), started.Session.ID, started.Visitor.ID,
		map[string]any{chat.DataIdentityName: "Ada", "colour": "red"})
	if err != nil {
		t.Fatal(err)
	}
	row, err := f.Session(t.Context(), started.Session.ID, started.Visitor.ID)
	if err != nil || row.UserData["colour"] != "red" || row.UserData[chat.DataIdentityName] != nil {
		t.Errorf("the data is %v, %v", row.UserData, err)
	}
}

func TestVouchingBindsASessionToOnePerson(t *testing.T) {
	f := newFixture(t)
	started, err := f.Start(t.Context(), chat.StartRequest{Deployment: "shop", FirstName: "A"})
	if err != nil {
		t.Fatal(err)
	}
	id, visitor := started.Session.ID, started.Visitor.ID
	for range 2 {
		if err := f.Vouch(t.Context(), id, visitor, ada); err != nil {
			t.Fatal(err)
		}
	}
	row, err := f.Session(t.Context(), id, visitor)
	if err != nil || row.Identity != "account-7" || row.Seq != 2 || row.UserData[chat.DataIdentityEmail] != "ada@example.com" {
		t.Errorf("the session is %+v, %v", row, err)
	}
	wantCode(t, f.Vouch(t.Context(), id, visitor, chat.Person{Subject: "account-8"}), wire.CodeIdentityOther)
	wantCode(t, f.Vouch(t.Context(), id, "somebody", ada), wire.CodeNoSession)
}

func TestASessionIsFoundByIdentityWhileItIsOpen(t *testing.T) {
	f := newFixture(t)
	if _, ok, err := f.OfIdentity(t.Context(), "shop", "account-7"); ok || err != nil {
		t.Fatalf("found one before it began: %v", err)
	}
	started, err := f.Start(t.Context(), chat.StartRequest{Deployment: "shop", Person: &ada})
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range [][2]string{{"other", "account-7"}, {"shop", "account-8"}, {"shop", ""}} {
		if _, ok, err := f.OfIdentity(t.Context(), other[0], other[1]); ok || err != nil {
			t.Errorf("%v: found %t, %v", other, ok, err)
		}
	}
	if row, ok, err := f.OfIdentity(t.Context(), "shop", "account-7"); !ok || err != nil || row.ID != started.Session.ID {
		t.Errorf("found %t %s, %v", ok, row.ID, err)
	}
	if err := f.End(t.Context(), started.Session.ID, started.Visitor.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.OfIdentity(t.Context(), "shop", "account-7"); ok || err != nil {
		t.Errorf("found one that is over: %v", err)
	}
}
