package gwe

import (
	"net/http"

	"foyer/relay/deployment"
	"foyer/relay/engage"
)

// reactiveState answers GET …/pacing/reactiveState?channel=chat&groups=…: the probability with which a page should offer
// a chat of its own. Groups are not distinguished: all agents take from one queue.
func (g *Gateway) reactiveState(w http.ResponseWriter, r *http.Request, _ *deployment.Deployment) error {
	c, err := g.capacity(r)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"reactiveState": c.State})
	return nil
}

// channelCapacity answers GET …/pacing/channelCapacity?channel=chat&groups=…: the number of agents who could take
// another conversation.
func (g *Gateway) channelCapacity(w http.ResponseWriter, r *http.Request, _ *deployment.Deployment) error {
	c, err := g.capacity(r)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"capacity": c.Agents})
	return nil
}

func (g *Gateway) capacity(r *http.Request) (engage.Capacity, error) {
	if _, err := channelOf(r.URL.Query().Get("channel")); err != nil {
		return engage.Capacity{}, err
	}
	return g.Engage.Capacity(r.Context())
}

// disposition answers GET …/notification/disposition?visitID=…&pageID=…&engagementID=…&code=…: what a visitor did with
// an invitation.
func (g *Gateway) disposition(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	q := r.URL.Query()
	either := func(a, b string) string {
		if v := q.Get(a); v != "" {
			return v
		}
		return q.Get(b)
	}
	err := g.Engage.Dispose(r.Context(), dep.Name, engage.Result{Visit: either("visitID", "visitId"),
		Page: either("pageID", "pageId"), Engagement: either("engagementID", "engagementId"), Code: engage.CodeOf(q.Get("code"))})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, map[string]any{"status": "OK"})
	return nil
}
