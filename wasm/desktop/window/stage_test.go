package window

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/view"
)

// relay is a small relay with one agent, whose desktops are its tabs. It answers on the loop, as a real one would.
type relay struct {
	t        *testing.T
	loop     *looptest.Fake
	tabs     []*tab
	ready    bool
	offers   []wire.Offer
	sessions map[string]*session
	order    []string
	call     *wire.Callback // offered, or this agent's
	mine     bool           // the call is
	small    bool           // no session fits into a welcome: each comes behind it
	later    []wire.Frame   // what follows the next welcome
	asked    []wire.Request // every request that arrived, oldest first
}

type session struct {
	snapshot wire.Snapshot
	pages    []wire.VisitPage
	mine     bool
}

const agentID = "agent-1"

var (
	me      = wire.Participant{ID: agentID, Kind: "agent", Nickname: "Dora"}
	visitor = wire.Participant{ID: "visitor-1", Kind: "visitor", Nickname: "Ada"}
)

func newRelay(t *testing.T) *relay {
	return &relay{t: t, loop: looptest.New(), sessions: map[string]*session{}}
}

// tab is one desktop with its connection: it is the desk's Link, and its page.
type tab struct {
	relay   *relay
	window  *Window
	tree    *view.Node
	online  bool
	mute    bool // what the relay answers is lost
	kept    map[string]string
	sounds  []string
	title   string
	said    []string
	saved   []string
	nextID  int
	name    string
	restart int
	carried []*carried
}

// open opens a desktop with what the tab kept and connects it.
func (r *relay) open(kept map[string]string) *tab {
	r.t.Helper()
	b := &tab{relay: r, kept: map[string]string{}, name: strconv.Itoa(len(r.tabs))}
	for k, v := range kept {
		b.kept[k] = v
	}
	b.window = New(Options{
		Desk: desk.Options{
			Link: b, Loop: r.loop, Keep: b, Carrier: b, NowMs: func() int64 { return r.loop.Now().UnixMilli() },
			NewID: func() string { b.nextID++; return "m" + b.name + "-" + strconv.Itoa(b.nextID) },
		},
		Kept: kept, Page: b, Loop: r.loop, Texts: englishTexts(r.t), Zone: time.UTC,
	})
	r.tabs = append(r.tabs, b)
	b.connect()
	return b
}

// atWork opens a desktop and signs in.
func (r *relay) atWork() *tab {
	r.t.Helper()
	b := r.open(nil)
	b.submit("signin", map[string]string{"username": "dora", "password": "right"})
	return b
}

func englishTexts(t *testing.T) Texts {
	t.Helper()
	raw, err := os.ReadFile("../../../www/texts/desktop.en.json")
	if err != nil {
		t.Fatalf("read the texts: %v", err)
	}
	var texts Texts
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatalf("read the texts: %v", err)
	}
	return texts
}

// connect brings the tab online with a hello.
func (b *tab) connect() {
	b.online, b.mute = true, false
	h := b.window.desk.Hello()
	b.window.desk.Frame(b.relay.welcome(h.Token != "", h.Resume))
	b.window.desk.SetConnection(desk.Online, "")
	later := b.relay.later
	b.relay.later = nil
	for _, f := range later {
		b.window.desk.Frame(f)
	}
	b.relay.loop.Run()
}

// drop cuts the connection.
func (b *tab) drop() {
	b.online = false
	b.window.desk.SetConnection(desk.Waiting, "")
	b.relay.loop.Run()
}

// reload closes the tab and opens it again with what it kept.
func (b *tab) reload() *tab {
	b.online = false
	return b.relay.open(b.kept)
}

func (b *tab) Restart() {
	b.restart++
	b.relay.loop.Post(func() {
		b.drop()
		b.connect()
	})
}

func (b *tab) Keep(key, value string) {
	if value == "" {
		delete(b.kept, key)
		return
	}
	b.kept[key] = value
}

