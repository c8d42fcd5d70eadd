package page

import (
	"strconv"

	"foyer/relay/wire"
)

// maxLevels is how deep lists and objects in the data of an event may be nested, the data included. The relay ends the
// connection of a client that sends it more, and with it the chat.
const maxLevels = 4

// ParseEvent reads a monitoring event in the JSON form of the tracker's interface (eventID, eventName, timestamp …).
// It is false for what is no event: the relay needs an id and a name. Data that is nested too deep is left out; pages have
// made it shallow.
func ParseEvent(v any) (wire.Event, bool) {
	m, _ := v.(map[string]any)
	data, _ := shallow(object(m, "data"), maxLevels).(map[string]any)
	e := wire.Event{
		ID:       text(m, "eventID"),
		Type:     text(m, "eventType"),
		Name:     text(m, "eventName"),
		Page:     text(m, "pageID"),
		Visit:    text(m, "visitID"),
		Device:   text(m, "globalVisitID"),
		Ms:       millis(m["timestamp"]),
		URL:      text(m, "url"),
		Category: text(m, "category"),
		Language: text(m, "languageCode"),
		Data:     data,
	}
	return e, e.ID != "" && e.Name != ""
}

// millis reads a time that may be a number or its digits; 0 where it is neither, or no time that a clock shows.
func millis(v any) int64 {
	switch v := v.(type) {
	case float64:
		if v > 0 && v < 1<<53 {
			return int64(v)
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// shallow gives a value without what is nested deeper than levels.
func shallow(v any, levels int) any {
	switch v := v.(type) {
	case []any:
		if levels == 0 {
			return nil
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = shallow(e, levels-1)
		}
		return list
	case map[string]any:
		if levels == 0 || v == nil {
			return nil
		}
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = shallow(e, levels-1)
		}
		return m
	}
	return v
}
