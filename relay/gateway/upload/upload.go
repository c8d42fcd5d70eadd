// Package upload is the gateway of files: HTTP requests by which Foyer's own clients send, read and take back the files
// of a chat. Other interfaces decode requests of their own shape and call the same relay/files.
//
// main mounts Upload, Download, Delete and Limits. Every request carries the token of its connection (Authorization:
// Bearer …), a visitor's or an agent's; errors are JSON with a code of relay/wire. The package must never let a file be
// shown inside a page of the relay's origin, nor answer 2xx before the domain has returned.
package upload

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"foyer/relay/access"
	"foyer/relay/config"
	"foyer/relay/files"
	"foyer/relay/quota"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// Headers of an upload.
const (
	headerClientID = "Foyer-Client-Id" // client message id of the file's entry, so that a resend is harmless
	headerName     = "Foyer-File-Name" // percent-encoded UTF-8
)

// stallLimit is how long the other side may neither send nor take anything.
const stallLimit = 30 * time.Second

// Options is what a Gateway is made of. Files, Access and Own are required.
type Options struct {
	Files  *files.Service
	Access *access.Service
	// Own tells whether an origin is the relay's own, given the Host header. Required; deployment.Directory has it.
	Own func(origin, host string) bool
	// Memory bounds the pieces of files that are on their way. Default: one of its own.
	Memory *quota.Memory
	// Client gives the IP address that a request is counted for. Default: what throttle.Proxies says who trusts nobody.
	Client func(*http.Request) string
	// IdentityRequired tells of deployments in which no visitor does anything without an identity. nil for none.
	IdentityRequired func(deployment string) bool
	NowMs            func() int64 // required with IdentityRequired
	Log              *slog.Logger
}

// Gateway answers requests about files.
type Gateway struct{ Options }

// New makes a Gateway.
func New(o Options) *Gateway {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = new(throttle.Proxies).Client
	}
	if o.Memory == nil {
		o.Memory = new(quota.NewMemory(config.DefaultLimits, nil))
	}
	return &Gateway{o}
}

// sentFile is the answer to an upload.
type sentFile struct {
	ID       string `json:"fileId"`
	Name     string `json:"name"` // as it is kept, which may differ from the one that was sent
	Type     string `json:"type"`
	Size     int64  `json:"size"`
	Session  string `json:"session"`
	Seq      int64  `json:"seq"` // cursor of its entry
	Ms       int64  `json:"ms"`
	ClientID string `json:"clientId,omitempty"`
}

// Upload is POST /native/v1/files?session=ID: the body is the file, Content-Length is required. 201 says that it is in
// the log, 200 that it was already, after an earlier request with the same client id.
func (g *Gateway) Upload(w http.ResponseWriter, r *http.Request) {
	who, session, err := g.authenticate(r)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	name, err := url.PathUnescape(r.Header.Get(headerName))
	switch {
	case err != nil:
		g.refuse(w, r, wire.Problemf(wire.CodeBadRequest, "%s is percent-encoded UTF-8", headerName))
		return
	case r.ContentLength < 0:
		g.refuse(w, r, wire.Problemf(wire.CodeBadRequest, "an upload needs a Content-Length"))
		return
	}
	network := throttle.Network(g.Client(r))
	giveBack, err := g.Memory.Borrow(network, min(r.ContentLength, files.ChunkBytes))
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	defer giveBack()
	control := http.NewResponseController(w)
	// The server's own limits are for small requests. Where they cannot be moved, they hold.
	_ = control.SetWriteDeadline(time.Now().Add(files.UploadLimit + stallLimit))
	f, resent, err := g.Files.Upload(r.Context(), files.Upload{Session: session, Participant: who,
		ClientID: r.Header.Get(headerClientID), Name: name, Size: r.ContentLength, Network: network, Content: arriving{r.Body, control}})
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	status := http.StatusCreated
	if resent {
		status = http.StatusOK
	}
	answer(w, status, sentFile{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Session: f.Session, Seq: f.Seq, Ms: f.Ms,
		ClientID: f.ClientID})
}

// Download is GET /native/v1/files/{id}: the file's bytes, as an attachment. Parts can be asked for (Range).
func (g *Gateway) Download(w http.ResponseWriter, r *http.Request) {
	who, _, err := g.authenticate(r)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	f, content, err := g.Files.Open(r.Context(), who, r.PathValue("id"))
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	giveBack, err := g.Memory.Borrow(throttle.Network(g.Client(r)), min(f.Size, files.ChunkBytes))
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	defer giveBack()
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", attachment(f.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, leaving{content, http.NewResponseController(w)})
}

func attachment(name string) string {
	if v := mime.FormatMediaType("attachment", map[string]string{"filename": name}); v != "" {
		return v
	}
	return "attachment"
}

