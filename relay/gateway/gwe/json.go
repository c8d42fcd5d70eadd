package gwe

import "foyer/relay/visit"

// What the History API shows (spec/gwe-server.md 2.4). Times are Unix milliseconds: timestamp and those of pages, visits
// and sessions by the browser's clock, serverTimestamp by the relay's.

type historyEvent struct {
	EventID         string         `json:"eventID"`
	EventType       string         `json:"eventType"`
	EventName       string         `json:"eventName"`
	Category        string         `json:"category"`
	Timestamp       int64          `json:"timestamp"`
	ServerTimestamp int64          `json:"serverTimestamp"`
	PageID          string         `json:"pageID"`
	BrowserPageID   string         `json:"browserPageID"` // the original re-keyed pages; here both are the browser's
	VisitID         string         `json:"visitID"`
	GlobalVisitID   string         `json:"globalVisitID"`
	URL             string         `json:"url"`
	LanguageCode    string         `json:"languageCode,omitempty"`
	Data            map[string]any `json:"data"`
}

func eventJSON(e visit.Event) historyEvent {
	h := historyEvent{EventID: e.ID, EventType: e.Type, EventName: e.Name, Category: e.Category, Timestamp: e.Ms,
		ServerTimestamp: e.ServerMs, PageID: e.Page, BrowserPageID: e.Page, VisitID: e.Visit, GlobalVisitID: e.Device,
		URL: e.URL, LanguageCode: e.Language, Data: e.Data}
	if h.Data == nil {
		h.Data = map[string]any{}
	}
	return h
}

type historyPage struct {
	PageID        string `json:"pageId"`
	VisitID       string `json:"visitId"`
	GlobalVisitID string `json:"globalVisitId"`
	URL           string `json:"url,omitempty"`
	Title         string `json:"title,omitempty"`
	Entered       int64  `json:"enteredTimestamp,omitempty"`
	Exited        int64  `json:"exitedTimestamp,omitempty"` // missing while it is open
}

func pageJSON(p visit.PageOf) historyPage {
	return historyPage{PageID: p.ID, VisitID: p.Visit, GlobalVisitID: p.Device, URL: p.URL, Title: p.Title,
		Entered: p.EnteredMs, Exited: p.LeftMs}
}

type historyVisit struct {
	VisitID          string `json:"visitId"`
	GlobalVisitID    string `json:"globalVisitId"`
	Start            int64  `json:"startTimestamp"`
	Last             int64  `json:"lastTimestamp"`
	IdentityID       string `json:"identityId,omitempty"`
	Scope            string `json:"visitScope"` // Anonymous, Recognized, Authenticated
	UserAgent        any    `json:"userAgent,omitempty"`
	Timezone         any    `json:"timezone,omitempty"`
	Language         any    `json:"language,omitempty"`
	ScreenResolution any    `json:"screenResolution,omitempty"`
	IPAddress        any    `json:"ipAddress,omitempty"`
}

func visitJSON(v visit.Visit) historyVisit {
	return historyVisit{VisitID: v.ID, GlobalVisitID: v.Device, Start: v.StartMs, Last: v.EndMs, IdentityID: v.Identity,
		Scope: v.State, UserAgent: v.Data["userAgent"], Timezone: v.Data["timezoneOffset"], Language: v.Data["language"],
		ScreenResolution: v.Data["screenResolution"], IPAddress: v.Data["ipAddress"]}
}

type historySession struct {
	SessionID     string `json:"sessionId"`
	VisitID       string `json:"visitId"`
	GlobalVisitID string `json:"globalVisitId"`
	IdentityID    string `json:"identityId"`
	Start         int64  `json:"startTimestamp"`
	Last          int64  `json:"lastTimestamp"`
}

func sessionJSON(s visit.Session) historySession {
	return historySession{SessionID: s.ID, VisitID: s.ID, GlobalVisitID: s.Device, IdentityID: s.Identity, Start: s.StartMs, Last: s.EndMs}
}

// historyIdentity has its lists where one identity is asked for; in a list of identities they are missing.
type historyIdentity struct {
	IdentityID string         `json:"identityId"`
	Name       string         `json:"name,omitempty"`
	Location   any            `json:"location,omitempty"`
	Scope      string         `json:"visitScope"` // Authenticated or Recognized
	Data       map[string]any `json:"data,omitempty"`
	*identityLists
}

type identityLists struct {
	EventIDs []string       `json:"eventIds"`
	Events   []historyEvent `json:"events"`
	PageIDs  []string       `json:"pageIds"`
	Pages    []historyPage  `json:"pages"`
	VisitIDs []string       `json:"visitIds"`
	Visits   []historyVisit `json:"visits"`
}

func identityJSON(i visit.Identity) historyIdentity {
	return historyIdentity{IdentityID: i.ID, Name: i.Name, Location: i.Data["location"], Scope: i.Scope, Data: i.Data}
}

func wholeIdentityJSON(i visit.Identity) historyIdentity {
	h := identityJSON(i)
	h.identityLists = &identityLists{
		EventIDs: each(i.Events, func(e visit.Event) string { return e.ID }), Events: each(i.Events, eventJSON),
		PageIDs: each(i.Pages, func(p visit.PageOf) string { return p.ID }), Pages: each(i.Pages, pageJSON),
		VisitIDs: each(i.Visits, func(v visit.Visit) string { return v.ID }), Visits: each(i.Visits, visitJSON),
	}
	return h
}

// each changes every item of a list; there is always a list, if an empty one.
func each[T, J any](items []T, change func(T) J) []J {
	list := make([]J, len(items))
	for i, item := range items {
		list[i] = change(item)
	}
	return list
}
