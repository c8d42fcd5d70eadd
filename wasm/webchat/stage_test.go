package webchat_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

var (
	visitor = wire.Participant{ID: "v", Kind: "visitor", Nickname: "Ann"}
	agent   = wire.Participant{ID: "a", Kind: "agent", Nickname: "Bea"}
)

// site is what the pages of a site share: storage and mirrors.
type site struct {
	stored  map[string]string
	mirrors map[string]any
}

func (s *site) Deployment() string           { return "demo" }
func (s *site) Origin() string               { return "https://shop.example" }
func (s *site) Pass() string                 { return "pass" }
func (s *site) Mirror(key string, value any) { s.mirrors[key] = value }
func (s *site) Stored(key string) string     { return s.stored[key] }
func (s *site) Store(key, value string) {
	s.stored[key] = value
	if value == "" {
		delete(s.stored, key)
	}
}

// tab is a page that notes what it was told.
type tab struct {
	stage   *stage
	id      string
	visible bool
	screen  string
	tree    *view.Node
	events  []string
	button  map[string]any
	focused string // selector of the last call of the service focus
	config  map[string]map[string]any
	calls   []call
	data    map[string]map[string]any // of the last event of each name
	onEvent func(name string, data map[string]any)
	focus   string // class of what has the keyboard, as far as the tree moved it
}

func (p *tab) Render(_, _ string, tree *view.Node) {
	before := map[string]string{}
	walk(p.tree, func(n *view.Node) { before[n.Attrs["class"]] = n.Focus })
	p.tree = tree
	walk(tree, func(n *view.Node) {
		if n.Focus != "" && before[n.Attrs["class"]] != n.Focus {
			p.focus = n.Attrs["class"]
		}
	})
}

func (p *tab) Remove(string) { p.tree = nil }

func (p *tab) Publish(name string, data any, _ bool) {
	p.events = append(p.events, name)
	if p.data == nil {
		p.data = map[string]map[string]any{}
	}
	p.data[name], _ = data.(map[string]any)
	if p.onEvent != nil {
		p.onEvent(name, p.data[name])
	}
}

func (p *tab) Call(service string, args map[string]any, done func(bool, any)) {
	switch service {
	case "button":
		p.button = args
	case "focus":
		p.focused, _ = args["selector"].(string)
	default:
		p.calls = append(p.calls, call{service, args, done})
	}
}

// call is a page service that was asked for.
type call struct {
	service string
	args    map[string]any
	done    func(bool, any)
}

// served gives the last call of a service, and forgets all.
func (p *tab) served(t testing.TB, service string) call {
	t.Helper()
	calls := p.calls
	p.calls = nil
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].service == service {
			return calls[i]
		}
	}
	t.Fatalf("%s was not asked for", service)
	return call{}
}

func (p *tab) Config(part string) map[string]any { return p.config[part] }
func (p *tab) Deployment() page.Deployment       { return page.Deployment{Lang: "en"} }

// configure changes what the page's configuration says of a part.
func (p *tab) configure(part string, settings map[string]any) {
	if p.config == nil {
		p.config = map[string]map[string]any{}
	}
	p.config[part] = settings
	p.stage.app.PageConfigured(p)
	p.stage.loop.Run()
}

func (p *tab) Address() page.Address { return page.Address{Lang: "en", Screen: p.screen} }
func (p *tab) IDs() page.IDs         { return page.IDs{Device: "d", Visit: "vi", Page: p.id} }
func (p *tab) Visible() bool         { return p.visible }

// published gives the events since the last call, and forgets them.
func (p *tab) published() string {
	all := strings.Join(p.events, " ")
	p.events = nil
	return all
}

