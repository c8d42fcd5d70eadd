// Package notify is the domain of the Notification Service: messages that servers and engagement rules send to the open
// pages of a visit.
//
// Gateways and relay/engage call Service.Notify. Messages are live only: a page that is not open does not get them
// later, and the caller is told how many did. Pages of connections to other relays are not reached. The package knows
// neither HTTP nor connections.
package notify

import (
	"context"
	"fmt"

	"foyer/relay/wire"
)

// OpenPage is a page that is open in a browser just now.
type OpenPage struct {
	Deployment string
	Page       string
}

// Live knows which pages are open and reaches them. Implemented by relay/live.
type Live interface {
	// OpenPages lists a visit's open pages, each once.
	OpenPages(visit string) []OpenPage
	// Notify hands messages to the visit's connections; each takes those for its own pages. It must not block.
	Notify(deployment, visit string, messages []Message)
}

// Visits knows which visits there have been. Implemented by visit.Archive.
type Visits interface {
	Known(ctx context.Context, deployment, visit string) (in string, ok bool, err error)
}

// Service is safe for use by many goroutines.
type Service struct {
	live   Live
	visits Visits
}

// NewService puts a service together.
func NewService(l Live, v Visits) *Service { return &Service{live: l, visits: v} }

// Notify delivers messages to the open pages of a visit, in their order, and tells how many pages get at least one.
// deployment is the one that the caller is limited to; "" finds the visit in any.
// Codes: CodeNoVisit, CodeBadRequest, CodeTooLarge.
func (s *Service) Notify(ctx context.Context, deployment, visit string, messages []Message) (pages int, err error) {
	for i, m := range messages {
		if err := m.Check(fmt.Sprintf("element %d", i)); err != nil {
			return 0, err
		}
	}
	open := s.live.OpenPages(visit)
	in, ok := deploymentOf(open, deployment)
	if !ok {
		// Nothing of it is open here, so nobody gets the messages; but whether there is such a visit is worth knowing.
		if _, ok, err = s.visits.Known(ctx, deployment, visit); err != nil {
			return 0, err
		}
		if !ok {
			return 0, wire.Problemf(wire.CodeNoVisit, "there is no visit %.64q", visit)
		}
		return 0, nil
	}
	for _, p := range open {
		if p.Deployment == in && isFor(messages, p.Page) {
			pages++
		}
	}
	s.live.Notify(in, visit, messages)
	return pages, nil
}

// deploymentOf finds the deployment whose pages are meant.
func deploymentOf(open []OpenPage, wanted string) (string, bool) {
	for _, p := range open {
		if wanted == "" || p.Deployment == wanted {
			return p.Deployment, true
		}
	}
	return "", false
}

func isFor(messages []Message, page string) bool {
	for _, m := range messages {
		if m.For(page) {
			return true
		}
	}
	return false
}

// For tells whether an open page of the visit gets the message.
func (m Message) For(page string) bool { return m.Page == "" || m.Page == page }
