// Package shape holds what pages see of a chat: the messages, answers, session data and refusals in the clothes of the
// transport that a page is configured for (transport.type), one Table for each.
//
// The wire is always Foyer's own; a table only translates, and never decides. Its caller is wasm/webchatservice. Plain Go: maps, slices, strings and numbers that cross to
// the page as they are.
package shape

import (
	"time"

	"foyer/relay/wire"
)

// Chat is what a table needs to know of a session to show it.
type Chat struct {
	Session     string
	Participant string // the visitor's participant id
	Handle      string // the resume handle that pages may hold
	Deployment  string
	Over        bool
	Last        wire.Cursor
}

// Table is one transport's shapes and what it refuses. Errors are the texts that seed 003 gives.
type Table struct {
	Name          string // the value of transport.type, "foyer" where a page names none
	Polls         bool   // poll, startPoll, stopPoll and resetPollExceptions act
	CustomNotices bool
	LiveUserData  bool // updateUserData during an active chat
	Files         bool

	// Original shows entries as the transport's server would have sent them.
	Original func(c Chat, e wire.Entry) map[string]any
	// Session, Answer and History are the "AJAX Response Object" of a command that went well: of startChat, with the
	// entries so far; of one that writes, with what it wrote, if that is in the log; of fetchHistory, with what it got.
	Session, Answer, History func(c Chat, entries []wire.Entry) map[string]any
	// Failure is the "AJAX Response Object" of one that did not.
	Failure func(p *wire.Problem) map[string]any
	// SessionData is what getSessionData resolves with.
	SessionData func(c Chat) map[string]any
}

// Names of transports in pages' configurations.
const (
	Foyer     = "foyer"
	PureCloud = "purecloud-v2-sockets"
	Nexus     = "pureengage-v3-rest"
	GMS       = "" // none named: the classic configuration with dataURL and apikey
)

// For finds the table of a page's configuration. A page that has no webchat connection settings at all, or a transport
// object without a type, gets Foyer's own; one with the classic dataURL or apikey beside no transport gets GMS.
func For(webchat map[string]any) Table {
	transport, _ := webchat["transport"].(map[string]any)
	kind, _ := transport["type"].(string)
	switch {
	case kind == PureCloud:
		return pureCloud
	case kind == Nexus:
		return nexus
	case transport != nil:
		return own
	}
	for _, classic := range []string{"dataURL", "apikey", "cometD"} {
		if v, there := webchat[classic]; there && v != nil && v != "" {
			return gms
		}
	}
	return own
}

// iso is a time as the JSON interfaces write it.
func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// role names a kind of participant as pages know it.
func role(kind string) string {
	switch kind {
	case "visitor":
		return "Client"
	case "agent":
		return "Agent"
	case "supervisor":
		return "Supervisor"
	case "bot":
		return "Bot"
	}
	return "System"
}

func put(m map[string]any, key, value string) {
	if value != "" {
		m[key] = value
	}
}
