package invite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// stage is an App with the relay, the visitor's storage and the pages in the hands of the test.
type stage struct {
	*testing.T
	*App
	loop     *looptest.Fake
	busy     bool
	kept     map[string]string
	files    map[string]string // of the relay, by path
	reported []string          // dispositions: engagement code
	broken   int               // requests that fail from now on
	told     []string          // pages, as the relay was told
	connects int
}

func newStage(t *testing.T) *stage {
	s := &stage{T: t, loop: looptest.New(), kept: map[string]string{}, files: map[string]string{invitePage: "<p>invitation</p>"}}
	s.start()
	return s
}

// start makes a new App with nothing but what is kept.
func (s *stage) start() {
	s.App = New(Options{
		Loop: s.loop,
		Tell: func(f wire.Frame) {
			p := f.(*wire.Pages)
			s.told = append(s.told, p.Visit+":"+strings.Join(p.Pages, ","))
		},
		Connect: func() { s.connects++ },
		Fetch:   s.fetch,
		Texts: func(lang string, done func(map[string]string)) {
			s.loop.Post(func() {
				done(map[string]string{"Lang": lang, "Dir": "ltr", "InviteTitle": "Help?", "InviteBody": "Chat?"})
			})
		},
		Busy:   func() bool { return s.busy },
		Store:  func(key, value string) { s.kept[key] = value },
		Stored: func(key string) string { return s.kept[key] },
	})
}

func (s *stage) fetch(path string, done func(string, error)) {
	s.loop.Post(func() {
		switch _, query, _ := strings.Cut(path, "/server/data/notification/disposition?"); {
		case s.broken > 0:
			s.broken--
			done("", errors.New("fetch "+path+": no connection"))
		case query != "":
			fields := strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == '=' })
			s.reported = append(s.reported, strings.Join(fields, " "))
			done("{}", nil)
		case s.files[path] != "":
			done(s.files[path], nil)
		default:
			done("", errors.New("fetch "+path+": status 404"))
		}
	})
}

// fakePage is a page that runs invite.html in its own way: it asks for the dialog when content comes.
type fakePage struct {
	s         *stage
	ids       page.IDs
	visible   bool
	tracked   bool
	plain     bool // content wants no dialog
	config    map[string]any
	functions []string
	tree      *view.Node
	said      []string // console
	did       []string // services and events
	content   map[string]any
}

func (p *fakePage) Render(_, _ string, tree *view.Node) { p.tree = tree }
func (p *fakePage) Remove(string)                       { p.tree = nil }
func (p *fakePage) Log(level, text string)              { p.said = append(p.said, level+": "+text) }
func (p *fakePage) Address() page.Address               { return page.Address{Lang: "en"} }
func (p *fakePage) IDs() page.IDs                       { return p.ids }
func (p *fakePage) Visible() bool                       { return p.visible }
func (p *fakePage) Tracked() bool                       { return p.tracked }
func (p *fakePage) Config(string) map[string]any        { return p.config }
func (p *fakePage) Publish(name string, data any, sticky bool) {
	if !sticky {
		p.did = append(p.did, fmt.Sprint(name, " ", data))
	}
}
func (p *fakePage) Deployment() page.Deployment {
	return page.Deployment{Name: "shop", Monitoring: true, Base: "https://relay.example", Functions: p.functions}
}

func (p *fakePage) Call(service string, args map[string]any, done func(bool, any)) {
	switch service {
	case "content":
		p.content = args
		p.did = append(p.did, fmt.Sprint("content ", args["url"], " ", args["html"]))
		if !p.plain {
			config, _ := args["config"].(map[string]any)
			p.say("Invitation.show", map[string]any{"n": float64(args["n"].(int)), "config": config})
		}
		p.s.loop.Post(func() { done(true, nil) })
	case "invitationReported":
		p.did = append(p.did, "reported")
	case "callPage":
		p.did = append(p.did, fmt.Sprint("call ", args["name"], " ", args["args"]))
	case "busCommand":
		p.did = append(p.did, fmt.Sprint("command ", args["name"], " ", args["data"]))
	}
}

// say is a command of the page; it gives how it was settled.
func (p *fakePage) say(name string, data map[string]any) *settled {
	got := &settled{}
	p.s.loop.Post(func() {
		p.s.Command(p, page.NewCommand(name, data, func(ok bool, v any) { got.ok, got.value, got.done = ok, v, true }))
	})
	return got
}

type settled struct {
	done, ok bool
	value    any
}

// enter opens a page of visit V.
func (s *stage) enter(id string, change ...func(*fakePage)) *fakePage {
	p := &fakePage{s: s, ids: page.IDs{Device: "D", Visit: "V", Page: id}, visible: true, tracked: true}
	for _, f := range change {
		f(p)
	}
	s.AddPage(p)
	s.loop.Run()
	return p
}

// notify sends a message for a page, "" for all.
func (s *stage) notify(to, channel string, data map[string]any) {
	s.Frame(&wire.Notify{Visit: "V", Page: to, Channel: channel, Data: data})
	s.loop.Run()
}

func (s *stage) invite(to string, config map[string]any) {
	s.notify(to, appendContent, map[string]any{"url": invitePage, "config": config})
}

func (s *stage) wantShown(shown ...*fakePage) {
	s.Helper()
	for _, p := range s.pages {
		p := p.(*fakePage)
		if want := slices.Contains(shown, p); (p.tree != nil) != want {
			s.Errorf("page %s shows the dialog: %v, want %v", p.ids.Page, p.tree != nil, want)
		}
	}
}

func (s *stage) wantReported(want ...string) {
	s.Helper()
	s.loop.Run()
	if !slices.Equal(s.reported, want) {
		s.Errorf("the relay was told %q, want %q", s.reported, want)
	}
}

// report is what the relay is told of an invitation.
func report(page, engagement, code string) string {
	text := "visitID V pageID " + page + " engagementID " + engagement + " code " + code + " deployment shop"
	return strings.ReplaceAll(text, "  ", " ")
}

func hidden(p *fakePage)    { p.visible = false }
func untracked(p *fakePage) { p.tracked = false }
func noDialog(p *fakePage)  { p.plain = true }

const invitePage = "/server/resources/invite.html"

const second = time.Second

// shownText is everything that a tree says, its texts before its attributes.
func shownText(n *view.Node) string {
	var texts, attrs []string
	var walk func(*view.Node)
	walk = func(n *view.Node) {
		if n == nil {
			return
		}
		texts = append(texts, n.Text)
		for _, name := range []string{"type", "role", "href", "class"} {
			if v, ok := n.Attrs[name]; ok {
				attrs = append(attrs, name+"="+v)
			}
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(strings.Join(append(texts, attrs...), " ")), " ")
}
