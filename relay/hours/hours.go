// Package hours knows when a company can be called: the opening hours of a deployment.
//
// relay/deployment makes them of relay.yaml, relay/callback asks them, and relay/web tells pages of them. They are the
// clock on the company's wall: a day on which the clocks change is open at the same hours as any other.
package hours

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // names of time zones, also on a machine that has none

	"foyer/relay/config"
)

// Hours are a week's opening hours. Nil is always open.
type Hours struct {
	zone *time.Location
	open []Span // by day and beginning
}

// Span is open from one minute of a day until another one, which is closed.
type Span struct {
	Day  time.Weekday `json:"day"`  // 0 is Sunday
	From int          `json:"from"` // minutes after midnight: 0 to 1440
	To   int          `json:"to"`
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// New reads the hours of a deployment; nil where it names none. An error says which entry is wrong.
func New(c config.Hours) (*Hours, error) {
	if len(c.Open) == 0 {
		if c.TimeZone != "" {
			return nil, errors.New("hours: a time_zone without open says nothing")
		}
		return nil, nil
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		return nil, fmt.Errorf("hours: %q is no time zone such as Europe/Berlin", c.TimeZone)
	}
	h := &Hours{zone: zone}
	for _, o := range c.Open {
		spans, err := spansOf(o)
		if err != nil {
			return nil, fmt.Errorf("hours: %w", err)
		}
		h.open = append(h.open, spans...)
	}
	slices.SortFunc(h.open, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From)) })
	return h, nil
}

func spansOf(o config.Opening) (spans []Span, err error) {
	from, err := minutes(o.From)
	if err != nil {
		return nil, err
	}
	to, err := minutes(o.To)
	switch {
	case err != nil:
		return nil, err
	case from >= to:
		return nil, fmt.Errorf("from %s to %s is no time", o.From, o.To)
	case len(o.Days) == 0:
		return nil, fmt.Errorf("from %s to %s is on no day", o.From, o.To)
	}
	for _, name := range o.Days {
		day := slices.Index(weekdays, strings.ToLower(name))
		if day < 0 {
			return nil, fmt.Errorf("%q is none of mon, tue, wed, thu, fri, sat, sun", name)
		}
		spans = append(spans, Span{time.Weekday(day), from, to})
	}
	return spans, nil
}

// minutes reads a time of day, from 00:00 to 24:00.
func minutes(clock string) (int, error) {
	if clock == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", clock)
	if err != nil || len(clock) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of day such as 09:30", clock)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// Open tells whether it is open at a time (Unix ms).
func (h *Hours) Open(ms int64) bool {
	if h == nil {
		return true
	}
	t := time.UnixMilli(ms).In(h.zone)
	minute := t.Hour()*60 + t.Minute()
	return slices.ContainsFunc(h.open, func(s Span) bool { return s.Day == t.Weekday() && s.From <= minute && minute < s.To })
}

// Next is the first time from ms on at which it is open (Unix ms): ms itself where it is.
func (h *Hours) Next(ms int64) int64 {
	if h.Open(ms) {
		return ms
	}
	t := time.UnixMilli(ms).In(h.zone)
	next := int64(0)
	for day := range 15 { // a week, and one more where the clocks skip the only opening of the first
		for _, s := range h.open {
			// An opening whose beginning the clocks skip begins an hour later, and may be over by then.
			at := time.Date(t.Year(), t.Month(), t.Day()+day, 0, s.From, 0, 0, h.zone)
			if begins := at.UnixMilli(); at.Weekday() == s.Day && begins > ms && h.Open(begins) && (next == 0 || begins < next) {
				next = begins
			}
		}
	}
	return cmp.Or(next, ms)
}

// Week lists when it is open, by day and beginning, in the time zone of the name; none where it always is.
func (h *Hours) Week() (zone string, open []Span) {
	if h == nil {
		return "", nil
	}
	return h.zone.String(), h.open
}
