// Package chattest has a chat.Store and a chat.Live for tests of the domain and of gateways: in memory, but with every
// promise that chat.Store documents. Only tests may import it.
package chattest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"foyer/relay/chat"
)

// Store keeps sessions in memory. It is safe for use by several goroutines.
type Store struct {
	mu       sync.Mutex
	sessions map[string]*kept
	starts   map[[2]string]string         // deployment and start id, to session
	files    map[[2]string]chat.FileState // by session and id
	fail     error
	before   func(chat.Change)
}

type kept struct {
	row     chat.Session
	entries []chat.Entry
}

var _ chat.Store = (*Store)(nil)

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{sessions: map[string]*kept{}, starts: map[[2]string]string{}, files: map[[2]string]chat.FileState{}}
}

// PutFile lets a session have a file.
func (s *Store) PutFile(session, id string, state chat.FileState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[[2]string{session, id}] = state
}

// File tells the state of a session's file; "" where there is none.
func (s *Store) File(session, id string) chat.FileState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[[2]string{session, id}]
}

// Fail lets every call fail with err until Fail(nil).
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// BeforeApply lets f run at the beginning of each Apply, before anything is locked: a test makes races certain with it.
func (s *Store) BeforeApply(f func(chat.Change)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// Apply implements chat.Store.
func (s *Store) Apply(ctx context.Context, c chat.Change) (chat.Applied, error) {
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return chat.Applied{}, s.fail
	}
	if err := ctx.Err(); err != nil {
		return chat.Applied{}, err
	}
	k, existing := s.target(c)
	if existing {
		return chat.Applied{Session: copyRow(k.row), Entries: k.first(len(c.Entries)), Existing: true}, nil
	}
	if k == nil {
		return chat.Applied{}, chat.ErrNoSession
	}
	if found, all := k.resent(c.Entries); all {
		return chat.Applied{Session: copyRow(k.row), Entries: found, Existing: true}, nil
	}
	if !holds(c.If, k.row) {
		return chat.Applied{}, &chat.PreconditionError{Session: copyRow(k.row)}
	}
	for _, m := range c.Files {
		if s.files[[2]string{c.Session, m.ID}] != m.From {
			return chat.Applied{}, chat.ErrNoFile
		}
	}
	for _, e := range c.Entries {
		if !utf8.ValidString(e.Text) || strings.ContainsRune(e.Text, 0) {
			return chat.Applied{}, chat.ErrUnstorable
		}
	}
	if c.Create != nil {
		s.sessions[c.Session] = k
		s.starts[[2]string{k.row.Deployment, k.row.StartID}] = c.Session
	}
	k.change(c)
	for _, m := range c.Files {
		s.files[[2]string{c.Session, m.ID}] = m.To
	}
	return chat.Applied{Session: copyRow(k.row), Entries: k.add(c)}, nil
}

// target finds or makes the session that a change is about.
func (s *Store) target(c chat.Change) (k *kept, existing bool) {
	if c.Create == nil {
		return s.sessions[c.Session], false
	}
	if id, ok := s.starts[[2]string{c.Create.Deployment, c.Create.StartID}]; ok {
		return s.sessions[id], true
	}
	return &kept{row: copyRow(*c.Create)}, false
}

func (k *kept) first(n int) []chat.Entry { return slices.Clone(k.entries[:min(n, len(k.entries))]) }

// resent finds the entries whose client ids are known; all says that every one of them is.
func (k *kept) resent(entries []chat.Entry) (found []chat.Entry, all bool) {
	for _, e := range entries {
		if old, ok := k.byClientID(e.ClientID); ok {
			found = append(found, old)
		}
	}
	return found, len(entries) > 0 && len(found) == len(entries)
}

func (k *kept) byClientID(id string) (chat.Entry, bool) {
	if id == "" {
		return chat.Entry{}, false
	}
	i := slices.IndexFunc(k.entries, func(e chat.Entry) bool { return e.ClientID == id })
	if i < 0 {
		return chat.Entry{}, false
	}
	return k.entries[i], true
}

func holds(c chat.If, row chat.Session) bool {
	if len(c.States) > 0 && !slices.Contains(c.States, row.State) {
		return false
	}
	if c.Offer != "" && c.Offer != row.Offer || c.Agent != "" && c.Agent != row.Agent {
		return false
	}
	if c.Anonymous && row.Identity != "" {
		return false
	}
	if c.Below != 0 && row.Seq >= c.Below {
		return false
	}
	if c.Participant == "" {
		return true
	}
	_, in := row.Participant(c.Participant)
	return in
}

