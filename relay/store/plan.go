package store

import (
	"maps"
	"slices"

	"foyer/relay/chat"
)

// startKey is a client's start request, unique within its deployment.
type startKey struct{ deployment, startID string }

// clientKey is a client's message, unique within its session.
type clientKey struct{ session, clientID string }

// wanted names what must be known before a batch of changes can be planned.
type wanted struct {
	sessions []string
	starts   []startKey
	clients  []clientKey
	files    []string
}

// known is what the database holds of it. What is not there is not in the maps.
type known struct {
	sessions map[string]chat.Session   // by id; nobody else changes these before the batch is committed
	starts   map[startKey]chat.Session // what the start began; only to be answered, others may change it meanwhile
	entries  map[clientKey]chat.Entry
	files    map[string]fileStand // by id; nobody else changes these before the batch is committed
}

// fileStand is what the rules of a change need to know of a file.
type fileStand struct {
	session string
	state   chat.FileState
}

func newKnown() known {
	return known{
		sessions: map[string]chat.Session{},
		starts:   map[startKey]chat.Session{},
		entries:  map[clientKey]chat.Entry{},
		files:    map[string]fileStand{},
	}
}

// wants gathers what the changes ask for, each once, in the order of ids, so that two relays which lock the same
// sessions cannot wait for each other.
func wants(changes []chat.Change) wanted {
	sessions, starts, clients, files := map[string]bool{}, map[startKey]bool{}, map[clientKey]bool{}, map[string]bool{}
	for _, c := range changes {
		sessions[c.Session] = true
		if c.Create != nil {
			if c.Create.StartID != "" {
				starts[startKey{c.Create.Deployment, c.Create.StartID}] = true
			}
			continue
		}
		for _, e := range c.Entries {
			if e.ClientID != "" {
				clients[clientKey{c.Session, e.ClientID}] = true
			}
		}
		for _, m := range c.Files {
			files[m.ID] = true
		}
	}
	return wanted{
		sessions: slices.Sorted(maps.Keys(sessions)),
		starts:   slices.Collect(maps.Keys(starts)),
		clients:  slices.Collect(maps.Keys(clients)),
		files:    slices.Sorted(maps.Keys(files)),
	}
}

// logged is an entry with the session whose log it goes to.
type logged struct {
	session string
	entry   chat.Entry
}

// plan applies changes one after the other to what is known, and gathers what has to be written. It holds the rules of
// chat.Change and knows no SQL. A change that fails leaves no trace in it.
type plan struct {
	now      known
	created  []string        // ids of new sessions, in order
	isNew    map[string]bool // the same as a set
	changed  map[string]bool // sessions whose whole row is to be written
	advanced map[string]bool // sessions of which only the end of the log moved
	entries  []logged
	files    map[string]movedFile // by id
}

// movedFile is a file's new state, with the place in the log of the entry that says so.
type movedFile struct {
	state   chat.FileState
	seq, ms int64
}

func newPlan(k known) *plan {
	return &plan{now: k, isNew: map[string]bool{}, changed: map[string]bool{}, advanced: map[string]bool{},
		files: map[string]movedFile{}}
}

// empty tells whether there is nothing to write.
func (p *plan) empty() bool {
	return len(p.created) == 0 && len(p.changed) == 0 && len(p.advanced) == 0 && len(p.entries) == 0 &&
		len(p.files) == 0
}

// apply plans one change. Its errors are those of chat.Store.Apply.
//
// Of a Create that met its first run it does not give the entries: they are the first ones of the session's log, which
// the caller can read when the batch is durable.
func (p *plan) apply(c chat.Change) (chat.Applied, error) {
	if c.Create != nil {
		return p.create(c)
	}
	s, ok := p.now.sessions[c.Session]
	if !ok {
		return chat.Applied{}, chat.ErrNoSession
	}
	if entries, ok := p.resent(c); ok {
		return chat.Applied{Session: snapshot(s), Entries: entries, Existing: true}, nil
	}
	if !holds(c.If, s) {
		return chat.Applied{}, &chat.PreconditionError{Session: snapshot(s)}
	}
	for _, m := range c.Files {
		if p.now.files[m.ID] != (fileStand{s.ID, m.From}) {
			return chat.Applied{}, chat.ErrNoFile
		}
	}
	return p.keep(s, c), nil
}

func (p *plan) create(c chat.Change) (chat.Applied, error) {
	start := startKey{c.Create.Deployment, c.Create.StartID}
	if s, ok := p.begun(start); ok {
		return chat.Applied{Session: snapshot(s), Existing: true}, nil
	}
	if s, ok := p.now.sessions[c.Session]; ok {
		if start == (startKey{s.Deployment, s.StartID}) {
			return chat.Applied{Session: snapshot(s), Existing: true}, nil
		}
		return chat.Applied{}, &chat.PreconditionError{Session: snapshot(s)}
	}
	s := *c.Create
	s.ID, s.Seq, s.LastMs = c.Session, 0, 0
	s.Participants = nil
	c.Join = slices.Concat(c.Create.Participants, c.Join)
	p.created = append(p.created, s.ID)
	p.isNew[s.ID] = true
	p.now.starts[start] = s
	return p.keep(s, c), nil
}

