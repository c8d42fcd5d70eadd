package webchatservice_test

import (
	"fmt"
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/webchatservice"
)

var (
	visitor = wire.Participant{ID: "v", Kind: "visitor", Nickname: "Ann"}
	agent   = wire.Participant{ID: "a", Kind: "agent", Nickname: "Bea"}
	system  = wire.Participant{ID: "00000000-0000-0000-0000-000000000000", Kind: "system"}
)

// Configurations of pages, as the seeds and spec show them.
var (
	sockets = map[string]any{"transport": map[string]any{"type": "purecloud-v2-sockets"}}
	rest    = map[string]any{"transport": map[string]any{"type": "pureengage-v3-rest"}}
	gms     = map[string]any{"dataURL": "https://gms.example/genesys/2/chat/support", "apikey": "k"}
	foyer   = map[string]any{}
	async   = map[string]any{"transport": map[string]any{"type": "pureengage-v3-rest", "async": map[string]any{"enabled": true}}}
)

type site struct{ stored map[string]string }

func (s *site) Deployment() string       { return "demo" }
func (s *site) Stored(key string) string { return s.stored[key] }
func (s *site) Store(key, value string) {
	s.stored[key] = value
	if value == "" {
		delete(s.stored, key)
	}
}

// tab is a page that notes what it was told, and has functions and regular expressions like a browser.
type tab struct {
	stage     *stage
	config    map[string]any
	restoreMs int64
	events    []event
	functions map[float64]func(args []any) (any, bool)
	matches   func(source, flags, text string) bool
	field     bool // whether an element is a field for text
	saved     []map[string]any
	silent    bool // its functions never answer
}

type event struct {
	name string
	data any
}

func (p *tab) Publish(name string, data any, _ bool) {
	p.events = append(p.events, event{strings.TrimPrefix(name, "WebChatService."), data})
}
func (p *tab) Config(part string) map[string]any {
	if part != "webchat" {
		return nil
	}
	return p.config
}
func (p *tab) Deployment() page.Deployment { return page.Deployment{RestoreMs: p.restoreMs} }
func (p *tab) IDs() page.IDs               { return page.IDs{Page: "P"} }

// Call answers later, like a page.
func (p *tab) Call(service string, args map[string]any, done func(bool, any)) {
	if p.silent {
		return
	}
	p.stage.loop.Post(func() {
		switch service {
		case "fn":
			value, ok := p.functions[args["fn"].(float64)](args["args"].([]any))
			done(ok, value)
		case "test":
			var results []any
			for _, f := range args["filters"].([]any) {
				f := f.(map[string]any)
				results = append(results, p.matches(f["source"].(string), f["flags"].(string), args["text"].(string)))
			}
			done(true, results)
		case "field":
			done(true, p.field)
		case "save":
			p.saved = append(p.saved, args)
			done(true, nil)
		}
	})
}

// names gives the names of the events since the last call, and forgets them.
func (p *tab) names() string {
	var all []string
	for _, e := range p.events {
		all = append(all, e.name)
	}
	p.events = nil
	return strings.Join(all, " ")
}

// count is how often an event was told since the last call of names.
func (p *tab) count(name string) (n int) {
	for _, e := range p.events {
		if e.name == name {
			n++
		}
	}
	return n
}

// last gives the data of the last event of a name.
func (p *tab) last(t testing.TB, name string) map[string]any {
	t.Helper()
	for i := len(p.events) - 1; i >= 0; i-- {
		if p.events[i].name == name {
			data, _ := p.events[i].data.(map[string]any)
			return data
		}
	}
	t.Fatalf("there was no %s, but %s", name, p.names())
	return nil
}

// texts are those of all messages that the page was told of since the last call of names.
func (p *tab) texts() string {
	var all []string
	for _, e := range p.events {
		if e.name == "messageReceived" {
			for _, m := range e.data.(map[string]any)["messages"].([]any) {
				if text, ok := m.(map[string]any)["text"].(string); ok {
					all = append(all, text)
				}
			}
		}
	}
	return strings.Join(all, ", ")
}

