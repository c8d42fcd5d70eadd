package engage

import (
	"regexp"
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
	events     []visit.Event   // without what no rule asks of past events
	known      map[string]bool // ids
	counts     map[string]int  // of events, by name and by category:NAME
	state      string
	identity   string
	searches   map[*regexp.Regexp]*search
	bytes      int // that it takes in memory, roughly
}

// search is how far a text has been looked for, so that no event is looked at twice.
type search struct {
	events int
	found  bool
}

// NewJourney begins one.
func NewJourney(deployment, id string) *Journey {
	return &Journey{Deployment: deployment, Visit: id, known: map[string]bool{}, counts: map[string]int{},
		searches: map[*regexp.Regexp]*search{}, state: visit.Anonymous}
}

// Full tells whether rules look no further at this visit.
func (j *Journey) Full() bool { return len(j.events) >= journeyEvents }

// Add lets an event happen, unless it has, or the journey is full; what the relay notes itself is always added.
func (j *Journey) Add(e visit.Event) {
	if j.known[e.ID] || j.Full() && e.Type != visit.Engagement {
		return
	}
	j.Device = e.Device
	j.state = visit.StateAfter(j.state, e)
	if id := e.Identity(); id != "" {
		j.identity = id
	}
	if attached.Size(e.Data) > journeyDataSize {
		e.Data = nil
	}
	e.URL, e.Language = "", ""
	j.known[e.ID] = true
	j.count(e)
	j.events = append(j.events, e)
	j.bytes += eventBytes + 2*len(e.Category) + dataFactor*attached.Size(e.Data)
}

// What an event takes in memory: itself with its ids, and its data in maps, which are larger than what Size counts.
const (
	eventBytes = 800
	dataFactor = 4
)

// categoryPrefix makes the name of an event of what means any event in a category.
const categoryPrefix = "category:"

func (j *Journey) count(e visit.Event) {
	if !strings.HasPrefix(e.Name, categoryPrefix) {
		j.counts[e.Name]++
	}
	categories := strings.Split(e.Category, ";")
	for i, c := range categories {
		if c != "" && !slices.Contains(categories[:i], c) {
			j.counts[categoryPrefix+c]++
		}
	}
}

// is tells whether an event is what a pattern names: by its name, or category:NAME.
func is(e visit.Event, name string) bool {
	category, ok := strings.CutPrefix(name, categoryPrefix)
	if !ok {
		return e.Name == name
	}
	if category == "" {
		return false
	}
	for c := range strings.SplitSeq(e.Category, ";") {
		if c == category {
			return true
		}
	}
	return false
}

// times counts events of a name, or category:NAME.
func (j *Journey) times(name string) int { return j.counts[name] }

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
