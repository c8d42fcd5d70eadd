package invite

import (
	"strings"

	"foyer/relay/wire"
)

const maxOrders = 50 // of content that are remembered

// order is content that a notification wants on a page.
type order struct {
	n    int
	page Page
	all  bool // it was for all pages of the visit
	ids  ids
	data map[string]any // of the message: url, method, container, config
	over bool           // what has become of it was reported
}

// ids are the visit's and the page's, as the notification found them.
type ids struct{ visit, page string }

// content puts content on pages. An invitation that says so itself (it has a config) is shown on one of them; of others
// it turns out when their scripts run.
func (a *App) content(meant []Page, f *wire.Notify) {
	config, known := f.Data["config"].(map[string]any)
	if !known {
		for _, p := range meant {
			a.put(&order{page: p, all: f.Page == "", data: f.Data})
		}
		return
	}
	p := inFront(meant)
	o := &order{page: p, all: f.Page == "", data: f.Data}
	o.ids = idsOf(p)
	if a.now != nil || a.o.Busy() {
		a.dispose(o.ids, first(config, "engagementID"), resultUnknown)
		return
	}
	if a.leaves(p, o, first(config, "engagementID")) {
		return
	}
	a.now = &invitation{order: o, page: p, config: readConfig(config)}
	a.put(o)
}

// inFront is the page that is on a screen, or the last one.
func inFront(pages []Page) Page {
	for _, p := range pages {
		if p.Visible() {
			return p
		}
	}
	return pages[len(pages)-1]
}

func idsOf(p Page) ids { return ids{p.IDs().Visit, p.IDs().Page} }

// put fetches content and has the page insert it. A page under a strict policy could not fetch it itself.
func (a *App) put(o *order) {
	a.last++
	o.n = a.last
	if o.ids.visit == "" {
		o.ids = idsOf(o.page)
	}
	a.orders = append(a.orders, o)
	if len(a.orders) > maxOrders {
		a.orders = a.orders[1:]
	}
	url, method := first(o.data, "url"), first(o.data, "method")
	path, own := ownPath(url, o.page.Deployment().Base)
	switch {
	case !own: // the page looks whether the deployment allows its host
		a.insert(o, url, "")
	case method != "" && !strings.EqualFold(method, "GET"):
		a.failed(o, "content of the relay is fetched by GET, not "+method)
	case !isResource(path):
		a.failed(o, "the relay has content for pages below /server/resources/ only, not at "+path)
	default:
		a.o.Fetch(path, func(html string, err error) {
			if err != nil {
				a.failed(o, err.Error())
				return
			}
			a.insert(o, path, html)
		})
	}
}

// ownPath gives the path of an address at the relay; false for other hosts.
func ownPath(url, base string) (path string, own bool) {
	if base != "" && strings.HasPrefix(url, base+"/") {
		return url[len(base):], true
	}
	if strings.HasPrefix(url, "//") || strings.Contains(url, ":") && !strings.HasPrefix(url, "/") {
		return "", false
	}
	return "/" + strings.TrimLeft(url, "/"), true
}

// isResource tells whether the relay has files for pages at a path.
func isResource(path string) bool {
	plain, _, _ := strings.Cut(path, "?")
	if strings.Contains(plain, "..") || strings.ContainsAny(plain, "%\\") {
		return false
	}
	return strings.HasPrefix(plain, "/server/resources/") || strings.HasPrefix(plain, "/frontend/resources/")
}

// insert hands content to its page; html is "" where the page has to fetch it.
func (a *App) insert(o *order, url, html string) {
	args := map[string]any{
		"n": o.n, "url": url, "hosts": o.page.Deployment().Hosts, "method": first(o.data, "method"), "container": first(o.data, "container"),
		"config": o.data["config"], "visit": o.ids.visit, "page": o.ids.page,
	}
	if html != "" {
		args["html"] = html
	}
	o.page.Call("content", args, func(ok bool, value any) {
		if !ok {
			text, _ := value.(string)
			a.failed(o, text)
		} else if i := a.now; i != nil && i.order == o && !i.shown {
			a.end() // its scripts do not want the dialog
		}
	})
}

// failed says on the page's console why content is not there. An invitation that cannot be shown is over.
func (a *App) failed(o *order, why string) {
	if why != "" { // else its page has gone
		o.page.Log("warn", "the content of a notification is left out: "+why)
	}
	if i := a.now; i != nil && i.order == o && i.page == o.page {
		a.end()
		a.disposeOf(i, resultUnknown)
	}
}