func (b *tab) Show(tree *view.Node) { b.tree = tree }
func (b *tab) Sound(name string)    { b.sounds = append(b.sounds, name) }
func (b *tab) Title(text string)    { b.title = text }
func (b *tab) Save(name, kind string, f *attachment.File) {
	b.saved = append(b.saved, name+" "+kind)
}
func (b *tab) Announce(text string, loud bool) { b.said = append(b.said, text) }

func (b *tab) Tell(f wire.Frame) {
	if !b.online {
		return
	}
	if d, ok := f.(*wire.Draft); ok {
		for _, other := range b.relay.tabs {
			if other != b && other.online {
				other.window.desk.Frame(d)
			}
		}
	}
}

func (b *tab) Request(f wire.Request, done func(wire.Frame, *wire.Problem)) {
	b.relay.loop.Post(func() {
		if !b.online {
			done(nil, wire.Problemf(wire.CodeNoConnection, "offline"))
			return
		}
		b.relay.asked = append(b.relay.asked, f)
		answer, p := b.relay.handle(b, f)
		if b.mute {
			b.relay.loop.Post(func() { done(nil, wire.Problemf(wire.CodeNoConnection, "lost")) })
			return
		}
		done(answer, p)
	})
}

func (r *relay) welcome(signedIn bool, resume []wire.Position) *wire.Welcome {
	w := &wire.Welcome{Version: wire.Version, NowMs: r.loop.Now().UnixMilli(), Limits: wire.Limits{MessageRunes: 4000}}
	if !signedIn {
		return w
	}
	w.Agent = &wire.Agent{ID: agentID, Username: "dora", Name: "Dora", Ready: r.ready, Capacity: 3}
	w.Token = "token"
	w.Offers = r.offers
	if r.mine {
		w.Callbacks = []string{r.call.ID}
		r.later = append(r.later, &wire.CallbackOpened{Callback: *r.call})
	}
	after := map[string]int64{}
	for _, p := range resume {
		after[p.Session] = p.After
	}
	for _, id := range r.order {
		s := r.sessions[id]
		if !s.mine {
			continue
		}
		snapshot := s.snapshot
		snapshot.Entries = snapshot.Entries[after[id]:]
		if r.small {
			r.later = append(r.later, &wire.Opened{Snapshot: snapshot})
			continue
		}
		w.Sessions = append(w.Sessions, snapshot)
	}
	return w
}

func (r *relay) handle(b *tab, f wire.Request) (wire.Frame, *wire.Problem) {
	switch f := f.(type) {
	case *wire.SignIn:
		if f.Password != "right" {
			return nil, wire.Problemf(wire.CodeSignIn, "wrong")
		}
		return r.welcome(true, nil), nil
	case *wire.SignOut:
		return &wire.Ack{}, nil
	case *wire.Ready:
		r.ready = f.Ready
		r.tell(&wire.AgentState{Ready: f.Ready})
		return &wire.Ack{}, nil
	case *wire.Accept:
		return r.accept(b, f.Offer)
	case *wire.Reject:
		r.withdraw(f.Offer, "rejected")
		return &wire.Ack{}, nil
	case *wire.Send:
		return r.keep(f)
	case *wire.CallbackDone:
		return r.callDone(b, f)
	case *wire.Journey:
		if r.call != nil && r.call.ID == f.Session {
			return &wire.VisitPages{Session: f.Session, Pages: []wire.VisitPage{{Page: "p", URL: "https://shop.example/tents"}}}, nil
		}
		return &wire.VisitPages{Session: f.Session, Pages: r.sessions[f.Session].pages}, nil
	case *wire.Done:
		r.sessions[f.Session].mine = false
		r.add(f.Session, "Completed", wire.Entry{Kind: wire.KindState, Data: map[string]any{"interactionState": "Finalizing"}},
			wire.Entry{Kind: wire.KindLeft, From: me},
			wire.Entry{Kind: wire.KindState, Data: map[string]any{"interactionState": "Completed"}})
		return &wire.Ack{Session: f.Session}, nil
	}
	r.t.Fatalf("the desk asked for %T", f)
	return nil, nil
}