// settled is what became of a command.
type settled struct {
	state string // pending, resolved, rejected
	value any
}

func (s settled) String() string { return fmt.Sprintf("%s %v", s.state, s.value) }

// field follows a path into the value.
func (s settled) field(path ...string) any {
	v := s.value
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// command runs a command of the service.
func (p *tab) command(name string, data any) *settled { return p.commandFrom("QuickBus", name, data) }

func (p *tab) commandFrom(plugin, name string, data any) *settled {
	result := &settled{state: "pending"}
	c := page.NewCommand("WebChatService."+name, data, func(ok bool, value any) {
		result.state, result.value = "rejected", value
		if ok {
			result.state = "resolved"
		}
	})
	c.From = plugin
	if !p.stage.service.Command(p, c) {
		result.state = "unknown"
	}
	p.stage.loop.Run()
	return result
}

// stage is a site with its service, its tabs and the relay's end of the connection.
type stage struct {
	testing.TB
	service   *webchatservice.Service
	client    *chat.Client
	loop      *looptest.Fake
	link      *chattest.Link
	site      *site
	carrier   *carrier
	queue     *attachment.Queue // that of the window
	ids       int
	listening webchatservice.Link // link, with which client and service talk
	file      string              // client message id of the last upload
	connected int
	redrawn   int
	newQueue  func() *attachment.Queue
}

func newStage(t testing.TB, stored map[string]string) *stage {
	t.Helper()
	if stored == nil {
		stored = map[string]string{}
	}
	s := &stage{TB: t, loop: looptest.New(), link: &chattest.Link{}, site: &site{stored}, carrier: &carrier{}}
	nowMs := func() int64 { return s.loop.Now().UnixMilli() }
	newID := func() string { s.ids++; return fmt.Sprintf("id%d", s.ids) }
	s.listening = webchatservice.Overhear(s.link, func(f wire.Request, reply wire.Frame, p *wire.Problem) { s.service.Answered(f, reply, p) })
	s.client = chat.NewClient(chat.ClientConfig{
		Env:  chat.Env{Link: s.listening, Loop: s.loop, NowMs: nowMs, NewID: newID, Changed: func() {}},
		Keep: s.site.Store,
		Reopen: func() {
			s.loop.Post(func() {
				s.link.Drop()
				s.client.Disconnected()
			})
		},
	})
	files := &attachment.Client{Carrier: s.carrier, Loop: s.loop, Token: func() string { return "token" }}
	s.service = webchatservice.New(webchatservice.Options{
		Client: s.client, Site: s.site, Link: s.listening, Loop: s.loop, NowMs: nowMs, NewID: newID,
		Connect: func() { s.connected++ },
		Redraw:  func() { s.redrawn++ },
		Files:   files,
		Uploads: s.uploads,
	})
	s.newQueue = func() *attachment.Queue {
		q := attachment.NewQueue(files, s.client.Conversation().ID(), newID, s.service.UploadsChanged)
		q.Hear(s.service.FileAnswered)
		return q
	}
	return s
}

// uploads is the queue that the window shows.
func (s *stage) uploads() *attachment.Queue {
	if s.queue == nil {
		s.queue = s.newQueue()
	}
	return s.queue
}

// open adds a page, which takes up what is kept as the window has it do.
func (s *stage) open(config map[string]any) *tab {
	p := &tab{
		stage: s, config: config, field: true, functions: map[float64]func([]any) (any, bool){},
		matches: func(source, _, text string) bool { return strings.Contains(text, source) },
	}
	if handle := s.site.stored[page.KeepHandle]; handle != "" && !s.client.Live() {
		s.client.HandleKept(handle)
	}
	s.service.AddPage(p)
	s.service.PageConfigured(p)
	s.loop.Run()
	return p
}

func (s *stage) frame(f wire.Frame) {
	s.client.Frame(f)
	s.loop.Run()
}

// welcome connects.
func (s *stage) welcome(sessions ...wire.Snapshot) {
	s.service.BeforeHello()
	s.link.Online = true
	s.frame(&wire.Welcome{Sessions: sessions, HandleGone: len(sessions) == 0 && s.client.Handle() != ""})
}

// drop breaks the connection, and lets the first attempts to get it back fail.
func (s *stage) drop(failures int) {
	s.link.Drop()
	s.client.Disconnected()
	for range failures {
		s.service.Unreachable(nil)
	}
	s.loop.Run()
}

func queued() wire.Snapshot {
	return wire.Snapshot{
		Session: "s", State: "Queued", Me: visitor, Participants: []wire.Participant{visitor}, Handle: jwt, StartedMs: 1000,
		Entries: []wire.Entry{{Seq: 1, Ms: 1000, ID: "e1", Kind: wire.KindJoined, From: visitor}},
	}
}

// jwt has the form of a handle.
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzZXNzaW9uSWQiOiJzIn0.c2lnbmF0dXJlLW9mLWl0"

// begin has a page start a chat, which the relay confirms.
func (s *stage) begin(p *tab) {
	s.Helper()
	s.welcome()
	started := p.command("startChat", map[string]any{"firstname": "Ann"})
	s.started(queued())
	if started.state != "resolved" {
		s.Fatalf("the chat was not started: %v", started)
	}
}

// started answers the start.
func (s *stage) started(snapshot wire.Snapshot) *wire.Start {
	s.Helper()
	start, asked := chattest.Take[*wire.Start](s, s.link)
	asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: snapshot})
	s.loop.Run()
	return start
}

