package native

import (
	"context"

	"foyer/relay/live"
	"foyer/relay/wire"
)

// journeyBytes bounds the pages in one frame; of a longer visit the last ones are told.
const journeyBytes = 48 << 10

// journey follows the visit behind a session.
type journey struct {
	deployment, visit string
	cancel            func()
	due               bool // a reading is on its way already
}

func (c *conn) journey(ctx context.Context, f *wire.Journey) error {
	deployment, visit, err := c.visitOf(ctx, f.Session)
	if err != nil {
		return err
	}
	if visit != "" {
		c.follow(f.Session, deployment, visit)
	}
	return c.tellPages(ctx, f.Ref, f.Session, deployment, visit)
}

// visitOf finds the visit behind a session or callback of the agent; CodeNoSession where it is not theirs.
func (c *conn) visitOf(ctx context.Context, id string) (deployment, visit string, err error) {
	row, err := c.g.Chats.Session(ctx, id, c.agent.ID)
	if !isCode(err, wire.CodeNoSession) {
		return row.Deployment, row.Visit, err
	}
	one, callErr := c.g.Callbacks.Of(ctx, c.agent.ID, id)
	if isCode(callErr, wire.CodeNoCallback) {
		return "", "", err
	}
	return one.Deployment, one.Visit, callErr
}

func (c *conn) follow(session, deployment, visit string) {
	c.mu.Lock()
	_, follows := c.journeys[session]
	ended := c.ended
	c.mu.Unlock()
	if follows || ended {
		return
	}
	j := &journey{deployment: deployment, visit: visit}
	j.cancel = c.g.Hub.Subscribe(live.Visit(deployment, visit), c)
	c.mu.Lock()
	ended = c.ended
	if !ended {
		c.journeys[session] = j
	}
	c.mu.Unlock()
	if ended {
		j.cancel()
	}
}

func (c *conn) tellPages(ctx context.Context, ref uint32, session, deployment, visit string) error {
	pages, err := c.g.Visits.Pages(ctx, deployment, visit)
	if err != nil {
		return err
	}
	c.send(&wire.VisitPages{Ref: ref, Session: session, Pages: lastPages(pageFrames(pages))})
	return nil
}

func lastPages(pages []wire.VisitPage) []wire.VisitPage {
	const names = 80 // field names and numbers
	bytes := 0
	for i := len(pages) - 1; i >= 0; i-- {
		bytes += names + len(pages[i].Page) + len(pages[i].URL) + len(pages[i].Title)
		if bytes > journeyBytes {
			return pages[i+1:]
		}
	}
	return pages
}

// visitChanged has the pages read again; what changes before they are read is in them too. The caller holds mu.
func (c *conn) visitChanged(m live.VisitChanged) {
	for session, j := range c.journeys {
		if j.deployment != m.Deployment || j.visit != m.Visit || j.due {
			continue
		}
		j.due = true
		go c.journeyWentOn(session, j)
	}
}

func (c *conn) journeyWentOn(session string, j *journey) {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.mu.Lock()
	j.due = false
	gone := c.ended || c.journeys[session] != j
	c.mu.Unlock()
	if gone {
		return
	}
	_, _, err := c.visitOf(c.ctx, session)
	if isCode(err, wire.CodeNoSession) { // it was only offered, and went to somebody else
		c.stand(session)
		return
	}
	if err == nil {
		err = c.tellPages(c.ctx, 0, session, j.deployment, j.visit)
	}
	if err != nil {
		c.g.problem(c.ctx, "read a visit", err) // the next change tells it again
	}
}
