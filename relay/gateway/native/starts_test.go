package native

import (
	"fmt"
	"testing"

	"foyer/relay/wire"
)

// Who starts one chat after the other is told to wait, and how long.
func TestChatsThatAreStartedFromOneAddressAreLimited(t *testing.T) {
	r := newRelay(t)
	const atOnce, most = 30, 60 // a slow machine makes room for some more meanwhile
	var refused *wire.Error
	started := 0
	for ; refused == nil && started < most; started++ {
		h := hello()
		h.Device, h.Visit = fmt.Sprintf("%032d", started), fmt.Sprintf("%032d", started)
		c, _ := r.visitor((*testRelay).socket, h)
		c.say(&wire.Start{Ref: 1, ClientID: r.IDs.New(), FirstName: "Ada"})
		next(c, func(f wire.Frame) bool {
			e, isError := f.(*wire.Error)
			if isError {
				refused = e
				started--
			}
			_, isStarted := f.(*wire.Started)
			return isError || isStarted
		})
	}
	if started < atOnce || refused == nil || refused.Code != wire.CodeRate || refused.RetryMs <= 0 {
		t.Errorf("%d chats were started, and then came %+v", started, refused)
	}
}
