package engage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/notify"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

// Types of invitations.
const (
	Chat     = "chat"
	Callback = "callback"
)

// Results of invitations. Others may come from pages; they are kept as they are.
const (
	Accepted  = "accept"
	Rejected  = "reject"
	TimedOut  = "timeout"
	Cancelled = "cancelled" // by the server that asked for it
)

// InviteURL is the invitation that the relay serves.
const InviteURL = "/server/resources/invite.html"

const (
	maxEngagementRunes = 100
	maxCodeRunes       = 40
)

// Invitation asks a visitor for a chat or a callback.
type Invitation struct {
	ID     string // the engagement's; "" for a new one
	Visit  string
	Page   string         // "" for all open pages of the visit, which show one
	Type   string         // Chat or Callback
	URL    string         // of the invitation's HTML; "" for InviteURL
	Config map[string]any // for the invitation: subject, message, acceptBtnCaption, cancelBtnCaption, inviteTimeout
	Rule   string         // whose it is; "" for a server's
	// Messages are sent instead of the usual one, by strategies that put their own together.
	Messages []notify.Message
}

// Invite sends an invitation and notes it in the visit. It gives the engagement's id and the number of pages that were
// told; where that is 0 nobody can see it, and nothing is noted. deployment limits the caller as in notify.Service.
// Codes: CodeBadRequest, CodeNoVisit, CodeTooLarge.
func (s *Service) Invite(ctx context.Context, deployment string, i Invitation) (id string, pages int, err error) {
	if i.Type != Chat && i.Type != Callback {
		return "", 0, wire.Problemf(wire.CodeBadRequest, "an invitation is for %s or %s, not %.40q", Chat, Callback, i.Type)
	}
	if err := checkText("the engagement's id", i.ID, maxEngagementRunes); err != nil {
		return "", 0, err
	}
	if i.ID == "" {
		i.ID = s.IDs.New()
	}
	seen, err := s.lastSeen(ctx, deployment, i.Visit)
	if err != nil {
		return "", 0, err
	}
	messages := i.Messages
	if len(messages) == 0 {
		messages = []notify.Message{i.message()}
	}
	k := visitKey{seen.Deployment, i.Visit}
	s.open.add(k, i.ID, openInvitation{kind: i.Type, endsMs: s.Clock.NowMs() + lastsMs(i.Config)}) // its place is taken first
	pages, err = s.Notify.Notify(ctx, seen.Deployment, i.Visit, messages)
	if err != nil || pages == 0 {
		s.open.remove(k, i.ID)
		return i.ID, 0, err
	}
	data := map[string]any{"engagementID": i.ID, "type": i.Type, "pages": int64(pages)}
	if i.Rule != "" {
		data["rule"] = i.Rule
	}
	if end, ok := i.Config["inviteTimeout"]; ok {
		data["inviteTimeout"] = end
	}
	s.Watch.Invited(i.Type)
	_, err = s.note(ctx, seen, i.Page, visit.InvitationSent, eventID("sent", seen.Deployment, i.Visit, i.ID), data)
	return i.ID, pages, err
}

// message is what the page's notification agent understands: show this HTML, with these values.
func (i Invitation) message() notify.Message {
	config := maps.Clone(i.Config)
	if config == nil {
		config = map[string]any{}
	}
	config["type"], config["engagementID"] = i.Type, i.ID
	url := i.URL
	if url == "" {
		url = InviteURL
	}
	return notify.Message{Page: i.Page, Channel: "gpe.appendContent",
		Data: map[string]any{"url": url, "method": "GET", "container": "body", "config": config}}
}

// Result is what a visitor did with an invitation.
type Result struct {
	Visit      string
	Page       string
	Engagement string // "" where a copy of the invitation does not know it
	Code       string // Accepted, Rejected, TimedOut, or another word
}

// Dispose notes the result in the visit; of one engagement the first result counts. Codes: CodeBadRequest, CodeNoVisit.
func (s *Service) Dispose(ctx context.Context, deployment string, r Result) error {
	if r.Code == "" {
		return wire.Problemf(wire.CodeBadRequest, "code is missing")
	}
	if err := checkText("code", r.Code, maxCodeRunes); err != nil {
		return err
	}
	if err := checkText("engagementID", r.Engagement, maxEngagementRunes); err != nil {
		return err
	}
	if err := checkText("pageID", r.Page, notify.MaxPageRunes); err != nil {
		return err
	}
	seen, err := s.lastSeen(ctx, deployment, r.Visit)
	if err != nil {
		return err
	}
	key := r.Engagement
	if key == "" {
		key = s.IDs.New()
	}
	k := visitKey{seen.Deployment, r.Visit}
	if r.Code == Accepted {
		s.open.accepted(k, s.Clock.NowMs())
	} else {
		s.open.remove(k, r.Engagement)
	}
	s.Watch.Answered(r.Code)
	data := map[string]any{"engagementID": r.Engagement, "code": r.Code}
	_, err = s.note(ctx, seen, r.Page, visit.InvitationResult, eventID("result", seen.Deployment, r.Visit, key), data)
	return err
}

// CodeOf reads a result as pages and servers write it: accept, ACCEPT_CHAT, Rejected, … What is no text stays what it is,
// for Dispose to refuse.
func CodeOf(text string) string {
	if !utf8.ValidString(text) {
		return text
	}
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "_")
	switch word {
	case "accept", "accepted":
		return Accepted
	case "reject", "rejected", "cancel", "close":
		return Rejected
	case "timeout", "timedout":
		return TimedOut
	}
	return strings.ToLower(strings.TrimSpace(text))
}

// lastSeen gives an event of the visit, for its deployment and device.
func (s *Service) lastSeen(ctx context.Context, deployment, id string) (visit.Event, error) {
	if id == "" {
		return visit.Event{}, wire.Problemf(wire.CodeBadRequest, "visitID is missing")
	}
	l, err := s.Archive.Events(ctx, visit.Query{Deployment: deployment, Visits: []string{id}, Limit: 1})
	if err != nil {
		return visit.Event{}, err
	}
	if len(l.Items) == 0 {
		return visit.Event{}, wire.Problemf(wire.CodeNoVisit, "there is no visit %.64q", id)
	}
	return l.Items[0], nil
}

// note keeps an event of the relay's own in the visit of another one.
func (s *Service) note(ctx context.Context, seen visit.Event, page, name, id string, data map[string]any) (visit.Event, error) {
	e := visit.Event{ID: id, Deployment: seen.Deployment, Type: visit.Engagement, Name: name, Page: page, Visit: seen.Visit,
		Device: seen.Device, Ms: s.Clock.NowMs(), ServerMs: s.Clock.NowMs(), Data: data}
	return e, s.Visits.Note(ctx, e)
}

// eventID makes an event's id of what may happen only once.
func eventID(what ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(what, "\x00")))
	return strings.ToUpper(hex.EncodeToString(sum[:16]))
}

func checkText(what, text string, runes int) error {
	if utf8.RuneCountInString(text) > runes {
		return wire.Problemf(wire.CodeBadRequest, "%s may have %d characters", what, runes)
	}
	return attached.Text(what, text)
}
