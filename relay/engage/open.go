package engage

import (
	"context"
	"strconv"
	"sync"

	"foyer/relay/visit"
)

const (
	usualSeconds = 30                    // until an invitation that says nothing else is over, as in the browser
	graceMs      = 30_000                // for the result of one that is over to arrive
	longestMs    = 10 * 60_000           // that an invitation without an end, or with a late one, holds a place
	acceptedMs   = 60_000                // until one that was accepted is a chat, which the desk counts
	restoreMs    = longestMs + 2*graceMs // how far back there may be invitations that are still open
)

// openInvitation is one that may still be answered.
type openInvitation struct {
	kind   string
	endsMs int64
}

// openInvitations are those that may still be answered, by visit and engagement. One to a chat holds an agent's place.
// Safe for use by many goroutines.
type openInvitations struct {
	mu  sync.Mutex
	all map[visitKey]map[string]openInvitation
}

// add opens an invitation.
func (o *openInvitations) add(k visitKey, engagement string, i openInvitation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = map[visitKey]map[string]openInvitation{}
	}
	if o.all[k] == nil {
		o.all[k] = map[string]openInvitation{}
	}
	o.all[k][engagement] = i
}

// remove closes an invitation of a visit, or all of them where "" is given: a copy of the invitation that does not know
// the engagement speaks of the only one that is shown.
func (o *openInvitations) remove(k visitKey, engagement string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if delete(o.all[k], engagement); engagement == "" || len(o.all[k]) == 0 {
		delete(o.all, k)
	}
}

// accepted lets the invitations of a visit end soon: one of them becomes a chat.
func (o *openInvitations) accepted(k visitKey, nowMs int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, i := range o.all[k] {
		i.endsMs = min(i.endsMs, nowMs+acceptedMs)
		o.all[k][id] = i
	}
}

// chats counts the invitations to a chat, and forgets what is over.
func (o *openInvitations) chats(nowMs int64) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for k, visits := range o.all {
		for id, i := range visits {
			switch {
			case i.endsMs <= nowMs:
				delete(visits, id)
			case i.kind == Chat:
				n++
			}
		}
		if len(visits) == 0 {
			delete(o.all, k)
		}
	}
	return n
}

// has tells whether a visit has an invitation.
func (o *openInvitations) has(k visitKey, nowMs int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, i := range o.all[k] {
		if i.endsMs > nowMs {
			return true
		}
	}
	return false
}

// lastsMs is for how long an invitation is taken to be open, by the seconds that its configuration gives it (0 for no
// end), which may be written as a text.
func lastsMs(config map[string]any) int64 {
	given, err := float64(usualSeconds), error(nil)
	switch n := config["inviteTimeout"].(type) {
	case int:
		given = float64(n)
	case int64:
		given = float64(n)
	case float64:
		given = n
	case string:
		if given, err = strconv.ParseFloat(n, 64); err != nil {
			given = usualSeconds
		}
	}
	switch {
	case given < 0 || given > 24*60*60: // the browser takes it for a mistake as well
		given = usualSeconds
	case given == 0:
		return longestMs + graceMs
	}
	return min(int64(given*1000), longestMs) + graceMs
}

// Restore learns from the history which invitations were open when the relay was stopped, so that their places stay
// promised. Called before rules run.
func (s *Service) Restore(ctx context.Context) error {
	now := s.Clock.NowMs()
	q := visit.Query{Names: []string{visit.InvitationSent, visit.InvitationResult}, Type: visit.Engagement,
		SinceMs: now - restoreMs, Limit: visit.MaxPageSize}
	for {
		l, err := s.Archive.Events(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range l.Items {
			s.restore(e)
		}
		if q.After = l.Next; q.After.ID == "" {
			return nil
		}
	}
}

func (s *Service) restore(e visit.Event) {
	k := visitKey{e.Deployment, e.Visit}
	id, _ := e.Data["engagementID"].(string)
	switch {
	case e.Name == visit.InvitationSent:
		kind, _ := e.Data["type"].(string)
		s.open.add(k, id, openInvitation{kind: kind, endsMs: e.ServerMs + lastsMs(e.Data)})
	case e.Data["code"] == Accepted:
		s.open.accepted(k, e.ServerMs)
	default:
		s.open.remove(k, id)
	}
}
