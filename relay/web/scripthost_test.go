package web

import (
	"net/http"
	"strings"
	"testing"

	"foyer/relay/config"
	"foyer/relay/deployment"
)

func TestVendorsScriptHost(t *testing.T) {
	s := newSite(t, nil)
	cases := []struct{ path, content, kind string }{
		{"/widgets/9.0/cxbus.min.js", "loader", "text/javascript; charset=utf-8"},
		{"/widgets/9.0.018.02/cxbus.min.js?v=3", "loader", "text/javascript; charset=utf-8"},
		{"/widgets/9.x/widgets.min.js", "loader", "text/javascript; charset=utf-8"},
		{"/widgets/9.0/plugins/widgets-core.min.js", "loader", "text/javascript; charset=utf-8"},
		{"/widgets/9.0/plugins/cx-webchat.min.js", "/* in foyer.js */\n", "text/javascript; charset=utf-8"},
		{"/widgets/9.0/widgets.min.css", "/* in foyer.js */\n", "text/css; charset=utf-8"},
		{"/widgets/9.0/i18n/widgets-en.i18n.json", "{}\n", "application/json"},
		{"/server/resources/js/build/GPE.min.js", "loader", "text/javascript; charset=utf-8"},
		{"/server/resources/js/build/GTC.min.js", "loader", "text/javascript; charset=utf-8"},
		{"/frontend/resources/js/build/GPE.min.js", "loader", "text/javascript; charset=utf-8"},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			r := s.get(c.path)
			wantStatus(t, r, http.StatusOK)
			wantHeader(t, r, "Content-Type", c.kind)
			wantHeader(t, r, "Cache-Control", "public, max-age=300")
			wantHeader(t, r, "Access-Control-Allow-Origin", "*")
			wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
			if got := body(t, r); got != c.content {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestVendorsScriptHostHasNothingElse(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/widgets/9.0/", "/widgets/9.0/index.html", "/server/resources/js/build/", "/server/cxbus.min.js"} {
		wantStatus(t, s.get(path), http.StatusNotFound)
	}
}

func TestDeploymentByThePagesConfiguration(t *testing.T) {
	directory, err := deployment.NewDirectory(config.File{Deployments: []config.Deployment{
		{Name: "one", Languages: []string{"en"}, Origins: []string{"https://shop.example"}, OrganizationIDs: []string{"org-1"}},
		{Name: "two", Languages: []string{"en"}, Origins: []string{"https://shop.example"}, OrganizationIDs: []string{"key-2", "org-2"}, APIKeys: []string{"api-2"}, ServiceNames: []string{"chat-2"}},
	}}, false)
	must(t, err)
	s := newSite(t, func(o *Options) { o.Deployments = directory })
	for _, c := range []struct{ query, want string }{
		{"name=one&key=key-2", "one"},
		{"name=&key=key-2&org=org-1", "two"},
		{"name=&key=YOUR_DEPLOYMENTKEY_HERE&org=org-2", "two"},
		{"name=&apikey=api-2", "two"},
		{"name=&service=chat-2", "two"},
		{"name=&key=YOUR_DEPLOYMENTKEY_HERE", "one"}, // by origin, the first one
	} {
		r := s.get("/deployment.js?"+c.query, "Origin", "https://shop.example")
		wantStatus(t, r, http.StatusOK)
		if got := body(t, r); !strings.Contains(got, `"name":"`+c.want+`"`) {
			t.Errorf("%s: got %s", c.query, got)
		}
	}
}
