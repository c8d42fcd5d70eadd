package store

import (
	"context"

	"foyer/relay/access"
)

const frameCookieColumns = "hash, deployment, session, participant, origin, created_ms, expires_ms, revoked_ms"

// PutFrameCookie implements access.FrameCookieStore.
func (s *accessStore) PutFrameCookie(ctx context.Context, c access.FrameCookie, nowMs int64) error {
	if err := s.engine.exec(ctx, "delete from frame_cookies where expires_ms < ?", nowMs); err != nil {
		return during(err, "forget expired cookies of frames")
	}
	err := s.engine.exec(ctx, "insert into frame_cookies ("+frameCookieColumns+`) values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (hash) do update set deployment = excluded.deployment, session = excluded.session,
		participant = excluded.participant, origin = excluded.origin, created_ms = excluded.created_ms,
		expires_ms = excluded.expires_ms, revoked_ms = excluded.revoked_ms`,
		c.Hash, c.Deployment, c.Session, c.Participant, c.Origin, c.CreatedMs, c.ExpiresMs, c.RevokedMs)
	return during(err, "put a cookie of session "+c.Session)
}

// FrameCookieByHash implements access.FrameCookieStore.
func (s *accessStore) FrameCookieByHash(ctx context.Context, hash string) (access.FrameCookie, error) {
	return one(ctx, s.engine, "cookie", scanFrameCookie, "select "+frameCookieColumns+" from frame_cookies where hash = ?", hash)
}

func scanFrameCookie(row scanner) (access.FrameCookie, error) {
	var c access.FrameCookie
	err := row.Scan(&c.Hash, &c.Deployment, &c.Session, &c.Participant, &c.Origin, &c.CreatedMs, &c.ExpiresMs, &c.RevokedMs)
	return c, err
}

// RevokeFrameCookies implements access.FrameCookieStore. It leaves the time of those that are revoked already.
func (s *accessStore) RevokeFrameCookies(ctx context.Context, session string, ms int64) error {
	err := s.engine.exec(ctx, "update frame_cookies set revoked_ms = ? where session = ? and revoked_ms = 0", ms, session)
	return during(err, "revoke the cookies of session "+session)
}
