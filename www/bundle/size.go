package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// budgets in bytes after brotli, for what a visitor's browser loads. A kB is 1000 bytes.
var budgets = map[string]int{
	"foyer.js":          10_000,
	"foyer-front.js":    4_300, // of which some 180 are for the globals that a page may have taken (loader/own)
	"foyer-go.js":       5_400, // the same, and what waits for titles
	"foyer-monitor.js":  4_500,
	"foyer-lean.js":     1_000,
	"foyer-view.js":     10_000,
	"foyer-common.js":   6_000,
	"foyer-invite.js":   4_000,
	"foyer-callback.js": 3_500,
	"foyer-handoff.js":  2_500,
	"foyer-continue.js": 1_500,
	"foyer.wasm":        850_000,

	"foyer-cookies.js":       2_500,
	"cookie-provider.min.js": 3_000,
	"iframe.min.js":          6_500,
	"cookieprovider.wasm":    375_000,
}

// listed are the files of the table, in its order.
var listed = []string{
	"foyer.js", "foyer-front.js", "foyer-go.js", "foyer-view.js", "foyer-common.js", "foyer-monitor.js", "foyer-lean.js", "foyer-invite.js", "foyer-callback.js", "foyer-handoff.js", "foyer-continue.js", "jquery.js", "foyer.css", "bridge.js", "worker.js", "foyer.wasm",
	"texts/webchat.en.json", "desktop.js", "desktop.css", "desktop.wasm", "foyer-cookies.js", "cookie-provider.min.js", "iframe.min.js", "cookieprovider.wasm",
}

// report prints the sizes and says which file exceeds its budget.
func report(w io.Writer, files []*file) error {
	byName := map[string]*file{}
	for _, f := range files {
		byName[f.name] = f
	}
	fmt.Fprintf(w, "%-24s %10s %10s %10s %10s\n", "file", "raw", "gzip", "brotli", "budget")
	var over []string
	for _, name := range listed {
		f, ok := byName[name]
		if !ok {
			if budgets[name] > 0 {
				fmt.Fprintf(w, "%-24s %10s\n", name, "missing")
			}
			continue
		}
		limit := ""
		if b := budgets[name]; b > 0 {
			limit = fmt.Sprint(b)
			if len(f.br) > b {
				over = append(over, fmt.Sprintf("%s is %d bytes, %d too many", name, len(f.br), len(f.br)-b))
			}
		}
		fmt.Fprintf(w, "%-24s %10d %10d %10d %10s\n", name, len(f.data), len(f.gz), len(f.br), limit)
	}
	if len(over) > 0 {
		return errors.New("over budget: " + strings.Join(over, "; "))
	}
	return nil
}
