package invite

import (
	"strings"

	"foyer/relay/wire"
)

// tellPages tells the relay which pages of which visits get notifications, where it does not know.
func (a *App) tellPages() {
	if !a.online {
		return
	}
	open := map[string][]string{}
	for visit := range a.told {
		open[visit] = nil
	}
	for _, p := range a.pages {
		ids := p.IDs()
		if known := open[ids.Visit]; p.Tracked() && ids.Visit != "" && len(known) < wire.MaxPages {
			open[ids.Visit] = append(known, ids.Page)
		}
	}
	for visit, pages := range open {
		list := strings.Join(pages, " ")
		if a.told[visit] == list {
			continue
		}
		a.told[visit] = list
		a.o.Tell(&wire.Pages{Visit: visit, Pages: pages})
		if len(pages) == 0 {
			delete(a.told, visit)
		}
	}
}
