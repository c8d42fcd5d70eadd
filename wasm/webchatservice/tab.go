package webchatservice

import (
	"maps"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// pageOfMessages is how many messages a page gets at once where its configuration says nothing else.
const pageOfMessages = 100

// tab is one page, and how far it was told of the chat.
type tab struct {
	s    *Service
	page Page
	own  map[string]any // given with the command configure, over the page's configuration

	processors []float64      // the page's functions, by their references
	userData   map[string]any // given before a chat
	looks      map[string]*look
	looked     *chat.Conversation // whose lines they are
	wants      []want

	missed     string             // the session that had begun before the page was there
	conv       *chat.Conversation // the chat that it was told of, the last one where that is over
	upTo       int64              // the last entry that it was told
	first      int64              // the first one, 0 before
	restoring  bool               // what it is told happened before it was there
	over       bool               // it was told that the chat has ended
	left       bool               // it was told that the visitor has left
	endMs      int64
	typing     []wire.Participant
	typingSelf bool

	down      bool // it was told that the connection is gone
	offline   bool // it was told that a chat is taken up without a connection
	failures  int  // of the connection, in a row
	paused    bool // it has stopped polling
	wasPaused bool // as it was before the poll under way
	polling   bool // a poll of its is under way
	asked     bool // it was asked for the session data that it keeps
	handed    string
}

func newTab(s *Service, p Page) *tab { return &tab{s: s, page: p, missed: s.began} }

// leave ends what waits for the page.
func (t *tab) leave() {
	if t.asked {
		t.s.changed()
	}
}

func (t *tab) publish(name string, data any) { t.page.Publish("WebChatService."+name, data, false) }

// config is what the page has configured of the chat.
func (t *tab) config() map[string]any {
	config := t.page.Config("webchat")
	if t.own == nil {
		return config
	}
	return merged(config, t.own)
}

func (t *tab) transport() map[string]any { return object(t.config()["transport"]) }

func (t *tab) table() shape.Table { return shape.For(t.config()) }

// async is the configuration of asynchronous chats, nil where they are not on. It may stand in two places.
func (t *tab) async() map[string]any {
	for _, in := range []map[string]any{t.config(), t.transport()} {
		if a := object(in["async"]); a["enabled"] == true {
			return a
		}
	}
	return nil
}

// perPage is how many messages the page gets at once, 0 for all.
func (t *tab) perPage() int {
	transport := t.transport()
	if transport["pagination"] == false {
		return 0
	}
	if n, ok := transport["maxMessagePageSize"].(float64); ok && n >= 1 {
		return int(n)
	}
	return pageOfMessages
}

// chat is what the page's shapes need to know of a session.
func (t *tab) chat(conv *chat.Conversation) shape.Chat {
	c := shape.Chat{Handle: t.s.o.Client.Handle(), Deployment: t.s.o.Site.Deployment()}
	if conv == nil {
		return c
	}
	c.Session, c.Participant, c.Over = conv.ID(), conv.Me().ID, conv.Over()
	if entries := conv.Entries(); len(entries) > 0 {
		last := entries[len(entries)-1]
		c.Last = wire.Cursor{Ms: last.Ms, Seq: last.Seq}
	}
	return c
}

// sessionData is what getSessionData gives of a chat: in the page's shape, with the way by which the chat has come here.
func (t *tab) sessionData(conv *chat.Conversation) map[string]any {
	data := t.table().SessionData(t.chat(conv))
	if rung := t.s.o.Client.Rung(); rung != "" {
		data["metadata"] = shape.Object("rung", string(rung))
	}
	return data
}

// startData is what goes with a chat that begins on the page.
func (t *tab) startData(data map[string]any) map[string]any {
	return merged(merged(object(t.config()["userData"]), t.userData), data)
}

// object is v where that is one, nil where it is not.
func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// merged is a new object with the fields of both, of which the second wins.
func merged(a, b map[string]any) map[string]any {
	all := make(map[string]any, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}
