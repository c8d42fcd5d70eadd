// Package clock is the relay's time: the system's clock behind the small interfaces that the domain declares
// (chat.Clock, visit.Clock, desk.Clock, live.Clock, access.Clock). main hands System to all of them; tests hand over
// clocktest.Clock. Nothing of the domain may ask package time for the time itself.
package clock

import "time"

// System is the machine's clock. Its zero value is ready.
type System struct{}

// NowMs is Unix time in milliseconds.
func (System) NowMs() int64 { return time.Now().UnixMilli() }

// AfterMs calls f in a goroutine of its own once ms milliseconds have passed (at once for ms <= 0). Stop prevents that
// if it has not happened yet.
func (System) AfterMs(ms int64, f func()) (stop func()) {
	t := time.AfterFunc(time.Duration(ms)*time.Millisecond, f)
	return func() { t.Stop() }
}
