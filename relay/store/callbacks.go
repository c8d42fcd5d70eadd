package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"foyer/relay/callback"
)

type callbackStore struct{ engine engine }

// Columns of callbacks in the order of callbackValues and scanCallback.
const (
	callbackTexts = "id, deployment, queue, state, name, phone, digits, email, subject, visit, device, page, origin, language, " +
		"identity, user_data, client_id, agent, offer, disposition, note"
	callbackNumbers = "created_ms, desired_ms, due_ms, offer_ends_ms, attempts, ended_ms"
	callbackColumns = callbackTexts + ", " + callbackNumbers
)

// waitsToo counts what the visitor of a new callback v waits for already.
const waitsToo = `select count(*) from callbacks c where c.deployment = v.deployment
	and c.state in ('Scheduled', 'Offered', 'Active')
	and (c.digits = v.digits or c.visit = v.visit and v.visit <> '' or c.device = v.device and v.device <> '')`

// typedColumns is "cast(? as text) as id, …": PostgreSQL has to be told what a parameter in a select is.
func typedColumns() string {
	var b strings.Builder
	for _, group := range []struct{ names, kind string }{{callbackTexts, "text"}, {callbackNumbers, "bigint"}} {
		for _, name := range strings.Split(group.names, ", ") {
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			b.WriteString("cast(? as " + group.kind + ") as " + name)
		}
	}
	return b.String()
}

// Add implements callback.Store.
func (s *callbackStore) Add(ctx context.Context, c callback.Callback, atMost int) (callback.Callback, error) {
	values, err := callbackValues(c)
	if err != nil {
		return callback.Callback{}, err
	}
	// Alone in the deployment: two at once would both see room for one.
	err = s.engine.execAlone(ctx, "callbacks of "+c.Deployment, `insert into callbacks (`+callbackColumns+`)
		select * from (select `+typedColumns()+`) v where (`+waitsToo+`) < cast(? as bigint)
		on conflict (deployment, client_id) do nothing`, append(values, int64(atMost))...)
	if err != nil {
		return callback.Callback{}, during(err, "keep a callback")
	}
	kept, err := s.OfClient(ctx, c.Deployment, c.ClientID)
	if errors.Is(err, callback.ErrNone) {
		return kept, callback.ErrTooMany
	}
	return kept, err
}

// Callback implements callback.Store.
func (s *callbackStore) Callback(ctx context.Context, id string) (callback.Callback, error) {
	return s.one(ctx, "id = ?", id)
}

// OfClient implements callback.Store.
func (s *callbackStore) OfClient(ctx context.Context, deployment, clientID string) (callback.Callback, error) {
	return s.one(ctx, "deployment = ? and client_id = ?", deployment, clientID)
}

func (s *callbackStore) one(ctx context.Context, where string, keys ...any) (callback.Callback, error) {
	for _, key := range keys {
		if text, ok := key.(string); ok && !storable(text) {
			return callback.Callback{}, callback.ErrNone
		}
	}
	c, err := scanCallback(s.engine.reads().row(ctx, "select "+callbackColumns+" from callbacks where "+where, keys...))
	if errors.Is(err, sql.ErrNoRows) {
		return c, callback.ErrNone
	}
	return c, during(err, "read a callback")
}

// Waiting implements callback.Store.
func (s *callbackStore) Waiting(ctx context.Context, nowMs int64, limit int) ([]callback.Callback, error) {
	found, err := all(ctx, s.engine.reads(), scanCallback, "select "+callbackColumns+` from callbacks
		where state = 'Offered' or state = 'Scheduled' and due_ms <= ? order by due_ms, id limit ?`, nowMs, int64(limit))
	return found, during(err, "read the callbacks that are due")
}

// Planned implements callback.Store.
func (s *callbackStore) Planned(ctx context.Context, nowMs int64, limit int) ([]callback.Callback, error) {
	found, err := all(ctx, s.engine.reads(), scanCallback, "select "+callbackColumns+` from callbacks
		where state = 'Scheduled' and due_ms > ? order by due_ms, id limit ?`, nowMs, int64(limit))
	return found, during(err, "read the callbacks that are planned")
}

// OfAgent implements callback.Store.
func (s *callbackStore) OfAgent(ctx context.Context, agent string) ([]callback.Callback, error) {
	if agent == "" || !storable(agent) {
		return nil, nil
	}
	found, err := all(ctx, s.engine.reads(), scanCallback, "select "+callbackColumns+` from callbacks
		where agent = ? and state in ('Offered', 'Active') order by created_ms, id`, agent)
	return found, during(err, "read an agent's callbacks")
}