func (r *relay) accept(b *tab, id string) (wire.Frame, *wire.Problem) {
	if r.call != nil && id == callOffer {
		return r.acceptCall(b)
	}
	for _, o := range r.offers {
		if o.Offer != id {
			continue
		}
		s := r.sessions[o.Session]
		s.mine = true
		r.offers = nil
		r.add(o.Session, "Active", wire.Entry{Kind: wire.KindJoined, From: me})
		for _, other := range r.tabs {
			if other != b && other.online {
				other.window.desk.Frame(&wire.Opened{Offer: id, Snapshot: s.snapshot})
			}
		}
		return &wire.Opened{Offer: id, Snapshot: s.snapshot}, nil
	}
	return nil, wire.Problemf(wire.CodeOfferGone, "gone")
}

func (r *relay) keep(f *wire.Send) (wire.Frame, *wire.Problem) {
	s := r.sessions[f.Session]
	if s.snapshot.State != "Active" {
		return nil, wire.Problemf(wire.CodeSessionEnded, "over")
	}
	for _, e := range s.snapshot.Entries {
		if e.ClientID == f.ClientID {
			return &wire.Ack{Session: f.Session, ClientID: f.ClientID, Seq: e.Seq, Ms: e.Ms}, nil
		}
	}
	e := r.add(f.Session, "Active", wire.Entry{Kind: wire.KindMessage, From: me, Text: f.Text, ClientID: f.ClientID})
	return &wire.Ack{Session: f.Session, ClientID: f.ClientID, Seq: e.Seq, Ms: e.Ms}, nil
}

// tell sends a frame to every tab that is connected.
func (r *relay) tell(f wire.Frame) {
	for _, b := range r.tabs {
		if b.online && !b.mute {
			b.window.desk.Frame(f)
		}
	}
}

// add appends entries to a session's log and pushes them.
func (r *relay) add(id, state string, entries ...wire.Entry) wire.Entry {
	s := &r.sessions[id].snapshot
	s.State = state
	for i := range entries {
		entries[i].Seq = int64(len(s.Entries) + 1)
		entries[i].Ms = r.loop.Now().UnixMilli()
		entries[i].ID = id + "-" + strconv.FormatInt(entries[i].Seq, 10)
		s.Entries = append(s.Entries, entries[i])
	}
	r.tell(&wire.Push{Session: id, State: state, Entries: entries})
	return entries[len(entries)-1]
}

// queue begins a session of a visitor and offers it for half a minute.
func (r *relay) queue(id string, who wire.Visitor, pages ...wire.VisitPage) {
	r.sessions[id] = &session{pages: pages, snapshot: wire.Snapshot{
		Session: id, Me: me, StartedMs: r.loop.Now().UnixMilli(), Visitor: &who, Participants: []wire.Participant{visitor},
		UserData: map[string]any{"basket": 3.0},
	}}
	r.order = append(r.order, id)
	r.add(id, "Offered", wire.Entry{Kind: wire.KindJoined, From: visitor})
	o := wire.Offer{Offer: "offer-" + id, Session: id, ExpiresMs: 30_000, Visitor: who}
	r.offers = append(r.offers, o)
	r.tell(&o)
	r.loop.Run()
}

func (r *relay) withdraw(offer, reason string) {
	r.offers = nil
	r.tell(&wire.OfferGone{Offer: offer, Reason: reason})
	r.loop.Run()
}

// writes has the visitor of a session write.
func (r *relay) writes(id, text string) {
	r.add(id, "Active", wire.Entry{Kind: wire.KindMessage, From: visitor, Text: text})
	r.loop.Run()
}

// ends has the visitor end a session.
func (r *relay) ends(id string) {
	r.add(id, "Ended", wire.Entry{Kind: wire.KindLeft, From: visitor, Data: map[string]any{"reason": "ended"}})
	r.loop.Run()
}

// log gives the messages of a session as the relay keeps them.
func (r *relay) log(id string) string {
	var texts []string
	for _, e := range r.sessions[id].snapshot.Entries {
		if e.Kind == wire.KindMessage {
			texts = append(texts, e.Text)
		}
	}
	return strings.Join(texts, "|")
}