// begun finds the session that a start request has begun, as it is now.
func (p *plan) begun(start startKey) (chat.Session, bool) {
	if start.startID == "" {
		return chat.Session{}, false
	}
	s, ok := p.now.starts[start]
	if now, changes := p.now.sessions[s.ID]; changes {
		return now, ok
	}
	return s, ok
}

// resent gives the entries as they were kept the first time, if all of the change's are known.
func (p *plan) resent(c chat.Change) ([]chat.Entry, bool) {
	if len(c.Entries) == 0 {
		return nil, false
	}
	kept := make([]chat.Entry, 0, len(c.Entries))
	for _, e := range c.Entries {
		first, ok := p.now.entries[clientKey{c.Session, e.ClientID}]
		if !ok || e.ClientID == "" {
			return nil, false
		}
		kept = append(kept, first)
	}
	return kept, true
}

func holds(f chat.If, s chat.Session) bool {
	if len(f.States) > 0 && !slices.Contains(f.States, s.State) {
		return false
	}
	if f.Offer != "" && f.Offer != s.Offer {
		return false
	}
	if f.Agent != "" && f.Agent != s.Agent {
		return false
	}
	if f.Anonymous && s.Identity != "" {
		return false
	}
	if f.Below != 0 && s.Seq >= f.Below {
		return false
	}
	if f.Participant == "" {
		return true
	}
	_, in := s.Participant(f.Participant)
	return in
}

// keep carries the change out on the row s.
func (p *plan) keep(s chat.Session, c chat.Change) chat.Applied {
	ms := max(c.NowMs, s.LastMs)
	rowChanged := set(&s, c.Set)
	if len(c.Join) > 0 || len(c.Leave) > 0 {
		s.Participants = move(s.Participants, c.Join, c.Leave, ms)
		rowChanged = true
	}
	kept := make([]chat.Entry, 0, len(c.Entries))
	seq := s.Seq
	for _, e := range c.Entries {
		kept = append(kept, p.log(&s, e, ms))
	}
	for _, m := range c.Files {
		p.now.files[m.ID] = fileStand{s.ID, m.To}
		p.files[m.ID] = movedFile{m.To, s.Seq, s.LastMs}
	}
	p.now.sessions[s.ID] = s
	switch {
	case p.isNew[s.ID]: // its row is written anyway
	case rowChanged:
		p.changed[s.ID] = true
	case s.Seq > seq:
		p.advanced[s.ID] = true
	}
	return chat.Applied{Session: snapshot(s), Entries: kept}
}

// log appends e to the session's log, unless its client message id is known.
func (p *plan) log(s *chat.Session, e chat.Entry, ms int64) chat.Entry {
	key := clientKey{s.ID, e.ClientID}
	if first, ok := p.now.entries[key]; ok && e.ClientID != "" {
		return first
	}
	s.Seq++
	s.LastMs = ms
	e.Seq, e.Ms = s.Seq, ms
	if e.ClientID != "" {
		p.now.entries[key] = e
	}
	p.entries = append(p.entries, logged{s.ID, e})
	return e
}

// set changes the row's columns and tells whether there was any to change.
func set(s *chat.Session, to chat.Set) bool {
	any := assign(&s.State, to.State)
	any = assign(&s.Agent, to.Agent) || any
	any = assign(&s.Offer, to.Offer) || any
	any = assign(&s.OfferEndsMs, to.OfferEndsMs) || any
	any = assign(&s.QueuedMs, to.QueuedMs) || any
	any = assign(&s.EndedMs, to.EndedMs) || any
	any = assign(&s.Identity, to.Identity) || any
	if len(to.MergeData) > 0 {
		s.UserData = merge(s.UserData, to.MergeData)
		any = true
	}
	return any
}

func assign[T any](to *T, value *T) bool {
	if value == nil {
		return false
	}
	*to = *value
	return true
}

// merge makes a new map: the old one may be in the hands of who was answered before.
func merge(old, with map[string]any) map[string]any {
	merged := make(map[string]any, len(old)+len(with))
	maps.Copy(merged, old)
	for k, v := range with {
		if v == nil {
			delete(merged, k)
			continue
		}
		merged[k] = v
	}
	return merged
}

// move lets participants join and leave. One who is in the session already only gets the new nickname; one who left may
// join again. The slice is a new one, for the same reason as in merge.
func move(old, join []chat.Participant, leave []string, ms int64) []chat.Participant {
	now := slices.Clone(old)
	for _, j := range join {
		if j.JoinedMs == 0 {
			j.JoinedMs = ms
		}
		j.LeftMs = 0
		i := slices.IndexFunc(now, func(p chat.Participant) bool { return p.ID == j.ID })
		switch {
		case i < 0:
			now = append(now, j)
		case now[i].LeftMs == 0:
			now[i].Nickname = j.Nickname
		default:
			now[i] = j
		}
	}
	for i := range now {
		if now[i].LeftMs == 0 && slices.Contains(leave, now[i].ID) {
			now[i].LeftMs = ms
		}
	}
	return now
}

// snapshot is a copy that its receiver may change.
func snapshot(s chat.Session) chat.Session {
	s.UserData = maps.Clone(s.UserData)
	s.Participants = slices.Clone(s.Participants)
	return s
}
