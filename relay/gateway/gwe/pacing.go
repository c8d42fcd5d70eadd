package gwe

import (
	"net/http"
	"slices"
	"strings"

	"foyer/relay/deployment"
	"foyer/relay/engage"
	"foyer/relay/wire"
)

// reactiveState answers GET …/pacing/reactiveState?channel=chat&groups=…: the probability with which a page should offer
// a chat of its own (or, with channel=webcallback, a callback). Groups are queues; without any it is the deployment's.
func (g *Gateway) reactiveState(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	c, err := g.capacity(r, dep)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"reactiveState": c.State})
	return nil
}

// channelCapacity answers GET …/pacing/channelCapacity?channel=chat&groups=…: the number of agents who could take
// another conversation, or another callback.
func (g *Gateway) channelCapacity(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	c, err := g.capacity(r, dep)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"capacity": c.Agents})
	return nil
}

// Limits of the queues that one request asks about.
const (
	maxGroups     = 20
	maxGroupBytes = 200
)

func (g *Gateway) capacity(r *http.Request, dep *deployment.Deployment) (engage.Capacity, error) {
	q, err := queryOf(r)
	if err != nil {
		return engage.Capacity{}, err
	}
	channel, err := channelOf(q.Get("channel"))
	if err != nil {
		return engage.Capacity{}, err
	}
	queues, err := groupsOf(q["groups"])
	if err != nil {
		return engage.Capacity{}, err
	}
	if len(queues) == 0 {
		queues = []string{dep.Queue}
	}
	return g.Engage.Capacity(r.Context(), channel, queues)
}

// groupsOf reads the groups of a query, which may be repeated or separated by commas, in an order of their own.
func groupsOf(given []string) ([]string, error) {
	var all []string
	for _, list := range given {
		for _, name := range strings.Split(list, ",") {
			name = strings.TrimSpace(name)
			if len(name) > maxGroupBytes {
				return nil, wire.Problemf(wire.CodeBadRequest, "groups: a name may have %d bytes", maxGroupBytes)
			}
			if name != "" {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > maxGroups {
		return nil, wire.Problemf(wire.CodeBadRequest, "groups: %d may be named, not %d", maxGroups, len(all))
	}
	return all, nil
}

// disposition answers GET …/notification/disposition?visitID=…&pageID=…&engagementID=…&code=…: what a visitor did with
// an invitation.
func (g *Gateway) disposition(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	q, err := queryOf(r)
	if err != nil {
		return err
	}
	either := func(a, b string) string {
		if v := q.Get(a); v != "" {
			return v
		}
		return q.Get(b)
	}
	err = g.Engage.Dispose(r.Context(), dep.Name, engage.Result{Visit: either("visitID", "visitId"),
		Page: either("pageID", "pageId"), Engagement: either("engagementID", "engagementId"), Code: engage.CodeOf(q.Get("code"))})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"status": "OK"})
	return nil
}