func (s *stage) push(state string, entries ...wire.Entry) {
	s.frame(&wire.Push{Session: "s", State: state, Entries: entries})
}

// accept lets the agent join.
func (s *stage) accept() {
	s.push("Active", wire.Entry{Seq: 2, Ms: 2000, ID: "e2", Kind: wire.KindJoined, From: agent})
}

// done is what an agent's "done" adds to the log.
func (s *stage) done(seq int64) {
	s.push("Completed",
		wire.Entry{Seq: seq, Ms: seq * 1000, ID: "f", Kind: wire.KindState, From: system, Data: map[string]any{"interactionState": "Finalizing"}},
		wire.Entry{Seq: seq + 1, Ms: seq * 1000, ID: "l", Kind: wire.KindLeft, From: agent},
		wire.Entry{Seq: seq + 2, Ms: seq * 1000, ID: "c", Kind: wire.KindState, From: system, Data: map[string]any{"interactionState": "Completed"}},
	)
}

func message(seq int64, from wire.Participant, text, clientID string) wire.Entry {
	return wire.Entry{Seq: seq, Ms: seq * 1000, ID: fmt.Sprint("e", seq), Kind: wire.KindMessage, From: from, Text: text, ClientID: clientID}
}

// log is a log of so many entries: the visitor joins, then an agent writes.
func log(n int) []wire.Entry {
	entries := queued().Entries
	for seq := int64(2); seq <= int64(n); seq++ {
		entries = append(entries, message(seq, agent, fmt.Sprint("m", seq), ""))
	}
	return entries
}

// carrier is the browser's way to the relay's files.
type carrier struct{ open []carried }

type carried struct {
	attachment.Request
	done func(attachment.Answer)
}

func (c *carrier) Carry(r attachment.Request, _ func(int64), done func(attachment.Answer)) func() {
	c.open = append(c.open, carried{r, done})
	return func() {}
}

// answer answers the oldest request, which must be for this path.
func (s *stage) answer(path string, a attachment.Answer) {
	s.Helper()
	if len(s.carrier.open) == 0 || s.carrier.open[0].Path != path {
		s.Fatalf("%s was not asked for: %v", path, s.carrier.open)
	}
	r := s.carrier.open[0]
	s.carrier.open = s.carrier.open[1:]
	s.file = r.ClientID
	r.done(a)
	s.loop.Run()
}
