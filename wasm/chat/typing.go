package chat

import "foyer/relay/wire"

// typist announces this person's typing: on at most every TypingEvery, off TypingIdle after the last key. Where the
// deployment lets agents see what is being written, it is told with each key; the input says that only so often.
type typist struct {
	env     Env
	session string
	preview bool // the others may see what is being written
	on      bool
	onMs    int64
	stop    func()
}

// key notes a key that was pressed, and what is written now.
func (t *typist) key(text string) {
	now := t.env.NowMs()
	if !t.preview || Units(text) > wire.MaxMessageRunes { // what is too long to be sent is not seen before
		text = ""
	}
	if !t.on || text != "" || now-t.onMs >= TypingEvery.Milliseconds() {
		t.turn(true)
		t.onMs = now
		t.env.Link.Tell(&wire.Typing{Session: t.session, On: true, Text: text})
	}
	t.cancel()
	t.stop = t.env.Loop.After(TypingIdle, t.over)
}

// over announces that typing has ended, if it was announced that it began.
func (t *typist) over() {
	t.cancel()
	if !t.on {
		return
	}
	t.turn(false)
	t.env.Link.Tell(&wire.Typing{Session: t.session, On: false})
}

// forget ends typing without a word: nobody is there to hear it.
func (t *typist) forget() {
	t.cancel()
	t.turn(false)
}

func (t *typist) turn(on bool) {
	if t.on != on {
		t.on = on
		t.env.Changed()
	}
}

func (t *typist) cancel() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

// typists are the others who are typing just now.
type typists struct {
	env   Env
	list  []typing
	faded string // the participant who was forgotten last for want of news; "" once that one is heard of again
}

type typing struct {
	who  wire.Participant
	text string
	stop func()
}

// heard takes in one announcement.
func (t *typists) heard(f *wire.Typing) {
	t.drop(f.From.ID)
	if t.faded == f.From.ID {
		t.faded = ""
	}
	if !f.On {
		return
	}
	id := f.From.ID
	stop := t.env.Loop.After(TypingFades, func() {
		t.drop(id)
		t.faded = id
		t.env.Changed()
	})
	t.list = append(t.list, typing{who: f.From, text: f.Text, stop: stop})
}

// drop forgets one: they have sent, left, or were not heard of again.
func (t *typists) drop(id string) {
	for i, other := range t.list {
		if other.who.ID == id {
			other.stop()
			t.list = append(t.list[:i:i], t.list[i+1:]...)
			return
		}
	}
}

func (t *typists) clear() {
	for _, other := range t.list {
		other.stop()
	}
	t.list = nil
}
