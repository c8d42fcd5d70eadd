// Package clock is the relay's time: the system's clock behind the small interfaces that the domain declares
// (chat.Clock, visit.Clock, desk.Clock, live.Clock, access.Clock). main hands System to all of them; tests hand over
// clocktest.Clock. Nothing of the domain may ask package time for the time itself.
package clock

import "time"

// started is what UpMs counts from.
var started = time.Now()

// System is the machine's clock. Its zero value is ready.
type System struct{}

// NowMs is Unix time in milliseconds.
func (System) NowMs() int64 { return time.Now().UnixMilli() }

// UpMs is the time since the program began, in milliseconds. Unlike NowMs it does not jump when somebody sets the machine's
// clock, so it is what durations are measured by.
func (System) UpMs() int64 { return time.Since(started).Milliseconds() }

// AfterMs calls f in a goroutine of its own once ms milliseconds have passed (at once for ms <= 0). Stop prevents that
// if it has not happened yet.
func (System) AfterMs(ms int64, f func()) (stop func()) {
	t := time.AfterFunc(time.Duration(ms)*time.Millisecond, f)
	return func() { t.Stop() }
}
