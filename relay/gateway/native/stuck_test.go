//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package native

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"foyer/relay/wire"
)

// stuck opens a socket as a second tab of the visitor whose handle it is, which says hello and never reads anything. It
// gives the relay's end.
func (r *testRelay) stuck(handle string) *conn {
	r.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.tb.Cleanup(cancel)
	before := map[*conn]bool{}
	for _, c := range r.all() {
		before[c] = true
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return c, err
	}
	ws, _, err := websocket.Dial(ctx, r.http.URL+"/native/v1/socket", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {shopOrigin}}, HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial}}})
	must(r.tb, err)
	h := hello()
	h.Handle = handle
	b, err := wire.Encode(h)
	must(r.tb, err)
	must(r.tb, ws.Write(ctx, websocket.MessageBinary, b))
	var found *conn
	untilTrue(r.tb, func() bool {
		for _, c := range r.all() {
			c.mu.Lock()
			seated := len(c.seats) > 0
			c.mu.Unlock()
			if !before[c] && seated {
				found = c
			}
		}
		return found != nil
	})
	return found
}

func TestAClientThatStopsReadingIsDroppedAndHoldsNobodyUp(t *testing.T) {
	r := newRelay(t)
	r.writeLimit = time.Second
	visitor, agent, started := r.conversation((*testRelay).socket)
	slow := r.stuck(started.Snapshot.Handle)
	talk := func(text string) {
		t.Helper()
		visitor.say(&wire.Send{Ref: 20, Session: started.Snapshot.Session, ClientID: text, Kind: wire.KindMessage, Text: text})
		next(visitor, func(a *wire.Ack) bool { return a.ClientID == text })
		next(agent, func(p *wire.Push) bool { return p.Entries[0].Text == text })
	}

	// What the machine itself keeps for a reader is not known; it is some megabytes.
	frame := &wire.Typing{Session: started.Snapshot.Session, Text: strings.Repeat("a", wire.MaxFrame/2)}
	sent := 0
	for ; !slow.hasEnded() && sent < 1<<30; sent += wire.MaxFrame / 2 {
		slow.send(frame)
		slow.out.mu.Lock()
		waiting := slow.out.bytes
		slow.out.mu.Unlock()
		if waiting > outboxBytes {
			t.Fatalf("%d bytes wait for one client", waiting)
		}
		if sent%(1<<20) == 0 {
			r.clock.Advance(1000) // the visitor's limit of frames
			talk(fmt.Sprint("after ", sent))
		}
	}
	if !slow.hasEnded() {
		t.Fatalf("after %d bytes the client is still there", sent)
	}
	talk("while it is being dropped")
	untilTrue(t, func() bool {
		for _, c := range r.all() {
			if c == slow {
				return false
			}
		}
		return true
	})
	talk("afterwards")
}