func walk(n *view.Node, f func(*view.Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, c := range n.Children {
		walk(c, f)
	}
}

// find gives the first element that has all classes of ".a.b", or the id of "#id", or the tag.
func (p *tab) find(selector string) *view.Node {
	var found *view.Node
	walk(p.tree, func(n *view.Node) {
		if found == nil && matches(n, selector) {
			found = n
		}
	})
	return found
}

func matches(n *view.Node, selector string) bool {
	if id, ok := strings.CutPrefix(selector, "#"); ok {
		return n.Attrs["id"] == id
	}
	if !strings.HasPrefix(selector, ".") {
		return n.Tag == selector
	}
	classes := " " + n.Attrs["class"] + " "
	for _, class := range strings.Split(selector[1:], ".") {
		if !strings.Contains(classes, " "+class+" ") {
			return false
		}
	}
	return true
}

func (p *tab) must(t testing.TB, selector string) *view.Node {
	t.Helper()
	n := p.find(selector)
	if n == nil {
		t.Fatalf("the window does not show %s; it says %q", selector, p.text())
	}
	return n
}

// sees tells whether the window shows an element: it is there, and nothing that it is in is hidden.
func (p *tab) sees(selector string) bool {
	var seen func(n *view.Node) bool
	seen = func(n *view.Node) bool {
		if n == nil {
			return false
		}
		if _, hidden := n.Attrs["hidden"]; hidden {
			return false
		}
		return matches(n, selector) || slices.ContainsFunc(n.Children, seen)
	}
	return seen(p.tree)
}

// text is everything that the window says.
func (p *tab) text() string { return textOf(p.tree) }

func textOf(n *view.Node) string {
	var all []string
	walk(n, func(n *view.Node) {
		if n.Text != "" {
			all = append(all, n.Text)
		}
	})
	return strings.Join(all, "|")
}

// said gives the messages in the transcript as "you: text" and "them: text".
func (p *tab) said() string {
	var all []string
	walk(p.find(".cx-transcript"), func(n *view.Node) {
		for class, who := range map[string]string{".cx-participant.cx-you": "you", ".cx-participant.cx-them": "them"} {
			if !matches(n, class) {
				continue
			}
			walk(n, func(inner *view.Node) {
				if matches(inner, ".cx-message-text") {
					all = append(all, who+": "+inner.Text)
				}
			})
		}
	})
	return strings.Join(all, ", ")
}

// do acts on an element: event is one of its handlers', fields are those of its form.
func (p *tab) do(t testing.TB, selector, event string, act view.Action) {
	t.Helper()
	n := p.must(t, selector)
	for _, h := range n.On {
		if h.Event == event {
			act.Name = h.Action
			act.Key = p.keyOf(n)
			p.stage.app.Input(p, act)
			p.stage.loop.Run()
			return
		}
	}
	t.Fatalf("%s does not listen for %s", selector, event)
}

func (p *tab) click(t testing.TB, selector string) {
	t.Helper()
	if n := p.must(t, selector); n.Attrs["type"] == "submit" {
		t.Fatalf("%s submits its form: use do", selector)
	}
	p.do(t, selector, "click", view.Action{})
}

func (p *tab) write(t testing.TB, text string) {
	t.Helper()
	p.do(t, ".cx-message-input", "input", view.Action{Value: text})
	p.do(t, ".cx-message-input", "keydown", view.Action{Press: "Enter", Fields: map[string]string{"message": text}})
}

// keyOf is the nearest key of an element or what it is in.
func (p *tab) keyOf(target *view.Node) string {
	key := ""
	var down func(n *view.Node, nearest string)
	down = func(n *view.Node, nearest string) {
		if n.Key != "" {
			nearest = n.Key
		}
		if n == target {
			key = nearest
		}
		for _, c := range n.Children {
			down(c, nearest)
		}
	}
	down(p.tree, "")
	return key
}

// command runs a bus command and gives what it was settled with.
func (p *tab) command(name string, data any) string {
	result := "open"
	known := p.stage.app.Command(p, page.NewCommand(name, data, func(ok bool, value any) { result = fmt.Sprintf("%v %v", ok, value) }))
	p.stage.loop.Run()
	if !known {
		return "unknown"
	}
	return result
}

// stage is a site with its App, its tabs and the relay's end of the connection.
type stage struct {
	app       *webchat.App
	loop      *looptest.Fake
	link      *chattest.Link
	site      *site
	ids       int
	connected int
	reopened  int
	shipped   string // the languages that are, "" for all of www/texts; English stands in for another one
}

func newStage(t testing.TB, stored map[string]string, more ...func(*stage, *webchat.Options)) *stage {
	t.Helper()
	if stored == nil {
		stored = map[string]string{}
	}
	s := &stage{loop: looptest.New(), link: &chattest.Link{}, site: &site{stored: stored, mirrors: map[string]any{}}}
	o := webchat.Options{
		Site: s.site, Link: s.link, Loop: s.loop, Zone: time.UTC,
		NowMs:   func() int64 { return s.loop.Now().UnixMilli() },
		NewID:   func() string { s.ids++; return fmt.Sprintf("id%d", s.ids) },
		Connect: func() { s.connected++ },
		Texts: func(lang string, done func(map[string]string)) {
			name := strings.Split(cmp.Or(lang, "en"), "-")[0]
			if s.shipped != "" && !strings.Contains(s.shipped, name) {
				name = "en"
			}
			done(textsOf(t, name))
		},
		Reopen: func() { s.reopened++ },
		Day:    func(ms int64, lang string) string { return lang + time.UnixMilli(ms).UTC().Format(" Jan 2") },
	}
	for _, change := range more {
		change(s, &o)
	}
	s.app = webchat.New(o)
	s.loop.Run()
	return s
}

// textsOf reads the texts that are shipped.
func textsOf(t testing.TB, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../../www/texts/webchat." + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, b)
}

func (s *stage) open(id string) *tab {
	p := &tab{stage: s, id: id, visible: true, screen: "1440x900"}
	s.app.AddPage(p)
	s.loop.Run()
	return p
}

func (s *stage) leave(p *tab) {
	s.app.RemovePage(p)
	s.loop.Run()
}

func (s *stage) frame(f wire.Frame) {
	s.app.Frame(f)
	s.loop.Run()
}

func (s *stage) welcome(sessions ...wire.Snapshot) {
	s.link.Online = true
	s.frame(&wire.Welcome{Sessions: sessions})
}

func (s *stage) drop() {
	s.link.Drop()
	s.app.Disconnected()
	s.loop.Run()
}

// queued is a session as it is when it has just begun.
func queued() wire.Snapshot {
	return wire.Snapshot{
		Session: "s", State: "Queued", Me: visitor, Participants: []wire.Participant{visitor}, Handle: "h",
		Entries: []wire.Entry{{Seq: 1, Ms: 1000, ID: "e1", Kind: wire.KindJoined, From: visitor}},
	}
}

// begin opens the window on a page, fills the form and has the relay confirm the chat.
func (s *stage) begin(t testing.TB, p *tab) {
	t.Helper()
	s.welcome()
	p.command("WebChat.open", nil)
	p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann"}})
	s.confirm(t)
}

// confirm has the relay begin the chat that was asked for.
func (s *stage) confirm(t testing.TB) {
	t.Helper()
	_, asked := chattest.Take[*wire.Start](t, s.link)
	asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: queued()})
	s.loop.Run()
}

// accept lets the agent join.
func (s *stage) accept() {
	s.push(wire.Entry{Seq: 2, Ms: 2000, ID: "e2", Kind: wire.KindJoined, From: agent})
}

func (s *stage) push(entries ...wire.Entry) {
	s.frame(&wire.Push{Session: "s", State: "Active", Entries: entries})
}

func message(seq int64, from wire.Participant, text, clientID string) wire.Entry {
	return wire.Entry{Seq: seq, Ms: seq * 1000, ID: fmt.Sprint("e", seq), Kind: wire.KindMessage, From: from, Text: text, ClientID: clientID}
}
