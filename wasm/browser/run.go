//go:build js && wasm

package browser

import (
	"context"
	"errors"

	"foyer/wasm/loop"
	"foyer/wasm/page"
)

// Run serves pages until the loop ends, which it does only by a crash: then it says so on the console, to the relay and to every
// page, and returns, so that Go exits and worker.js starts anew.
func (w *Worker) Run(l *loop.Real, sites *page.Sites) {
	if err := w.Serve(sites.Connect); err != nil {
		w.Console("error", "pages cannot connect: "+err.Error())
		return
	}
	err := l.Run(context.Background())
	_ = w.global.Delete("foyerOnPort") // whoever comes now is kept for the next one
	reason := "stopped"
	if crash := (*loop.Crash)(nil); errors.As(err, &crash) {
		reason = "crashed"
		w.Console("error", crash.Error())
		_, _ = w.global.Call("foyerCrashed", crash.Error()) // worker.js tells the relay; not everything that runs Go has one
	}
	sites.Abandon(reason)
}
