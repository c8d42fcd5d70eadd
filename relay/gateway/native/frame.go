package native

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"foyer/relay/access"
	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// FrameBytes bounds the body of a frame's request.
const FrameBytes = 16 << 10

// frameRequest is what bridge.html and continue.html say when they use their cookie.
type frameRequest struct {
	Deployment string    `json:"deployment"`
	Origin     string    `json:"origin"` // of the page that they are in
	Pass       string    `json:"pass"`   // that the relay wrote into them for exactly this deployment and origin
	Handle     string    `json:"handle"` // keep and drop: of the chat
	Rung       wire.Rung `json:"rung"`   // take: how the browser has come to send the cookie
}

// KeepCookie is POST /native/v1/frame/keep: the frame's cookie leads to the handle's chat from now on. 204; or 200 with
// {"kept": true} where the browser has sent the cookie of this chat along, so that it does keep it.
func (g *Gateway) KeepCookie(w http.ResponseWriter, r *http.Request) { g.frame(w, r, g.keepCookie) }

// TakeCookie is POST /native/v1/frame/take: answers {"handle": "…"}, a new one for the chat that the cookie leads to, or
// {} where there is none.
func (g *Gateway) TakeCookie(w http.ResponseWriter, r *http.Request) { g.frame(w, r, g.takeCookie) }

// DropCookie is POST /native/v1/frame/drop: the cookie is taken out of the browser, and those of its chat lead nowhere
// any more, in whichever browser they are. 204.
func (g *Gateway) DropCookie(w http.ResponseWriter, r *http.Request) { g.frame(w, r, g.dropCookie) }

// frame lets nobody but the relay's own documents use the cookie, and only for the page that they were made for. A page
// of another origin may have the browser send such a request with the cookie; it never gets here.
func (g *Gateway) frame(w http.ResponseWriter, r *http.Request, do func(frameCall) error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	c, err := g.frameCall(w, r)
	if err == nil {
		err = do(c)
	}
	if err == nil {
		return
	}
	p := g.problem(r.Context(), r.Method+" "+r.URL.Path, err)
	h.Set("Content-Type", "application/json")
	w.WriteHeader(wire.Means(p.Code).HTTP)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": p.Code, "text": p.Text}) // the frame may have gone
}

// frameCall is a request of a frame that was let in.
type frameCall struct {
	frameRequest
	w      http.ResponseWriter
	r      *http.Request
	dep    *deployment.Deployment
	cookie frameCookie
}

func (g *Gateway) frameCall(w http.ResponseWriter, r *http.Request) (frameCall, error) {
	own := r.Header.Get("Origin")
	if !g.Deployments.Own(own, r.Host) {
		return frameCall{}, wire.Problemf(wire.CodeOrigin, "the cookie is for the relay's own frames; %.200q is another origin, or is missing in public_urls of relay.yaml", own)
	}
	b, err := readBody(w, r, FrameBytes)
	if err != nil {
		return frameCall{}, err
	}
	c := frameCall{w: w, r: r}
	if err := json.Unmarshal(b, &c.frameRequest); err != nil {
		return frameCall{}, wire.Problemf(wire.CodeBadRequest, "the body is not the JSON of a frame's request")
	}
	if c.dep, err = g.Deployments.Resolve(deployment.Hints{Name: c.Deployment, Origin: c.Origin}); err != nil {
		return frameCall{}, err
	}
	if !c.dep.Allows(c.Origin) && !g.Deployments.Own(c.Origin, r.Host) {
		return frameCall{}, wire.Problemf(wire.CodeOrigin, "deployment %q does not list the origin %.200q", c.dep.Name, c.Origin)
	}
	if err := g.Access.VerifyPass(r.Context(), c.dep.Name, c.Origin, c.Pass); err != nil {
		if isCode(err, wire.CodeToken) || isCode(err, wire.CodeTokenExpired) {
			err = wire.Problemf(wire.CodePass, "the pass of the page's frame has run out, or was never good")
		}
		return frameCall{}, err
	}
	c.cookie = frameCookieOf(own, c.dep.Name)
	return c, nil
}

// sharesCookie tells whether any way across sites uses the cookie.
func sharesCookie(dep *deployment.Deployment) bool {
	return dep.AllowsRung(wire.RungCookie) || dep.AllowsRung(wire.RungActivate) || dep.AllowsRung(wire.RungButton)
}

