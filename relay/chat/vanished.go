package chat

import (
	"context"
	"log/slog"
)

// ReasonVanished is the reason of a visitor's leaving who was not there any more.
const ReasonVanished = "vanished"

const (
	vanishedLookMs = 15_000
	vanishedAtOnce = 500 // sessions that one look takes, longest waiting first
)

// Presence knows who is connected. Implemented by relay/live, for this relay.
type Presence interface {
	Online(session, participant string) bool
}

// Timer tells how much time passes, whatever the machine's clock is set to, and can wait. Implemented by clock.System.
type Timer interface {
	UpMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// Vanished ends chats that wait for an agent and whose visitors have gone without a word, so that no agent is sent to an
// empty room. It goes by who is connected to this relay, since it was started.
type Vanished struct {
	Chats    *Service
	Presence Presence
	Clock    Timer
	// AfterMs gives for a deployment how long a visitor may be away; 0 for as long as they like.
	AfterMs func(deployment string) int64
	Log     *slog.Logger

	away map[string]int64 // of Run alone: since when, by Clock.UpMs, the visitor of a session is away
}

// Run looks four times a minute, and returns when ctx ends.
func (v *Vanished) Run(ctx context.Context) {
	for {
		v.Look(ctx)
		due := make(chan struct{})
		stop := v.Clock.AfterMs(vanishedLookMs, func() { close(due) })
		select {
		case <-ctx.Done():
			stop()
			return
		case <-due:
		}
	}
}

// Look ends what is due now.
func (v *Vanished) Look(ctx context.Context) {
	rows, err := v.Chats.InQueue(ctx, vanishedAtOnce)
	if err != nil {
		v.problem(ctx, "read the queue", err)
		return
	}
	now, away := v.Clock.UpMs(), map[string]int64{}
	for _, row := range rows {
		limit := v.AfterMs(row.Deployment)
		if limit == 0 || v.Presence.Online(row.ID, row.VisitorID) {
			continue
		}
		since, known := v.away[row.ID]
		if !known {
			since = now
		}
		if now-since < limit {
			away[row.ID] = since
			continue
		}
		if err := v.Chats.Vanish(ctx, row.ID); err != nil {
			away[row.ID] = since // tried again at the next look
			v.problem(ctx, "end the chat of a visitor who has vanished", err)
		}
	}
	v.away = away
}

func (v *Vanished) problem(ctx context.Context, attempted string, err error) {
	if ctx.Err() == nil {
		v.Log.WarnContext(ctx, attempted, "err", err)
	}
}

// Vanish ends a session that still waits for an agent for a visitor who is not there any more. One that an agent has, or
// that is over, stays as it is.
func (s *Service) Vanish(ctx context.Context, session string) error {
	return s.end(ctx, session, func(row Session) (Participant, error) {
		if row.State != Queued && row.State != Offered {
			return Participant{}, nil
		}
		return visitorOf(row), nil
	}, ReasonVanished)
}
