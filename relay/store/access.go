package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"foyer/relay/access"
)

// tokensLiveMs is longer than any token lives (7 days): what expires that long before a token that is revoked now has
// expired already, and need not be remembered.
const tokensLiveMs = 7 * 24 * 3600 * 1000

// accessStore is access.Store. A text that the database cannot keep is the database's error; asked for, it is not found.
type accessStore struct{ engine engine }

const agentColumns = "id, username, name, password_hash, capacity, queues, disabled, created_ms, generation, source"

func (s *accessStore) PutAgent(ctx context.Context, a access.Agent) error {
	err := s.engine.exec(ctx, `insert into agents (`+agentColumns+`) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (username) do update set id = excluded.id, name = excluded.name,
		password_hash = excluded.password_hash, capacity = excluded.capacity, queues = excluded.queues,
		disabled = excluded.disabled, created_ms = excluded.created_ms, source = excluded.source,
		generation = case when excluded.generation > agents.generation then excluded.generation else agents.generation end`,
		a.ID, a.Username, a.Name, a.PasswordHash, int64(a.Capacity), strings.Join(a.Queues, "\n"), bit(a.Disabled), a.CreatedMs,
		a.Generation, a.Source)
	return during(err, "put agent "+a.Username)
}

func (s *accessStore) DeleteAgent(ctx context.Context, username string) error {
	err := s.engine.exec(ctx, "delete from agents where username = ?", username)
	if err == nil {
		err = s.engine.exec(ctx, "delete from agent_places where username = ?", username)
	}
	return during(err, "delete agent "+username)
}

func (s *accessStore) AgentsMark(ctx context.Context) (string, error) {
	var n, generations, newest int64
	err := s.engine.reads().row(ctx, "select count(*), cast(coalesce(sum(generation), 0) as bigint), coalesce(max(created_ms), 0) from agents").
		Scan(&n, &generations, &newest)
	return fmt.Sprint(n, generations, newest), during(err, "look whether agents have changed")
}

func (s *accessStore) AgentByUsername(ctx context.Context, username string) (access.Agent, error) {
	return one(ctx, s.engine, "agent", scanAgent, "select "+agentColumns+" from agents where username = ?", username)
}

func (s *accessStore) AgentByID(ctx context.Context, id string) (access.Agent, error) {
	return one(ctx, s.engine, "agent", scanAgent, "select "+agentColumns+" from agents where id = ?", id)
}

func (s *accessStore) Agents(ctx context.Context) ([]access.Agent, error) {
	agents, err := all(ctx, s.engine.reads(), scanAgent, "select "+agentColumns+" from agents order by username")
	return agents, during(err, "read agents")
}

func scanAgent(row scanner) (access.Agent, error) {
	var a access.Agent
	var queues string
	err := row.Scan(&a.ID, &a.Username, &a.Name, &a.PasswordHash, &a.Capacity, &queues, &a.Disabled, &a.CreatedMs, &a.Generation, &a.Source)
	if queues != "" {
		a.Queues = strings.Split(queues, "\n")
	}
	return a, err
}

const apiKeyColumns = "hash, name, deployment, disabled, created_ms, purpose"

func (s *accessStore) PutAPIKey(ctx context.Context, k access.APIKey) error {
	err := s.engine.exec(ctx, `insert into api_keys (`+apiKeyColumns+`) values (?, ?, ?, ?, ?, ?)
		on conflict (hash) do update set name = excluded.name, deployment = excluded.deployment,
		disabled = excluded.disabled, created_ms = excluded.created_ms, purpose = excluded.purpose`,
		k.Hash, k.Name, k.Deployment, bit(k.Disabled), k.CreatedMs, k.Purpose)
	return during(err, "put API key "+k.Name)
}

func (s *accessStore) APIKeyByHash(ctx context.Context, hash string) (access.APIKey, error) {
	return one(ctx, s.engine, "API key", scanAPIKey, "select "+apiKeyColumns+" from api_keys where hash = ?", hash)
}

func (s *accessStore) APIKeys(ctx context.Context) ([]access.APIKey, error) {
	keys, err := all(ctx, s.engine.reads(), scanAPIKey, "select "+apiKeyColumns+" from api_keys order by name, hash")
	return keys, during(err, "read API keys")
}

func scanAPIKey(row scanner) (access.APIKey, error) {
	var k access.APIKey
	err := row.Scan(&k.Hash, &k.Name, &k.Deployment, &k.Disabled, &k.CreatedMs, &k.Purpose)
	return k, err
}

const handleColumns = "hash, family, generation, session, participant, deployment, created_ms, expires_ms, revoked_ms"