// DeleteOver implements callback.Store.
func (s *callbackStore) DeleteOver(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error) {
	n, err := s.engine.execCounting(ctx, `delete from callbacks where id in (select id from callbacks
		where deployment = ? and state in ('Done', 'Cancelled') and ended_ms < ? limit ?)`, deployment, beforeMs, int64(limit))
	return n, during(err, "delete old callbacks")
}

// Change implements callback.Store.
func (s *callbackStore) Change(ctx context.Context, id string, want callback.If, to callback.Set) (callback.Callback, error) {
	if to.Note != nil && !storable(*to.Note) {
		return callback.Callback{}, callback.ErrUnstorable
	}
	query, values := changeCallback(id, want, to)
	changed, err := s.engine.execCounting(ctx, query, values...)
	switch {
	case err != nil:
		return callback.Callback{}, during(err, "change a callback")
	case changed == 0:
		return callback.Callback{}, callback.ErrChanged
	}
	return s.Callback(ctx, id)
}

// changeCallback writes one update, whose condition decides between those who try at once.
func changeCallback(id string, want callback.If, to callback.Set) (query string, values []any) {
	var sets []string
	set := func(column string, value any) {
		sets, values = append(sets, column+" = ?"), append(values, value)
	}
	if to.State != nil {
		set("state", string(*to.State))
	}
	for _, text := range []struct {
		column string
		value  *string
	}{{"agent", to.Agent}, {"offer", to.Offer}, {"disposition", to.Disposition}, {"note", to.Note}} {
		if text.value != nil {
			set(text.column, *text.value)
		}
	}
	for _, number := range []struct {
		column string
		value  *int64
	}{{"offer_ends_ms", to.OfferEndsMs}, {"due_ms", to.DueMs}, {"ended_ms", to.EndedMs}} {
		if number.value != nil {
			set(number.column, *number.value)
		}
	}
	if to.Attempts != nil {
		set("attempts", int64(*to.Attempts))
	}
	query = "update callbacks set " + strings.Join(sets, ", ") + " where id = ?"
	values = append(values, id)
	for _, c := range []struct{ column, value string }{
		{"state", string(want.State)}, {"agent", want.Agent}, {"offer", want.Offer},
	} {
		if c.value != "" {
			query += " and " + c.column + " = ?"
			values = append(values, c.value)
		}
	}
	return query, values
}

// callbackValues gives a callback's row. Its error is callback.ErrUnstorable.
func callbackValues(c callback.Callback) ([]any, error) {
	digits, err := callback.Digits(c.Phone)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", callback.ErrUnstorable, err)
	}
	if !storableData(c.UserData) {
		return nil, callback.ErrUnstorable
	}
	data, err := encodeData(c.UserData)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", callback.ErrUnstorable, err)
	}
	texts := []string{c.ID, c.Deployment, c.Queue, string(c.State), c.Name, c.Phone, digits, c.Email, c.Subject, c.Visit,
		c.Device, c.Page, c.Origin, c.Language, c.Identity, data, c.ClientID, c.Agent, c.Offer, c.Disposition, c.Note}
	if !storable(texts...) {
		return nil, callback.ErrUnstorable
	}
	values := make([]any, 0, len(texts)+6)
	for _, text := range texts {
		values = append(values, text)
	}
	return append(values, c.CreatedMs, c.DesiredMs, c.DueMs, c.OfferEndsMs, int64(c.Attempts), c.EndedMs), nil
}

func scanCallback(row scanner) (callback.Callback, error) {
	var (
		c            callback.Callback
		digits, data string
	)
	err := row.Scan(&c.ID, &c.Deployment, &c.Queue, (*string)(&c.State), &c.Name, &c.Phone, &digits, &c.Email, &c.Subject,
		&c.Visit, &c.Device, &c.Page, &c.Origin, &c.Language, &c.Identity, &data, &c.ClientID, &c.Agent, &c.Offer,
		&c.Disposition, &c.Note, &c.CreatedMs, &c.DesiredMs, &c.DueMs, &c.OfferEndsMs, &c.Attempts, &c.EndedMs)
	if err != nil {
		return c, err
	}
	if c.UserData, err = decodeData(data); err != nil {
		return c, fmt.Errorf("callback %s: %w", c.ID, err)
	}
	return c, nil
}
