package webchat_test

import (
	"fmt"
	"testing"
)

// marks gives what was put in front of a page's title since the last call.
func (p *tab) marks() (all []string) {
	for _, c := range p.calls {
		if c.service == "unread" {
			all = append(all, fmt.Sprint(c.args["text"]))
		}
	}
	p.calls = nil
	return all
}

func wantMarks(t *testing.T, p *tab, want ...string) {
	t.Helper()
	if got := p.marks(); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%s is told %q, want %q", p.id, got, want)
	}
}

func TestAReplyIsToldInTheTitleOfAPageThatIsNotInFront(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("one")
	s.begin(t, p)
	s.accept()
	s.push(message(3, agent, "Hello", ""))
	wantMarks(t, p)

	look := func(visible bool) {
		p.visible = visible
		s.app.PageChanged(p)
		s.loop.Run()
	}
	look(false)
	s.push(message(4, visitor, "From another device", ""))
	wantMarks(t, p)
	s.push(message(5, agent, "Are you there?", ""))
	wantMarks(t, p, "(1) Unread messages")
	s.push(message(6, agent, "I wait", ""))
	wantMarks(t, p, "(2) Unread messages")
	look(true)
	wantMarks(t, p, "")
	look(false)
	wantMarks(t, p)
}

func TestNoTitleTellsOfWhatTheVisitorSeesInAnotherTab(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("one")
	s.begin(t, p)
	s.accept()
	p.visible = false
	front := s.open("two")
	s.push(message(3, agent, "Hello", ""))
	wantMarks(t, p)
	wantMarks(t, front)

	front.visible = false
	s.push(message(4, agent, "And?", ""))
	wantMarks(t, p, "(1) Unread messages")
	wantMarks(t, front, "(1) Unread messages")
	front.visible = true
	s.app.PageChanged(front)
	s.loop.Run()
	wantMarks(t, p, "")
	wantMarks(t, front, "")
}
