package engage

import "foyer/relay/visit"

// env is what a condition sees. Times are in seconds; events count from the beginning of the visit, the one that is being
// looked at included.
type env struct {
	Event         current                          `expr:"event"`
	Times         func(name string) int            `expr:"times"` // how often an event happened; category:NAME for a category
	Seen          func(name string) bool           `expr:"seen"`  // whether it did
	Data          func(name string) map[string]any `expr:"data"`  // of the last event of that name; empty where there is none
	State         string                           `expr:"state"` // Anonymous, Recognized, Authenticated
	Identity      string                           `expr:"identity"`
	Language      string                           `expr:"language"` // of the event
	Pages         int                              `expr:"pages"`    // entered in this visit
	Seconds       float64                          `expr:"seconds"`  // since the visit's first event
	SecondsOnPage float64                          `expr:"secondsOnPage"`
	AgentsReady   int                              `expr:"agentsReady"` // with room for another conversation
	Places        int                              `expr:"places"`      // conversations that could begin at once
	Invitations   []invited                        `expr:"invitations"` // of this visit, oldest first
	Step          func() (bool, error)             `expr:"__step"`      // is put into conditions by countSteps
}

// current is the event that is being looked at.
type current struct {
	Name     string         `expr:"name"`
	Type     string         `expr:"type"`
	Category string         `expr:"category"`
	URL      string         `expr:"url"`
	Page     string         `expr:"page"`
	Data     map[string]any `expr:"data"`
}

// invited is an earlier invitation.
type invited struct {
	Rule       string  `expr:"rule"`
	Type       string  `expr:"type"`
	Result     string  `expr:"result"` // "" while there is none
	SecondsAgo float64 `expr:"secondsAgo"`
	id         string
}

// envOf is what a condition sees when an event has been added to the journey, or some time later.
func envOf(j *Journey, e visit.Event, c Capacity, nowMs int64) *env {
	out := &env{
		Event: current{Name: e.Name, Type: e.Type, Category: e.Category, URL: e.URL, Page: e.Page, Data: notNil(e.Data)},
		Times: j.times,
		Seen:  func(name string) bool { return j.times(name) > 0 },
		Data:  j.lastData,
		State: j.state, Identity: j.identity, Language: e.Language,
		AgentsReady: c.Agents, Places: c.Places, Invitations: j.invitations(nowMs),
	}
	entered := e.ServerMs
	pages := map[string]bool{}
	for _, past := range j.events {
		if past.Name != visit.PageEntered {
			continue
		}
		pages[past.Page] = true
		if past.Page == e.Page {
			entered = past.ServerMs
		}
	}
	out.Pages, out.SecondsOnPage = len(pages), seconds(nowMs-entered)
	if len(j.events) > 0 {
		out.Seconds = seconds(nowMs - j.events[0].ServerMs)
	}
	return out
}

func (j *Journey) lastData(name string) map[string]any {
	for i := len(j.events) - 1; i >= 0; i-- {
		if is(j.events[i], name) {
			return notNil(j.events[i].Data)
		}
	}
	return map[string]any{}
}

func notNil(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
