//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package native

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"nhooyr.io/websocket"

	"foyer/relay/throttle"
	"foyer/relay/wire"
)

const (
	writeLimit = 10 * time.Second // for one frame; a client that does not read for so long is gone
	closeLimit = time.Second      // for the client's own close frame; browsers answer at once
)

// socket carries a connection over a WebSocket. Two things cost memory for each idle connection: the reading goroutine
// and the connection itself. Writing borrows a goroutine only while there is something to write.
type socket struct {
	ws *websocket.Conn
	c  *conn

	mu      sync.Mutex
	writing bool
}

// Socket is GET /native/v1/socket. It returns after the upgrade: the connection has a context and a goroutine of its own.
func (g *Gateway) Socket(w http.ResponseWriter, r *http.Request) {
	if err := g.refusing(throttle.Network(g.Client(r))); err != nil {
		g.answerError(w, r, err)
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		g.answerError(w, r, wire.Problemf(wire.CodeBadRequest, "this address is for WebSockets; a proxy in front has to pass Upgrade and Connection on"))
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the hello decides about origins: a worker speaks for the page that it serves
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(wire.MaxFrame + 1) // one more than is allowed, so that it is this package that refuses, with its code
	s := &socket{ws: ws, c: g.newConn(socketTransport, g.peerOf(r))}
	s.c.wake = s.wake
	if err := g.register(s.c); err != nil {
		s.c.fail(g.problem(r.Context(), "open a socket", err))
		return
	}
	go s.read()
}

func (s *socket) read() {
	for {
		body, err := s.next()
		if err != nil && errors.Is(err, errClosed) {
			s.c.end(nil, true)
			return
		}
		if !s.c.receive(body, 1, err) {
			return
		}
	}
}

// errClosed says that the other side, or the network, ended the connection.
var errClosed = errors.New("the socket is closed")

// next reads a message, which is one frame.
func (s *socket) next() ([]byte, error) {
	kind, r, err := s.ws.Reader(s.c.ctx)
	if err != nil {
		return nil, errClosed
	}
	b, err := io.ReadAll(io.LimitReader(r, wire.MaxFrame+1))
	switch {
	case len(b) > wire.MaxFrame:
		return nil, wire.Problemf(wire.CodeTooLarge, "a frame may have %d bytes", wire.MaxFrame)
	case err != nil:
		return nil, errClosed
	case kind != websocket.MessageBinary:
		return nil, wire.Problemf(wire.CodeBadFrame, "frames are binary messages, not text")
	}
	if len(b) == 0 {
		return nil, wire.Problemf(wire.CodeBadFrame, "a message holds one frame, this one is empty")
	}
	return b, nil
}

// wake has the outbox written, unless that is being done already.
func (s *socket) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.writing {
		s.writing = true
		go s.write()
	}
}

func (s *socket) write() {
	for {
		frames, over := s.c.out.take()
		if !s.writeAll(frames) {
			s.close(nil)
			return
		}
		if over {
			s.close(s.c.problem())
			return
		}
		if s.idle() {
			return
		}
	}
}

func (s *socket) writeAll(frames [][]byte) bool {
	for i, b := range frames {
		ctx, cancel := context.WithTimeout(s.c.ctx, s.c.g.writeLimit)
		err := s.ws.Write(ctx, websocket.MessageBinary, b)
		cancel()
		if err != nil {
			return false
		}
		frames[i] = nil
		s.c.out.done(len(b))
	}
	return true
}

// idle ends the writing if there is nothing left to write.
func (s *socket) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c.out.waiting() {
		return false
	}
	s.writing = false
	return true
}

// close closes the socket with the code of the problem. writing stays true, so it is called once.
func (s *socket) close(p *wire.Problem) {
	s.c.end(nil, true)
	code, reason := websocket.StatusNormalClosure, ""
	if p != nil {
		code, reason = websocket.StatusCode(closeCode(p.Code)), string(p.Code)
	}
	late := time.AfterFunc(closeLimit, s.c.cancel) // ends the reading, and with it the wait
	_ = s.ws.Close(code, reason)                   // the other side may have gone without a word
	late.Stop()
	s.c.cancel()
	s.c.g.unregister(s.c)
}

// closeCode is the WebSocket close code of a problem that ended a connection.
func closeCode(c wire.Code) int {
	if code := wire.Means(c).Close; code != 0 {
		return code
	}
	return wire.Means(wire.CodeInternal).Close
}
