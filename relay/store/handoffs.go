package store

import (
	"context"
	"strings"

	"foyer/relay/access"
)

const handoffColumns = "hash, session, participant, deployment, origin, browser, expires_ms, used_ms"

// PutHandoffs implements access.HandoffStore.
func (s *accessStore) PutHandoffs(ctx context.Context, all []access.Handoff, nowMs int64) error {
	if err := s.engine.exec(ctx, "delete from handoffs where expires_ms < ?", nowMs); err != nil {
		return during(err, "forget expired handoff tokens")
	}
	if len(all) == 0 {
		return nil
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?), ", len(all)), ", ")
	var values []any
	for _, h := range all {
		values = append(values, h.Hash, h.Session, h.Participant, h.Deployment, h.Origin, h.Browser, h.ExpiresMs, h.UsedMs)
	}
	err := s.engine.exec(ctx, "insert into handoffs ("+handoffColumns+") values "+rows, values...)
	return during(err, "put handoff tokens")
}

// HandoffByHash implements access.HandoffStore.
func (s *accessStore) HandoffByHash(ctx context.Context, hash string) (access.Handoff, error) {
	return one(ctx, s.engine, "handoff token", scanHandoff, "select "+handoffColumns+" from handoffs where hash = ?", hash)
}

func scanHandoff(row scanner) (access.Handoff, error) {
	var h access.Handoff
	err := row.Scan(&h.Hash, &h.Session, &h.Participant, &h.Deployment, &h.Origin, &h.Browser, &h.ExpiresMs, &h.UsedMs)
	return h, err
}

// UseHandoff implements access.HandoffStore.
func (s *accessStore) UseHandoff(ctx context.Context, hash string, ms int64) (bool, error) {
	n, err := s.engine.execCounting(ctx, "update handoffs set used_ms = ? where hash = ? and used_ms = 0", ms, hash)
	return n == 1, during(err, "use a handoff token")
}
