package engage

import (
	"slices"
	"strings"

	"foyer/relay/chat/attached"
	"foyer/relay/visit"
)

const (
	journeyEvents   = 1000    // events of a visit that rules see; later ones of a longer visit change nothing
	journeyDataSize = 4 << 10 // of one event's data; larger data is not seen
)

// Journey is a visit as far as rules see it. It is not safe for use by several goroutines.
type Journey struct {
	Deployment string
	Visit      string
	Device     string
	events     []visit.Event
	known      map[string]bool // ids
	state      string
	identity   string
}

// NewJourney begins one.
func NewJourney(deployment, id string) *Journey {
	return &Journey{Deployment: deployment, Visit: id, known: map[string]bool{}, state: visit.Anonymous}
}

// Full tells whether rules look no further at this visit.
func (j *Journey) Full() bool { return len(j.events) >= journeyEvents }

// Add lets an event happen, unless it has, or the journey is full; what the relay notes itself is always added.
func (j *Journey) Add(e visit.Event) {
	if j.known[e.ID] || j.Full() && e.Type != visit.Engagement {
		return
	}
	if attached.Size(e.Data) > journeyDataSize {
		e.Data = nil
	}
	j.known[e.ID] = true
	j.events = append(j.events, e)
	j.Device = e.Device
	j.state = visit.StateAfter(j.state, e)
	if id := e.Identity(); id != "" {
		j.identity = id
	}
}

// is tells whether an event is what a pattern names: by its name, or category:NAME.
func is(e visit.Event, name string) bool {
	category, ok := strings.CutPrefix(name, "category:")
	if !ok {
		return e.Name == name
	}
	return e.Category != "" && slices.Contains(strings.Split(e.Category, ";"), category)
}

// times counts events of a name, or category:NAME.
func (j *Journey) times(name string) int {
	n := 0
	for _, e := range j.events {
		if is(e, name) {
			n++
		}
	}
	return n
}

// fired counts how often a rule did something in this visit, or would have but for the hold-out.
func (j *Journey) fired(rule string) int {
	n := 0
	for _, e := range j.events {
		if e.Name == visit.RuleFired && e.Type == visit.Engagement && e.Data["rule"] == rule {
			n++
		}
	}
	return n
}

// invitations lists those of this visit, with what became of them.
func (j *Journey) invitations(nowMs int64) []invited {
	var all []invited
	for _, e := range j.events {
		id, _ := e.Data["engagementID"].(string)
		switch {
		case e.Type != visit.Engagement:
		case e.Name == visit.InvitationSent:
			kind, _ := e.Data["type"].(string)
			rule, _ := e.Data["rule"].(string)
			all = append(all, invited{Rule: rule, Type: kind, SecondsAgo: seconds(nowMs - e.ServerMs), id: id})
		case e.Name == visit.InvitationResult:
			for i := range all {
				if all[i].id == id {
					all[i].Result, _ = e.Data["code"].(string)
				}
			}
		}
	}
	return all
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }
