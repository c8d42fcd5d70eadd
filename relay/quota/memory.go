package quota

import (
	"foyer/relay/config"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// memoryRetryMs is after how long a client asks again that found no memory.
const memoryRetryMs = 5_000

// Memory is what waits at the relay for the clients of a network, or comes from them: frames that were not fetched,
// bodies and pieces of files on their way. It is bounded for each network and for all together.
type Memory struct{ *throttle.Shares }

// NewMemory makes a Memory of which nothing is used. limits may change from call to call; watch may be nil.
func NewMemory(limits func() config.Limits, watch throttle.Watch) Memory {
	return Memory{throttle.NewShares(throttle.SharesOptions{
		Each:     func() int64 { return int64(limits().NetworkWaiting) },
		All:      func() int64 { return int64(limits().Waiting) },
		EachName: "waiting_per_network", AllName: "waiting", Watch: watch,
	})}
}

// Borrow takes memory for something of a network, until giveBack, which is called once. Codes: CodeRate.
func (m Memory) Borrow(network string, bytes int64) (giveBack func(), err error) {
	if !m.Take(network, bytes) {
		return nil, &wire.Problem{Code: wire.CodeRate, Text: "too much of this network waits at the relay", RetryMs: memoryRetryMs}
	}
	return func() { m.Give(network, bytes) }, nil
}
