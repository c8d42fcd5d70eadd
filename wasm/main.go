//go:build js && wasm

// Command wasm is the browser client: foyer.wasm, which runs in one worker for all tabs of a site, in a hidden frame of
// the relay's origin. It makes a visitor.Visitor for each site whose pages connect.
package main

import (
	"foyer/wasm/browser"
	"foyer/wasm/loop"
	"foyer/wasm/page"
	"foyer/wasm/visitor"
)

func main() {
	l := loop.New()
	worker := browser.NewWorker(l)
	sites := page.NewSites(l, func(site *page.Site) page.Handler {
		return visitor.New(site, visitor.Options{
			Loop: l, Dial: worker.Dialer(), Poll: worker.Poller(), Fetch: worker.FetchJSON, FetchText: worker.FetchText,
			Matches: worker.Matches, NewID: worker.UUID, Day: worker.Day,
			Carry: worker,
		})
	})
	worker.Run(l, sites)
}
