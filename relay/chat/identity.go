package chat

import (
	"context"
	"errors"
	"maps"
	"strings"

	"foyer/relay/wire"
)

// Person is whom the customer's own site vouches for: what a verified identity says.
type Person struct {
	Subject   string // who it is for the customer, such as a number of an account; never empty
	FirstName string
	LastName  string
	Email     string
}

// Keys of attached data that say what a verified identity says. What visitors themselves send under these keys is
// dropped, so that whoever reads them can rely on them.
const (
	DataIdentitySubject = "identitySubject"
	DataIdentityName    = "identityName"
	DataIdentityEmail   = "identityEmail"
)

func (p Person) name() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

// data is what the person adds to a session's attached data.
func (p Person) data() map[string]any {
	all := map[string]any{}
	for key, text := range map[string]string{
		DataIdentitySubject: p.Subject, DataIdentityName: p.name(), DataIdentityEmail: p.Email,
	} {
		if text != "" {
			all[key] = text
		}
	}
	return all
}

// withoutIdentity is data without the keys that only a verified identity fills.
func withoutIdentity(data map[string]any) map[string]any {
	kept := maps.Clone(data)
	for _, key := range []string{DataIdentitySubject, DataIdentityName, DataIdentityEmail} {
		delete(kept, key)
	}
	return kept
}

// Vouched is data that a visitor sent with what a verified identity says of them, nil for nobody, in the place of what
// they say of it themselves.
func Vouched(data map[string]any, p *Person) map[string]any {
	data = withoutIdentity(data)
	if p == nil {
		return data
	}
	return merged(data, p.data())
}

// OfIdentity finds the newest session of a deployment that is not over and whose visitor is this person; ok is false
// where there is none.
func (s *Service) OfIdentity(ctx context.Context, deployment, subject string) (row Session, ok bool, err error) {
	row, err = s.store.OfIdentity(ctx, deployment, subject, open)
	if errors.Is(err, ErrNoSession) {
		return Session{}, false, nil
	}
	return row, err == nil, problem(err, "find the session of an identity")
}

// Vouch notes that the visitor of a session is this person; the log gets what that adds to the attached data. Doing it
// again does nothing and is no error, and neither is a session that is over. Codes: CodeIdentityOther where it is
// somebody else's, CodeNoSession.
func (s *Service) Vouch(ctx context.Context, session, participant string, p Person) error {
	_, _, err := s.change(ctx, session, func(row Session) (*Change, error) {
		switch {
		case row.VisitorID != participant:
			return nil, noSession()
		case row.Identity != "" && row.Identity != p.Subject:
			return nil, wire.Problemf(wire.CodeIdentityOther, "the session is another person's")
		case row.Identity != "" || row.State.Over():
			return nil, nil
		}
		return &Change{
			If:      If{Anonymous: true},
			Set:     Set{Identity: new(p.Subject), MergeData: p.data()},
			Entries: []Entry{s.entry(wire.KindData, SystemParticipant, p.data())},
		}, nil
	})
	return problem(err, "note whose the session is")
}
