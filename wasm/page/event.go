package page

import (
	"strconv"

	"foyer/relay/wire"
)

// ParseEvent reads a monitoring event in the JSON form of the tracker's interface (eventID, eventName, timestamp …).
// It is false for what is no event: the relay needs an id and a name.
func ParseEvent(v any) (wire.Event, bool) {
	m, _ := v.(map[string]any)
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
		Data:     object(m, "data"),
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