func (k *kept) change(c chat.Change) {
	row := &k.row
	set(&row.State, c.Set.State)
	set(&row.Agent, c.Set.Agent)
	set(&row.Offer, c.Set.Offer)
	set(&row.OfferEndsMs, c.Set.OfferEndsMs)
	set(&row.QueuedMs, c.Set.QueuedMs)
	set(&row.EndedMs, c.Set.EndedMs)
	set(&row.Identity, c.Set.Identity)
	for key, v := range c.Set.MergeData {
		if row.UserData == nil {
			row.UserData = map[string]any{}
		}
		row.UserData[key] = v
		if v == nil {
			delete(row.UserData, key)
		}
	}
	for _, p := range c.Join {
		row.Participants = slices.DeleteFunc(row.Participants, func(old chat.Participant) bool { return old.ID == p.ID })
		row.Participants = append(row.Participants, p)
	}
	for i, p := range row.Participants {
		if slices.Contains(c.Leave, p.ID) && p.LeftMs == 0 {
			row.Participants[i].LeftMs = c.NowMs
		}
	}
}

func set[T any](field *T, v *T) {
	if v != nil {
		*field = *v
	}
}

func (k *kept) add(c chat.Change) []chat.Entry {
	var added []chat.Entry
	for _, e := range c.Entries {
		if old, ok := k.byClientID(e.ClientID); ok {
			added = append(added, old)
			continue
		}
		k.row.Seq++
		k.row.LastMs = max(k.row.LastMs, c.NowMs)
		e.Seq, e.Ms, e.Data = k.row.Seq, k.row.LastMs, maps.Clone(e.Data)
		k.entries = append(k.entries, e)
		added = append(added, e)
	}
	return added
}

// Session implements chat.Store.
func (s *Store) Session(_ context.Context, id string) (chat.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return chat.Session{}, s.fail
	}
	k := s.sessions[id]
	if k == nil {
		return chat.Session{}, chat.ErrNoSession
	}
	return copyRow(k.row), nil
}

// EntriesAfter implements chat.Store.
func (s *Store) EntriesAfter(_ context.Context, session string, after int64, limit int) ([]chat.Entry, error) {
	found, err := s.entries(session, func(e chat.Entry) bool { return e.Seq > after })
	return found[:min(limit, len(found))], err
}

// EntriesBefore implements chat.Store.
func (s *Store) EntriesBefore(_ context.Context, session string, before int64, limit int) ([]chat.Entry, error) {
	found, err := s.entries(session, func(e chat.Entry) bool { return e.Seq < before })
	return found[max(0, len(found)-limit):], err
}

func (s *Store) entries(session string, want func(chat.Entry) bool) ([]chat.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	var found []chat.Entry
	if k := s.sessions[session]; k != nil {
		for _, e := range k.entries {
			if want(e) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// InState implements chat.Store.
func (s *Store) InState(_ context.Context, states []chat.State, limit int) ([]chat.Session, error) {
	rows, err := s.rows(func(r chat.Session) bool { return slices.Contains(states, r.State) }, func(r chat.Session) int64 { return r.QueuedMs })
	return rows[:min(limit, len(rows))], err
}

// OfAgent implements chat.Store.
func (s *Store) OfAgent(_ context.Context, agent string) ([]chat.Session, error) {
	return s.rows(func(r chat.Session) bool { return r.Agent == agent && r.State != chat.Completed }, func(r chat.Session) int64 { return r.StartedMs })
}

// OfIdentity implements chat.Store.
func (s *Store) OfIdentity(_ context.Context, deployment, identity string, states []chat.State) (chat.Session, error) {
	rows, err := s.rows(func(r chat.Session) bool {
		return r.Deployment == deployment && identity != "" && r.Identity == identity && slices.Contains(states, r.State)
	}, func(r chat.Session) int64 { return -r.StartedMs })
	if err != nil || len(rows) == 0 {
		return chat.Session{}, cmp.Or(err, chat.ErrNoSession)
	}
	return rows[0], nil
}

func (s *Store) rows(want func(chat.Session) bool, order func(chat.Session) int64) ([]chat.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	var found []chat.Session
	for _, k := range s.sessions {
		if want(k.row) {
			found = append(found, copyRow(k.row))
		}
	}
	slices.SortFunc(found, func(a, b chat.Session) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// copyRow keeps callers from changing what is kept.
func copyRow(r chat.Session) chat.Session {
	r.Participants = slices.Clone(r.Participants)
	r.UserData = maps.Clone(r.UserData)
	return r
}
