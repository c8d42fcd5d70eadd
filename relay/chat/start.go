package chat

import (
	"context"
	"strings"
	"unicode/utf8"

	"foyer/relay/bidi"
	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// Limits of what a visitor says about themself at the start.
const (
	MaxNameRunes  = 200 // of each name, and of the subject
	MaxEmailBytes = 254 // RFC 5321, 4.5.3.1.3
	maxIDBytes    = 200 // of ids that clients mint
)

// DefaultQueue is the queue of sessions whose interface names none.
const DefaultQueue = "default"

// StartRequest is a visitor's wish to chat. Everything but Deployment may be empty.
type StartRequest struct {
	Deployment string
	Queue      string // DefaultQueue where empty
	// StartID makes a resend harmless: within the deployment, it answers with the session that the first one began,
	// if Device and Visit are the same as well. Empty for interfaces that cannot resend.
	StartID   string
	FirstName string
	LastName  string
	Email     string
	Subject   string
	Nickname  string
	Visit     string
	Device    string
	Page      string
	Origin    string
	Language  string
	UserData  map[string]any // within the limits of package attached
	Person    *Person        // whom a verified identity names; what it says goes before what the visitor wrote
}

// Started is what Start began, or had begun before.
type Started struct {
	Session  Session
	Visitor  Participant // the caller, as it is in the session
	Entries  []Entry     // that the log begins with
	Existing bool        // this was a resend
}

// Start begins a session that waits for an agent; the log's first entry is that the visitor joined, with what was attached.
// Codes: CodeBadRequest (a field is too long or malformed), CodeConflict (StartID belongs to another visit).
func (s *Service) Start(ctx context.Context, r StartRequest) (Started, error) {
	r.vouched()
	r.trim()
	if err := r.check(); err != nil {
		return Started{}, err
	}
	c := s.startChange(r)
	applied, err := s.apply(ctx, c)
	if err != nil {
		return Started{}, problem(err, "start the session")
	}
	row := applied.Session
	if applied.Existing && (row.Device != r.Device || row.Visit != r.Visit || row.Origin != r.Origin ||
		row.Identity != r.identity()) {
		return Started{}, wire.Problemf(wire.CodeConflict, "this start id is taken")
	}
	if !applied.Existing {
		s.wake()
	}
	return Started{Session: row, Visitor: visitorOf(row), Entries: applied.Entries, Existing: applied.Existing}, nil
}

func (s *Service) startChange(r StartRequest) Change {
	now := s.clock.NowMs()
	visitor := Participant{ID: s.ids.New(), Kind: Visitor, Nickname: r.displayName(), JoinedMs: now}
	id, startID := s.ids.New(), r.StartID
	if startID == "" {
		startID = id
	}
	return Change{
		Session: id,
		Create: &Session{
			ID: id, Deployment: r.Deployment, Queue: r.Queue, State: Queued, VisitorID: visitor.ID,
			FirstName: r.FirstName, LastName: r.LastName, Email: r.Email, Subject: r.Subject, Nickname: r.Nickname,
			Visit: r.Visit, Device: r.Device, Page: r.Page, Origin: r.Origin, Language: r.Language,
			UserData: r.UserData, Identity: r.identity(), StartID: startID, QueuedMs: now, StartedMs: now,
		},
		Join:    []Participant{visitor},
		Entries: []Entry{s.entry(wire.KindJoined, visitor, r.UserData)},
	}
}

// visitorOf finds the visitor, also one who has left.
func visitorOf(row Session) Participant {
	for _, p := range row.Participants {
		if p.ID == row.VisitorID {
			return p
		}
	}
	return Participant{ID: row.VisitorID, Kind: Visitor, Nickname: row.Nickname}
}

// vouched puts what a verified identity says in the place of what the visitor wrote.
func (r *StartRequest) vouched() {
	r.UserData = Vouched(r.UserData, r.Person)
	p := r.Person
	if p == nil {
		return
	}
	if p.name() != "" {
		r.FirstName, r.LastName, r.Nickname = p.FirstName, p.LastName, ""
	}
	if p.Email != "" {
		r.Email = p.Email
	}
}

func (r *StartRequest) identity() string {
	if r.Person == nil {
		return ""
	}
	return r.Person.Subject
}

func (r *StartRequest) trim() {
	for _, s := range []*string{&r.FirstName, &r.LastName, &r.Email, &r.Subject, &r.Nickname} {
		*s = strings.TrimSpace(bidi.Without(*s))
	}
	if r.Queue == "" {
		r.Queue = DefaultQueue
	}
}

func (r *StartRequest) check() error {
	named := []struct {
		what, text string
		max        int
		field      string
	}{
		{"first name", r.FirstName, MaxNameRunes, wire.FieldFirstName},
		{"last name", r.LastName, MaxNameRunes, wire.FieldLastName},
		{"subject", r.Subject, MaxNameRunes, wire.FieldSubject},
		{"nickname", r.Nickname, MaxNameRunes, wire.FieldNickname},
		{"e-mail address", r.Email, MaxEmailBytes, wire.FieldEmail},
		{"queue", r.Queue, maxIDBytes, ""},
		{"start id", r.StartID, maxIDBytes, ""},
		{"visit", r.Visit, maxIDBytes, ""},
		{"device", r.Device, maxIDBytes, ""},
		{"page", r.Page, maxIDBytes, ""},
		{"origin", r.Origin, maxIDBytes, ""},
		{"language", r.Language, maxIDBytes, ""},
	}
	for _, f := range named {
		if n := utf8.RuneCountInString(f.text); n > f.max {
			return wire.InField(f.field, wire.Problemf(wire.CodeBadRequest, "the %s may have %d characters, not %d", f.what, f.max, n))
		}
		if err := attached.Text("the "+f.what, f.text); err != nil {
			return wire.InField(f.field, err)
		}
	}
	if err := checkEmail(r.Email); err != nil {
		return wire.InField(wire.FieldEmail, err)
	}
	return attached.Check("userData", r.UserData)
}

// checkEmail is lenient: it refuses what is surely no address, and leaves the rest to whoever writes to it.
func checkEmail(address string) error {
	if address == "" {
		return nil
	}
	local, domain, both := strings.Cut(address, "@")
	if !both || local == "" || domain == "" || strings.ContainsAny(address, " \t\r\n<>,;") || len(address) > MaxEmailBytes {
		return wire.Problemf(wire.CodeBadRequest, "the e-mail address does not look like one")
	}
	return nil
}

// displayName is the nickname, else the name, else empty: then each interface chooses a word.
func (r *StartRequest) displayName() string {
	if r.Nickname != "" {
		return r.Nickname
	}
	return strings.TrimSpace(r.FirstName + " " + r.LastName)
}
