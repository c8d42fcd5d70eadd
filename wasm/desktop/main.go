//go:build js && wasm

// Command desktop is the agent desktop's program: desktop.wasm, which www/desktop runs in a dedicated worker.
package main

import (
	"time"

	"foyer/wasm/browser"
	"foyer/wasm/desktop/seat"
	"foyer/wasm/loop"
	"foyer/wasm/page"
)

func main() {
	l := loop.New()
	worker := browser.NewWorker(l)
	sites := page.NewSites(l, func(site *page.Site) page.Handler {
		return seat.New(site, seat.Options{
			Loop: l, Dial: worker.Dialer(), Poll: worker.Poller(), Fetch: worker.FetchJSON, NewID: worker.UUID,
			Carry: worker, Zone: time.Local,
		})
	})
	worker.Run(l, sites)
}
