package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"foyer/relay/chat"
)

// chatStore is chat.Store.
type chatStore struct {
	engine  engine
	changes *committer[chat.Change, chat.Applied]

	// The queries, put together once.
	session, after, before, inState, ofAgent, ofIdentity string
}

func newChatStore(e engine, o Options, batch int) *chatStore {
	sessions, entries := sessionColumns().names(""), entryColumns().names("")
	s := &chatStore{
		engine:  e,
		session: "select " + sessions + " from sessions where id = ?",
		after:   "select " + entries + " from entries where session = ? and seq > ? order by seq limit ?",
		before:  "select " + entries + " from entries where session = ? and seq < ? order by seq desc limit ?",
		inState: "select " + sessions + " from sessions where state in (%s) order by queued_ms, id limit ?",
		ofAgent: "select " + sessions + " from sessions where agent = ? and state in (?, ?, ?) order by started_ms, id",
		ofIdentity: "select " + sessions + " from sessions where deployment = ? and identity = ? and identity <> ''" +
			" and state in (%s) order by started_ms desc, id desc limit 1",
	}
	s.changes = &committer[chat.Change, chat.Applied]{
		kind: "chat", max: batch, commit: s.commit, refused: e.refused, observe: o.Observe,
	}
	s.changes.start()
	return s
}

// Apply hands the change to the committer. Besides the errors of chat.Store it may give ErrClosed, or what the database
// says; then nobody knows whether the change was kept, and a resend will tell.
func (s *chatStore) Apply(ctx context.Context, c chat.Change) (chat.Applied, error) {
	if c.Session == "" {
		return chat.Applied{}, chat.ErrNoSession
	}
	normal, err := normalChange(c)
	if err != nil {
		return chat.Applied{}, fmt.Errorf("apply a change to session %q: %w", c.Session, err)
	}
	applied, err := s.changes.do(ctx, normal)
	if err != nil {
		return chat.Applied{}, fmt.Errorf("apply a change to session %s: %w", c.Session, err)
	}
	if c.Create != nil && applied.Existing {
		applied.Entries, err = s.EntriesAfter(ctx, applied.Session.ID, 0, len(c.Entries))
	}
	return applied, err
}

// commit is the committer's: one batch, one transaction.
func (s *chatStore) commit(ctx context.Context, batch []chat.Change) ([]answer[chat.Applied], error) {
	var answers []answer[chat.Applied]
	err := s.engine.settle(ctx, wants(batch), func(k known) *plan {
		p := newPlan(k)
		answers = make([]answer[chat.Applied], len(batch)) // anew: the engine may have to begin again
		for i, c := range batch {
			answers[i].out, answers[i].err = p.apply(c)
		}
		return p
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

func (s *chatStore) Session(ctx context.Context, id string) (chat.Session, error) {
	if !storable(id) {
		return chat.Session{}, fmt.Errorf("read session %q: %w", id, chat.ErrNoSession)
	}
	found, err := scanSession(s.engine.reads().row(ctx, s.session, id))
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Session{}, fmt.Errorf("read session %s: %w", id, chat.ErrNoSession)
	}
	if err != nil {
		return chat.Session{}, fmt.Errorf("read session %s: %w", id, err)
	}
	return found, nil
}

func (s *chatStore) EntriesAfter(ctx context.Context, session string, after int64, limit int) ([]chat.Entry, error) {
	return s.entries(ctx, s.after, session, after, limit)
}

func (s *chatStore) EntriesBefore(ctx context.Context, session string, before int64, limit int) ([]chat.Entry, error) {
	entries, err := s.entries(ctx, s.before, session, before, limit)
	slices.Reverse(entries)
	return entries, err
}

func (s *chatStore) entries(ctx context.Context, query, session string, from int64, limit int) ([]chat.Entry, error) {
	if limit <= 0 || !storable(session) {
		return nil, nil
	}
	scan := func(row scanner) (chat.Entry, error) {
		l, err := scanEntry(row)
		return l.entry, err
	}
	entries, err := all(ctx, s.engine.reads(), scan, query, session, from, limit)
	if err != nil {
		return nil, fmt.Errorf("read the log of session %s: %w", session, err)
	}
	return entries, nil
}

func (s *chatStore) InState(ctx context.Context, states []chat.State, limit int) ([]chat.Session, error) {
	if len(states) == 0 || limit <= 0 {
		return nil, nil
	}
	var args []any
	for _, state := range states {
		args = append(args, string(state))
	}
	query := fmt.Sprintf(s.inState, placeholders(len(states)))
	sessions, err := all(ctx, s.engine.reads(), scanSession, query, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read sessions in state %v: %w", states, err)
	}
	return sessions, nil
}

func (s *chatStore) OfAgent(ctx context.Context, agent string) ([]chat.Session, error) {
	if agent == "" || !storable(agent) {
		return nil, nil
	}
	sessions, err := all(ctx, s.engine.reads(), scanSession, s.ofAgent,
		agent, string(chat.Offered), string(chat.Active), string(chat.Ended))
	if err != nil {
		return nil, fmt.Errorf("read sessions of agent %s: %w", agent, err)
	}
	return sessions, nil
}

func (s *chatStore) OfIdentity(ctx context.Context, deployment, identity string, states []chat.State) (chat.Session, error) {
	if identity == "" || len(states) == 0 || !storable(deployment) || !storable(identity) {
		return chat.Session{}, fmt.Errorf("read the session of an identity: %w", chat.ErrNoSession)
	}
	args := []any{deployment, identity}
	for _, state := range states {
		args = append(args, string(state))
	}
	found, err := scanSession(s.engine.reads().row(ctx, fmt.Sprintf(s.ofIdentity, placeholders(len(states))), args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = chat.ErrNoSession
	}
	if err != nil {
		return chat.Session{}, fmt.Errorf("read the session of an identity: %w", err)
	}
	return found, nil
}
