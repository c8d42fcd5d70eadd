package upload_test

import (
	"net/http"
	"testing"
	"time"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/wire"
)

func TestNobodySendsAFileWithoutAnIdentityWhereItIsRequired(t *testing.T) {
	r := newRelay(t)
	s, err := r.chats.Start(t.Context(), chat.StartRequest{Deployment: "members", Queue: "members", StartID: "start"})
	r.must(err)
	v := visitor{session: s.Session.ID, participant: s.Visitor.ID}
	now := time.Now().UnixMilli()
	for name, tt := range map[string]struct {
		by   *access.Identity
		code wire.Code
	}{
		"nobody":  {nil, wire.CodeIdentityRequired},
		"expired": {&access.Identity{Subject: "account-7", ExpiresMs: now - 1}, wire.CodeIdentityExpired},
	} {
		token, err := r.access.VouchedToken(t.Context(), "members", v.session, v.participant, tt.by)
		r.must(err)
		wantCode(t, name, r.upload(v, token.Value, "c", "a.txt", []byte("hi")), tt.code)
	}
	if sent := r.log(v.session); len(sent) != 0 {
		t.Errorf("kept %+v", sent)
	}
	token, err := r.access.VouchedToken(t.Context(), "members", v.session, v.participant,
		&access.Identity{Subject: "account-7", ExpiresMs: now + 60_000})
	r.must(err)
	if a := r.upload(v, token.Value, "c", "a.txt", []byte("hi")); a.status != http.StatusCreated {
		t.Errorf("with an identity: %d %s", a.status, a.body)
	}
}
