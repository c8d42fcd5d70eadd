package native

import (
	"foyer/relay/chat"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

func participantFrame(p chat.Participant) wire.Participant {
	return wire.Participant{ID: p.ID, Kind: p.Kind, Nickname: p.Nickname}
}

func entryFrames(entries []chat.Entry) []wire.Entry {
	all := make([]wire.Entry, len(entries))
	for i, e := range entries {
		all[i] = wire.Entry{Seq: e.Seq, Ms: e.Ms, ID: e.ID, Kind: e.Kind, From: participantFrame(e.From),
			Text: e.Text, Data: e.Data, ClientID: e.ClientID}
	}
	return all
}

func snapshotOf(row chat.Session, me chat.Participant, entries []chat.Entry, more bool) wire.Snapshot {
	s := wire.Snapshot{Session: row.ID, State: string(row.State), Me: participantFrame(me), Entries: entryFrames(entries),
		More: more, StartedMs: row.StartedMs, EndedMs: row.EndedMs}
	for _, p := range row.Participants {
		if p.LeftMs == 0 {
			s.Participants = append(s.Participants, participantFrame(p))
		}
	}
	return s
}

func visitorOf(row chat.Session) wire.Visitor {
	return wire.Visitor{FirstName: row.FirstName, LastName: row.LastName, Email: row.Email, Subject: row.Subject,
		Nickname: row.Nickname, Visit: row.Visit, Device: row.Device, Page: row.Page, Origin: row.Origin, Language: row.Language,
		Verified: row.Identity}
}

// participantOf finds one who is or was in the session.
func participantOf(row chat.Session, id string) (chat.Participant, bool) {
	for _, p := range row.Participants {
		if p.ID == id {
			return p, true
		}
	}
	return chat.Participant{}, false
}

func (c *conn) offer(row chat.Session) wire.Offer {
	return wire.Offer{Offer: row.Offer, Session: row.ID, ExpiresMs: max(row.OfferEndsMs-c.g.Clock.NowMs(), 0),
		Queue: row.Queue, Visitor: visitorOf(row)}
}

func pageFrames(pages []visit.Page) []wire.VisitPage {
	all := make([]wire.VisitPage, len(pages))
	for i, p := range pages {
		all[i] = wire.VisitPage{Page: p.ID, URL: p.URL, Title: p.Title, EnteredMs: p.EnteredMs, LeftMs: p.LeftMs}
	}
	return all
}