func (g *Gateway) keepCookie(c frameCall) error {
	if !sharesCookie(c.dep) {
		return wire.Problemf(wire.CodeForbidden, "deployment %q keeps no cookie in its frame", c.dep.Name)
	}
	ctx := c.r.Context()
	found, err := g.Access.Resume(ctx, c.dep.Name, c.Handle)
	if err != nil {
		return err
	}
	row, err := g.Chats.Session(ctx, found.Session, found.Participant)
	if err != nil {
		return err
	}
	if row.State.Over() {
		return wire.Problemf(wire.CodeSessionEnded, "the session is over")
	}
	forMs := int64(access.FrameCookieMs)
	if c.dep.RestoreMs > 0 {
		forMs = min(forMs, c.dep.RestoreMs)
	}
	value := c.cookie.read(c.r)
	known, err := g.Access.FindFrameCookie(ctx, c.dep.Name, value)
	switch {
	case err == nil && known.Session == found.Session:
		err = g.Access.ExtendFrameCookie(ctx, known, forMs)
	case err == nil || isCode(err, wire.CodeNoSession):
		value, err = g.Access.IssueFrameCookie(ctx, access.FrameCookie{Deployment: c.dep.Name, Session: found.Session,
			Participant: found.Participant, Origin: c.Origin}, forMs)
	}
	if err != nil {
		return err
	}
	c.cookie.write(c.w, value, forMs)
	if known.Session == found.Session {
		answer(c.w, map[string]bool{"kept": true})
		return nil
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (g *Gateway) takeCookie(c frameCall) error {
	if (c.Rung != wire.RungCookie && c.Rung != wire.RungActivate && c.Rung != wire.RungButton) || !c.dep.AllowsRung(c.Rung) {
		return wire.Problemf(wire.CodeForbidden, "deployment %q does not take chats up by %.20q", c.dep.Name, c.Rung)
	}
	handle, err := g.handleForCookie(c.r.Context(), c)
	if err != nil {
		return err
	}
	found := map[string]string{}
	if handle != "" {
		found["handle"] = handle
	}
	answer(c.w, found)
	return nil
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the frame may have gone
}

// handleForCookie gives a handle of the chat that the cookie leads to, "" where there is none that goes on.
func (g *Gateway) handleForCookie(ctx context.Context, c frameCall) (string, error) {
	value := c.cookie.read(c.r)
	if value == "" {
		return "", nil
	}
	found, err := g.Access.FindFrameCookie(ctx, c.dep.Name, value)
	if isCode(err, wire.CodeNoSession) {
		c.cookie.clear(c.w)
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if found.Origin == c.Origin {
		// It came back to where it was set: that says nothing of other sites, since browsers may keep one cookie for each.
		// What this site itself still has of the chat decides; where its visitor has cleared that, it stays so.
		return "", nil
	}
	row, err := g.Chats.Session(ctx, found.Session, found.Participant)
	if err != nil {
		return "", err
	}
	if row.State.Over() {
		c.cookie.clear(c.w)
		return "", g.Access.RevokeFrameCookies(ctx, found.Session)
	}
	return g.Access.IssueHandle(ctx, c.dep.Name, found.Session, found.Participant)
}

func (g *Gateway) dropCookie(c frameCall) error {
	ctx := c.r.Context()
	c.cookie.clear(c.w)
	sessions := map[string]bool{}
	if found, err := g.Access.FindFrameCookie(ctx, c.dep.Name, c.cookie.read(c.r)); err == nil {
		sessions[found.Session] = true
	}
	if found, err := g.Access.Resume(ctx, c.dep.Name, c.Handle); c.Handle != "" && err == nil {
		sessions[found.Session] = true
	}
	var errs []error
	for session := range sessions {
		errs = append(errs, g.Access.RevokeFrameCookies(ctx, session))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// frameCookie is the cookie of one deployment's frames. It is never Partitioned: what a partition holds for one site,
// that site keeps first-party anyway, and a partitioned cookie beside a shared one would hide it.
type frameCookie struct {
	name   string
	secure bool // the relay is reached over https
}

func frameCookieOf(own, deployment string) frameCookie {
	secure := strings.HasPrefix(own, "https://")
	return frameCookie{name: access.FrameCookieName(deployment, secure), secure: secure}
}

func (f frameCookie) read(r *http.Request) string {
	c, err := r.Cookie(f.name)
	if err != nil {
		return ""
	}
	return c.Value
}

func (f frameCookie) write(w http.ResponseWriter, value string, forMs int64) {
	f.set(w, value, max(int(forMs/int64(time.Second/time.Millisecond)), 1))
}

func (f frameCookie) clear(w http.ResponseWriter) { f.set(w, "", -1) }

func (f frameCookie) set(w http.ResponseWriter, value string, maxAge int) {
	c := http.Cookie{Name: f.name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true}
	if !f.secure {
		// Plain http is for this machine. Browsers that take a Secure cookie from it get the second one in place of the
		// first; the others share cookies that say nothing.
		http.SetCookie(w, &c)
	}
	c.Secure, c.SameSite = true, http.SameSiteNoneMode
	http.SetCookie(w, &c)
}
