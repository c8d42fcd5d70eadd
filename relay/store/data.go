package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"foyer/relay/chat"
	"foyer/relay/visit"
)

// storable tells whether both databases can keep the text.
func storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// storableData looks at every text in free data, keys included.
func storableData(v any) bool {
	switch v := v.(type) {
	case string:
		return storable(v)
	case []any:
		for _, element := range v {
			if !storableData(element) {
				return false
			}
		}
	case map[string]any:
		for key, value := range v {
			if !storable(key) || !storableData(value) {
				return false
			}
		}
	}
	return true
}

// encodeData writes free data as a JSON object; nil is "".
func encodeData(data map[string]any) (string, error) {
	if data == nil {
		return "", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(data); err != nil {
		return "", fmt.Errorf("%w: %w", chat.ErrUnstorable, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// decodeData reads what encodeData wrote. Whole numbers come back as int64 (uint64 where they are too large for it), all
// others as float64.
func decodeData(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var data map[string]any
	if err := d.Decode(&data); err != nil {
		return nil, fmt.Errorf("read kept data: %w", err)
	}
	for k, v := range data {
		data[k] = withNumbers(v)
	}
	return data, nil
}

func withNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v.String())
	case []any:
		for i := range v {
			v[i] = withNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = withNumbers(v[k])
		}
	}
	return v
}

func number(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(s, 64) // of a number that JSON allows, only its size can be wrong, and then it is ±Inf
	return f
}

// normalData gives data as it will be read back, so that the first answer and a later one are the same, and no caller
// can change it any more. Its error is chat.ErrUnstorable.
func normalData(data map[string]any) (map[string]any, error) {
	if data == nil {
		return nil, nil
	}
	if !storableData(data) {
		return nil, chat.ErrUnstorable
	}
	text, err := encodeData(data)
	if err != nil {
		return nil, err
	}
	normal, err := decodeData(text)
	if err != nil {
		return nil, err
	}
	if !storableData(normal) { // texts in types that only the encoder knows
		return nil, chat.ErrUnstorable
	}
	return normal, nil
}

// normalChange checks every text of a change and gives it as it will be kept. Its error is chat.ErrUnstorable.
func normalChange(c chat.Change) (chat.Change, error) {
	ok := storable(c.Session) && storable(c.Leave...) && storableParticipants(c.Join) && storableSet(c.Set)
	for _, m := range c.Files {
		ok = ok && storable(m.ID, string(m.From), string(m.To))
	}
	if !ok {
		return c, chat.ErrUnstorable
	}
	var err error
	if c.Set.MergeData, err = normalData(c.Set.MergeData); err != nil {
		return c, err
	}
	if c.Create, err = normalSession(c.Create); err != nil {
		return c, err
	}
	c.Entries, err = normalEntries(c.Entries)
	return c, err
}

func storableSet(s chat.Set) bool {
	return (s.State == nil || storable(string(*s.State))) &&
		(s.Agent == nil || storable(*s.Agent)) &&
		(s.Offer == nil || storable(*s.Offer))
}

func storableParticipants(all []chat.Participant) bool {
	for _, p := range all {
		if !storable(p.ID, p.Kind, p.Nickname) {
			return false
		}
	}
	return true
}

func normalSession(s *chat.Session) (*chat.Session, error) {
	if s == nil {
		return nil, nil
	}
	n := *s
	ok := storable(n.ID, n.Deployment, n.Queue, string(n.State), n.VisitorID, n.FirstName, n.LastName, n.Email, n.Subject,
		n.Nickname, n.Visit, n.Device, n.Page, n.Origin, n.Language, n.StartID, n.Agent, n.Offer)
	if !ok || !storableParticipants(n.Participants) {
		return nil, chat.ErrUnstorable
	}
	var err error
	n.UserData, err = normalData(n.UserData)
	return &n, err
}

func normalEntries(entries []chat.Entry) ([]chat.Entry, error) {
	normal := make([]chat.Entry, 0, len(entries))
	for _, e := range entries {
		if !storable(e.ID, e.Kind, e.From.ID, e.From.Kind, e.From.Nickname, e.Text, e.ClientID) {
			return nil, chat.ErrUnstorable
		}
		data, err := normalData(e.Data)
		if err != nil {
			return nil, err
		}
		e.Data = data
		e.From = chat.Participant{ID: e.From.ID, Kind: e.From.Kind, Nickname: e.From.Nickname}
		normal = append(normal, e)
	}
	return normal, nil
}

// normalEvent checks every text of an event and gives it as it will be kept. Its error is chat.ErrUnstorable.
func normalEvent(e visit.Event) (visit.Event, error) {
	if !storable(e.ID, e.Deployment, e.Type, e.Name, e.Page, e.Visit, e.Device, e.URL, e.Category, e.Language) {
		return e, chat.ErrUnstorable
	}
	var err error
	e.Data, err = normalData(e.Data)
	return e, err
}
