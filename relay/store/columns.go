package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"foyer/relay/chat"
	"foyer/relay/visit"
)

// column is one column of a table: a text, or a whole number.
type column struct {
	name   string
	number bool
}

// columns of a table, in the order in which rows are written and read.
type columns []column

func parseColumns(list string) columns {
	var all columns
	for _, name := range strings.Fields(list) {
		plain := strings.TrimSuffix(name, "#")
		all = append(all, column{name: plain, number: plain != name})
	}
	return all
}

// The tables that are written in bulk. A # marks a number. They must agree with the …Values and scan… functions below.
func sessionColumns() columns {
	return parseColumns(`id deployment queue state visitor_id first_name last_name email subject nickname visit device page
		origin language user_data start_id agent offer offer_ends_ms# queued_ms# started_ms# ended_ms# seq# last_ms#
		participants identity`)
}

func entryColumns() columns {
	return parseColumns(`session seq# ms# id kind from_id from_kind from_nick body data client_id`)
}

func eventColumns() columns {
	return parseColumns(`id deployment kind name page visit device ms# server_ms# place# url category language data
		identity`)
}

// names gives the columns as a list for SQL, each with the prefix.
func (c columns) names(prefix string) string {
	names := make([]string, len(c))
	for i, column := range c {
		names[i] = prefix + column.name
	}
	return strings.Join(names, ", ")
}

// keptParticipant is a participant in the JSON of a session's row.
type keptParticipant struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Nickname string `json:"nick,omitempty"`
	JoinedMs int64  `json:"joined"`
	LeftMs   int64  `json:"left,omitempty"`
}

func sessionValues(s chat.Session) ([]any, error) {
	data, err := encodeData(s.UserData)
	if err != nil {
		return nil, err
	}
	kept := make([]keptParticipant, len(s.Participants))
	for i, p := range s.Participants {
		kept[i] = keptParticipant(p)
	}
	participants, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("encode participants: %w", err)
	}
	return []any{
		s.ID, s.Deployment, s.Queue, string(s.State), s.VisitorID, s.FirstName, s.LastName, s.Email, s.Subject, s.Nickname,
		s.Visit, s.Device, s.Page, s.Origin, s.Language, data, s.StartID, s.Agent, s.Offer, s.OfferEndsMs, s.QueuedMs,
		s.StartedMs, s.EndedMs, s.Seq, s.LastMs, string(participants), s.Identity,
	}, nil
}

// scanner is a row of whichever driver.
type scanner interface{ Scan(to ...any) error }

func scanSession(row scanner) (chat.Session, error) {
	var (
		s                  chat.Session
		data, participants string
		kept               []keptParticipant
	)
	err := row.Scan(
		&s.ID, &s.Deployment, &s.Queue, (*string)(&s.State), &s.VisitorID, &s.FirstName, &s.LastName, &s.Email, &s.Subject,
		&s.Nickname, &s.Visit, &s.Device, &s.Page, &s.Origin, &s.Language, &data, &s.StartID, &s.Agent, &s.Offer,
		&s.OfferEndsMs, &s.QueuedMs, &s.StartedMs, &s.EndedMs, &s.Seq, &s.LastMs, &participants,
		&s.Identity,
	)
	if err != nil {
		return s, err
	}
	if s.UserData, err = decodeData(data); err != nil {
		return s, fmt.Errorf("session %s: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(participants), &kept); err != nil {
		return s, fmt.Errorf("session %s: read participants: %w", s.ID, err)
	}
	for _, p := range kept {
		s.Participants = append(s.Participants, chat.Participant(p))
	}
	return s, nil
}

func entryValues(l logged) ([]any, error) {
	e := l.entry
	data, err := encodeData(e.Data)
	if err != nil {
		return nil, err
	}
	return []any{
		l.session, e.Seq, e.Ms, e.ID, e.Kind, e.From.ID, e.From.Kind, e.From.Nickname, e.Text, data, e.ClientID,
	}, nil
}

func scanEntry(row scanner) (logged, error) {
	var (
		l    logged
		data string
	)
	e := &l.entry
	err := row.Scan(&l.session, &e.Seq, &e.Ms, &e.ID, &e.Kind, &e.From.ID, &e.From.Kind, &e.From.Nickname, &e.Text, &data,
		&e.ClientID)
	if err != nil {
		return l, err
	}
	if e.Data, err = decodeData(data); err != nil {
		return l, fmt.Errorf("entry %d of session %s: %w", e.Seq, l.session, err)
	}
	return l, nil
}

// identifiedStand is a fileStand with the file's id.
type identifiedStand struct {
	id string
	fileStand
}

func scanFileStand(row scanner) (identifiedStand, error) {
	var f identifiedStand
	err := row.Scan(&f.id, &f.session, (*string)(&f.state))
	return f, err
}

// eventValues gives an event's row; place is its place among those that came together.
func eventValues(e visit.Event, place int) ([]any, error) {
	data, err := encodeData(e.Data)
	if err != nil {
		return nil, err
	}
	return []any{
		e.ID, e.Deployment, e.Type, e.Name, e.Page, e.Visit, e.Device, e.Ms, e.ServerMs, int64(place), e.URL, e.Category,
		e.Language, data, e.Identity(),
	}, nil
}

func scanEvent(row scanner) (visit.Event, error) {
	var (
		e        visit.Event
		place    int64
		data     string
		identity string
	)
	err := row.Scan(&e.ID, &e.Deployment, &e.Type, &e.Name, &e.Page, &e.Visit, &e.Device, &e.Ms, &e.ServerMs, &place, &e.URL,
		&e.Category, &e.Language, &data, &identity)
	if err != nil {
		return e, err
	}
	if e.Data, err = decodeData(data); err != nil {
		return e, fmt.Errorf("event %s: %w", e.ID, err)
	}
	return e, nil
}
