package transport

import "foyer/relay/wire"

// carrier is one connection, over whatever way. Its events come on the loop, never from within open or send.
type carrier interface {
	open(hello []byte)
	send(frame []byte)
	close() // no event comes after it
}

type carrierEvents struct {
	frame func(wire.Frame)
	ended func(*wire.Problem)
}

// garbled is what a client makes of a relay that sends what is no frame: perhaps something between them answered in its
// place, so it is worth another try.
func garbled(err error) *wire.Problem {
	return wire.Problemf(wire.CodeNoConnection, "the relay's answer is not understood: %v", err)
}