func (s *accessStore) PutHandle(ctx context.Context, h access.Handle) error {
	err := s.engine.exec(ctx, `insert into handles (`+handleColumns+`) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (hash) do update set family = excluded.family, generation = excluded.generation,
		session = excluded.session, participant = excluded.participant, deployment = excluded.deployment,
		created_ms = excluded.created_ms, expires_ms = excluded.expires_ms, revoked_ms = excluded.revoked_ms`,
		h.Hash, h.Family, int64(h.Generation), h.Session, h.Participant, h.Deployment, h.CreatedMs, h.ExpiresMs, h.RevokedMs)
	return during(err, "put a handle of session "+h.Session)
}

func (s *accessStore) HandleByHash(ctx context.Context, hash string) (access.Handle, error) {
	return one(ctx, s.engine, "handle", scanHandle, "select "+handleColumns+" from handles where hash = ?", hash)
}

func scanHandle(row scanner) (access.Handle, error) {
	var h access.Handle
	err := row.Scan(&h.Hash, &h.Family, &h.Generation, &h.Session, &h.Participant, &h.Deployment, &h.CreatedMs, &h.ExpiresMs,
		&h.RevokedMs)
	return h, err
}

func (s *accessStore) ExpireOlderHandles(ctx context.Context, family string, generation int, ms int64) error {
	err := s.engine.exec(ctx, "update handles set expires_ms = ? where family = ? and generation < ? and expires_ms > ?",
		ms, family, int64(generation), ms)
	return during(err, "let older handles expire")
}

// RevokeHandles leaves the time of those that are revoked already.
func (s *accessStore) RevokeHandles(ctx context.Context, session string, ms int64) error {
	err := s.engine.exec(ctx, "update handles set revoked_ms = ? where session = ? and revoked_ms = 0", ms, session)
	return during(err, "revoke the handles of session "+session)
}

func (s *accessStore) PutSigningKey(ctx context.Context, k access.SigningKey, sinceMs int64) error {
	// Alone: two relays that look at once would both find none.
	err := s.engine.execAlone(ctx, "signing_keys", `insert into signing_keys (id, secret, created_ms, expires_ms)
		select v.id, v.secret, v.created_ms, v.expires_ms from
		(select cast(? as text) as id, cast(? as text) as secret, cast(? as bigint) as created_ms, cast(? as bigint) as expires_ms) v
		where not exists (select 1 from signing_keys where created_ms > ?)`,
		k.ID, base64.StdEncoding.EncodeToString(k.Secret), k.CreatedMs, k.ExpiresMs, sinceMs)
	return during(err, "put a signing key")
}

// SigningKeys gives the newest first.
func (s *accessStore) SigningKeys(ctx context.Context, nowMs int64) ([]access.SigningKey, error) {
	keys, err := all(ctx, s.engine.reads(), scanSigningKey, `select id, secret, created_ms, expires_ms from signing_keys
		where expires_ms > ? order by created_ms desc, id desc`, nowMs)
	return keys, during(err, "read signing keys")
}

func scanSigningKey(row scanner) (access.SigningKey, error) {
	var (
		k      access.SigningKey
		secret string
	)
	if err := row.Scan(&k.ID, &secret, &k.CreatedMs, &k.ExpiresMs); err != nil {
		return k, err
	}
	var err error
	k.Secret, err = base64.StdEncoding.DecodeString(secret)
	return k, err
}

func (s *accessStore) RevokeToken(ctx context.Context, id string, untilMs int64) error {
	err := s.engine.exec(ctx, `insert into revoked_tokens (id, until_ms) values (?, ?)
		on conflict (id) do update set until_ms = excluded.until_ms where excluded.until_ms > revoked_tokens.until_ms`,
		id, untilMs)
	if err != nil {
		return during(err, "revoke a token")
	}
	err = s.engine.exec(ctx, "delete from revoked_tokens where until_ms < ?", untilMs-tokensLiveMs)
	return during(err, "forget expired tokens")
}

func (s *accessStore) TokenRevoked(ctx context.Context, id string) (bool, error) {
	if !storable(id) {
		return false, nil
	}
	var n int
	err := s.engine.reads().row(ctx, "select count(*) from revoked_tokens where id = ?", id).Scan(&n)
	return n > 0, during(err, "ask whether a token is revoked")
}

// one reads the row that a key names; access.ErrNotFound if there is none.
func one[T any](ctx context.Context, e engine, what string, scan func(scanner) (T, error), query, key string) (T, error) {
	var none T
	if !storable(key) {
		return none, fmt.Errorf("read %s: %w", what, access.ErrNotFound)
	}
	found, err := scan(e.reads().row(ctx, query, key))
	if errors.Is(err, sql.ErrNoRows) {
		return none, fmt.Errorf("read %s: %w", what, access.ErrNotFound)
	}
	if err != nil {
		return none, fmt.Errorf("read %s: %w", what, err)
	}
	return found, nil
}

// during says what was being attempted when err came; nil stays nil.
func during(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
