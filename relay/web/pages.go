package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// pages are the templates that the relay fills in; nil where a build has none.
type pages struct{ bridge, chat, resume *template.Template }

func parsePages(assets fs.FS) (p pages, err error) {
	if p.bridge, err = parsePage(assets, "bridge.html"); err != nil {
		return pages{}, err
	}
	if p.resume, err = parsePage(assets, "continue.html"); err != nil {
		return pages{}, err
	}
	p.chat, err = parsePage(assets, "chat.html")
	return p, err
}

func parsePage(assets fs.FS, name string) (*template.Template, error) {
	b, err := fs.ReadFile(assets, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the page %s: %w", name, err)
	}
	t, err := template.New(name).Parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("parse the page %s: %w", name, err)
	}
	return t, nil
}

// bridge is the hidden frame inside a customer's page: GET /bridge.html?deployment=…&origin=…. The origin is what the
// page says of itself; the answer is shown by browsers inside pages of exactly this origin only, and holds the pass for
// it.
func (s *Site) bridge(w http.ResponseWriter, r *http.Request) {
	origin := r.URL.Query().Get("origin")
	dep, err := s.frameFor(r, origin)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	pass, err := s.Access.Pass(r.Context(), dep.Name, origin)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	framedBy(w, dep, origin, "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "+connectSelf(r))
	activated := s.activate(w, r, dep)
	s.fill(w, r, s.pages.bridge, map[string]string{
		"Activated": activated, "Cookie": hasCookie(r, dep), "Deployment": dep.Name, "Origin": origin, "Pass": pass.Value, "Build": s.Manifest.Build,
		"BridgeJS": s.Manifest.Path("bridge.js"), "WorkerJS": s.Manifest.Path("worker.js"), "Wasm": s.Manifest.Path("foyer.wasm"),
	})
}

// framedBy lets browsers show a document inside pages of this origin only: anybody else who framed it could have visitors
// click on what they do not see.
func framedBy(w http.ResponseWriter, dep *deployment.Deployment, origin, may string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	ancestors := append([]string{origin}, dep.FrameAncestors()...)
	h.Set("Content-Security-Policy", "default-src 'none'; "+may+"; base-uri 'none'; form-action 'none'; frame-ancestors "+
		strings.Join(ancestors, " "))
}

// continuation is the visible frame with the button by which a visitor takes up the chat of another site: GET
// /continue.html?deployment=…&origin=…; with &keep=1 by which they let other sites take up the chat of this one. It is
// framed as bridge is, and holds a pass as that does.
func (s *Site) continuation(w http.ResponseWriter, r *http.Request) {
	origin := r.URL.Query().Get("origin")
	dep, err := s.frameFor(r, origin)
	if err == nil && !dep.AllowsRung(wire.RungButton) {
		err = wire.Problemf(wire.CodeForbidden, "deployment %q does not ask visitors to continue their chats", dep.Name)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	pass, err := s.Access.Pass(r.Context(), dep.Name, origin)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	framedBy(w, dep, origin, "script-src 'self'; style-src 'self'; connect-src 'self'")
	lang := language(r, dep)
	dir := "ltr"
	if lang == "ar" || strings.HasPrefix(lang, "ar-") {
		dir = "rtl"
	}
	keep := ""
	if r.URL.Query().Get("keep") != "" {
		keep = s.texts.get(lang, "ContinueKeep")
	}
	s.fill(w, r, s.pages.resume, map[string]string{
		"Keep": keep, "Lang": lang, "Dir": dir, "Deployment": dep.Name, "Origin": origin, "Pass": pass.Value,
		"Script": s.Manifest.Path("continue.js"), "Style": s.Manifest.Path("continue.css"),
		"Title": s.texts.get(lang, "ContinueTitle"), "Text": s.texts.get(lang, "ContinueText"),
		"Yes": s.texts.get(lang, "ContinueButton"), "No": s.texts.get(lang, "ContinueNo"), "None": s.texts.get(lang, "ContinueNone"),
		"Failed": s.texts.get(lang, "ContinueFailed"),
	})
}

// frameFor finds the deployment of a page that wants a frame. Its origin must be allowed, or be that of the hosted chat
// page, which is the relay's own.
func (s *Site) frameFor(r *http.Request, origin string) (*deployment.Deployment, error) {
	if !loadedToBeShown(r) {
		return nil, wire.Problemf(wire.CodeForbidden, "the document is for frames, not for scripts of other sites")
	}
	hints := deployment.Hints{Name: r.URL.Query().Get("deployment"), Origin: origin}
	if s.Deployments.Own(origin, r.Host) {
		return s.Deployments.Resolve(hints)
	}
	return s.Deployments.ResolveFor(hints)
}

// loadedToBeShown tells whether a browser loads a document to show it. Scripts and pictures of other sites get none: its
// size would tell them whether the visitor has a cookie of the frame's. Browsers that do not say are let in.
// https://www.w3.org/TR/fetch-metadata/
func loadedToBeShown(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		dest := r.Header.Get("Sec-Fetch-Dest")
		return dest == "iframe" || dest == "frame" || dest == "document"
	}
	return true
}

// chatPage is nothing but the chat, for sites whose pages refuse frames: GET /chat/?deployment=….
func (s *Site) chatPage(w http.ResponseWriter, r *http.Request) {
	dep, err := s.Deployments.Resolve(deployment.Hints{Name: r.URL.Query().Get("deployment")})
	if err == nil && !dep.Chat {
		err = wire.Problemf(wire.CodeDeployment, "deployment %q has no chat", dep.Name)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	lang := language(r, dep)
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self'; media-src 'self'; frame-src 'self'; "+connectSelf(r)+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	s.fill(w, r, s.pages.chat, map[string]string{
		"Deployment": dep.Name, "Lang": lang, "Title": s.texts.get(lang, "ChatTitle"), "Style": s.Manifest.Path("foyer.css"),
	})
}

// toDesktop mends an address that lacks its last slash.
func toDesktop(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "desktop/")
	w.WriteHeader(http.StatusMovedPermanently)
}

// desktop is the agents' page: GET /desktop/.
func (s *Site) desktop(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", cacheNoLonger)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "+
		"worker-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' data:; "+connectSelf(r)+
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	s.serveFile(w, r, s.Assets, "desktop/index.html", s.Manifest.Build)
}

// connectSelf lets a page reach the relay. Not every browser takes 'self' to mean the WebSockets of the same host too.
func connectSelf(r *http.Request) string {
	if strings.ContainsAny(r.Host, " ;,'\"") {
		return "connect-src 'self'"
	}
	return "connect-src 'self' ws://" + r.Host + " wss://" + r.Host
}

func (s *Site) fill(w http.ResponseWriter, r *http.Request, t *template.Template, data map[string]string) {
	if t == nil {
		s.refuse(w, r, errors.New("this build has no such page: run the bundler before go build"))
		return
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		s.refuse(w, r, fmt.Errorf("fill in a page: %w", err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w) // a browser that has gone asks again, or not
}