// Delete is DELETE /native/v1/files/{id}: its sender takes a file back. 204, also when that has happened before.
func (g *Gateway) Delete(w http.ResponseWriter, r *http.Request) {
	who, _, err := g.authenticate(r)
	if err == nil {
		err = g.Files.Delete(r.Context(), who, r.PathValue("id"))
	}
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// limits is the answer to Limits. Sizes are in bytes.
type limits struct {
	Enabled      bool     `json:"enabled"`
	Ready        bool     `json:"ready"` // files can be sent just now
	MaxFiles     int      `json:"maxFiles"`
	UsedFiles    int      `json:"usedFiles"`
	MaxFileSize  int64    `json:"maxFileSize"`
	MaxTotalSize int64    `json:"maxTotalSize"`
	UsedSize     int64    `json:"usedSize"`
	Types        []string `json:"types"` // extensions in lower case, without the dot
	NeedAgent    bool     `json:"needAgent"`
}

// Limits is GET /native/v1/files/limits?session=ID: what the token's holder may send, and has sent.
func (g *Gateway) Limits(w http.ResponseWriter, r *http.Request) {
	who, session, err := g.authenticate(r)
	var l files.Limits
	if err == nil {
		l, err = g.Files.Limits(r.Context(), session, who)
	}
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, limits{Enabled: l.Enabled, Ready: l.Ready, MaxFiles: l.MaxFiles, UsedFiles: l.Used.Files,
		MaxFileSize: l.MaxFileBytes, MaxTotalSize: l.MaxTotalBytes, UsedSize: l.Used.Bytes, Types: l.Types, NeedAgent: l.NeedAgent})
}

// authenticate finds out who asks, and about which session. A visitor's token is for one session, which the request
// need not name.
func (g *Gateway) authenticate(r *http.Request) (participant, session string, err error) {
	// The token would be enough, but a page of another origin has no business here, whatever it has got hold of.
	if origin := r.Header.Get("Origin"); origin != "" && !g.Own(origin, r.Host) {
		return "", "", wire.Problemf(wire.CodeOrigin, "files are for the relay's own pages; %.200q is another origin, or is missing in public_urls of relay.yaml", origin)
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", "", wire.Problemf(wire.CodeToken, "a request needs the connection's token: Authorization: Bearer …")
	}
	claims, err := g.Access.Verify(r.Context(), token)
	if err != nil {
		return "", "", err
	}
	session = r.URL.Query().Get("session")
	if claims.Kind != access.KindVisitor {
		return claims.Participant, session, nil
	}
	if session != "" && session != claims.Session {
		return "", "", wire.Problemf(wire.CodeNoSession, "there is no such session for this participant")
	}
	if g.IdentityRequired != nil && g.IdentityRequired(claims.Deployment) {
		if err := claims.CheckIdentity(g.NowMs()); err != nil {
			return "", "", err
		}
	}
	return claims.Participant, claims.Session, nil
}

// arriving is a request's body that may take long, as long as it moves.
type arriving struct {
	body    io.Reader
	control *http.ResponseController
}

// Read implements io.Reader.
func (a arriving) Read(p []byte) (int, error) {
	_ = a.control.SetReadDeadline(time.Now().Add(stallLimit))
	n, err := a.body.Read(p)
	if err != nil {
		// The server goes on listening for the client's going away, which a deadline would look like.
		_ = a.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// leaving is a file that may take long to send, as long as the client takes it.
type leaving struct {
	io.ReadSeeker
	control *http.ResponseController
}

// Read implements io.Reader.
func (l leaving) Read(p []byte) (int, error) {
	_ = l.control.SetWriteDeadline(time.Now().Add(stallLimit))
	return l.ReadSeeker.Read(p)
}

// refusal is an error in JSON.
type refusal struct {
	Code    wire.Code `json:"code"`
	Text    string    `json:"text"` // for developers
	Key     string    `json:"key"`  // of the text for people
	Retry   bool      `json:"retry"`
	RetryMs int64     `json:"retryMs,omitempty"`
}

func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := g.problem(r, err)
	m := wire.Means(p.Code)
	if p.RetryMs > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((p.RetryMs+999)/1000, 10))
	}
	answer(w, m.HTTP, refusal{Code: p.Code, Text: p.Text, Key: m.Key, Retry: m.Retry, RetryMs: p.RetryMs})
}

// problem gives an error its code. What clients should not read goes to the log.
func (g *Gateway) problem(r *http.Request, err error) *wire.Problem {
	ctx := r.Context()
	var p *wire.Problem
	if !errors.As(err, &p) {
		g.Log.ErrorContext(ctx, "answer a request", "method", r.Method, "path", r.URL.Path, "err", err)
		return wire.Problemf(wire.CodeInternal, "something went wrong at the relay")
	}
	if wire.Means(p.Code).HTTP >= http.StatusInternalServerError && ctx.Err() == nil {
		g.Log.WarnContext(ctx, "answer a request", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	return p
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone asks again, or not
}
