package deployment

import (
	"slices"
	"testing"

	"foyer/relay/config"
	"foyer/relay/wire"
)

func mustDeployment(t *testing.T, dev bool, c config.Deployment) *Deployment {
	t.Helper()
	c.Name = "shop"
	dir, err := NewDirectory(config.File{Deployments: []config.Deployment{c}}, dev)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dir.Resolve(Hints{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryRungIsOnUnlessSwitchedOff(t *testing.T) {
	d := mustDeployment(t, false, config.Deployment{})
	if want := slices.DeleteFunc(wire.Rungs(), isButton); !slices.Equal(d.Rungs, want) {
		t.Errorf("rungs are %v", d.Rungs)
	}
	off := false
	d = mustDeployment(t, false, config.Deployment{Origins: []string{"https://a.example", "https://b.example"},
		Crossdomain: config.Crossdomain{Session: &off, Handoff: &off, Cookie: &off, Activate: &off, Button: new(true), Identity: &off}})
	if !slices.Equal(d.Rungs, []wire.Rung{wire.RungButton}) {
		t.Errorf("rungs are %v", d.Rungs)
	}
}

func isButton(r wire.Rung) bool { return r == wire.RungButton }

func TestVisitorsAreAskedOnlyWhereTheOwnerWantsItAndThereIsAnotherSite(t *testing.T) {
	for name, tt := range map[string]struct {
		origins []string
		button  bool
		dev     bool
		want    bool
	}{
		"two sites":                       {[]string{"https://a.example", "https://b.example"}, true, false, true},
		"nobody asked for it":             {[]string{"https://a.example", "https://b.example"}, false, false, false},
		"one site":                        {[]string{"https://a.example"}, true, false, false},
		"a wildcard":                      {[]string{"https://*.shop.example"}, true, false, false},
		"two schemes of a wildcard":       {[]string{"https://*.shop.example", "http://*.shop.example"}, true, false, false},
		"a site and all below it":         {[]string{"https://shop.example", "https://*.shop.example"}, true, false, false},
		"two hosts of a site":             {[]string{"https://www.shop.example", "https://help.shop.example"}, true, false, false},
		"two hosts below a country's":     {[]string{"https://a.co.uk", "https://b.co.uk"}, true, false, true},
		"one host below a country's":      {[]string{"https://www.a.co.uk", "https://help.a.co.uk"}, true, false, false},
		"two wildcards":                   {[]string{"https://*.a.example", "https://*.b.example"}, true, false, true},
		"two addresses":                   {[]string{"http://10.0.0.1", "http://10.0.0.2"}, true, false, true},
		"two ports of a host":             {[]string{"http://shop:8080", "http://shop:8081"}, true, false, false},
		"where somebody develops":         {nil, true, true, true},
		"where somebody develops unasked": {nil, false, true, false},
	} {
		d := mustDeployment(t, tt.dev, config.Deployment{Origins: tt.origins, Crossdomain: config.Crossdomain{Button: &tt.button}})
		if got := d.AllowsRung(wire.RungButton); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestTokensGoOnlyToOtherOriginsOfTheDeployment(t *testing.T) {
	off := false
	listed := config.Deployment{Origins: []string{"https://a.example", "https://b.example", "https://*.c.example"}}
	narrowed, none := listed, listed
	narrowed.Crossdomain.HandoffOrigins = []string{"https://b.example", "https://stranger.example"}
	none.Crossdomain.Handoff = &off
	for _, c := range []struct {
		name     string
		of       config.Deployment
		dev      bool
		from, to string
		want     bool
	}{
		{"listed", listed, false, "https://a.example", "https://b.example", true},
		{"a subdomain", listed, false, "https://a.example", "https://shop.c.example", true},
		{"the same", listed, false, "https://a.example", "https://a.example", false},
		{"not listed", listed, false, "https://a.example", "https://d.example", false},
		{"a subdomain of one listed", listed, false, "https://a.example", "https://x.b.example", false},
		{"a suffix", listed, false, "https://a.example", "https://evilc.example", false},
		{"another port", listed, false, "https://a.example", "https://b.example:8443", false},
		{"another scheme", listed, false, "https://a.example", "http://b.example", false},
		{"a trailing dot", listed, false, "https://a.example", "https://b.example.", false},
		{"null", listed, false, "https://a.example", "null", false},
		{"a path", listed, false, "https://a.example", "https://b.example/", false},
		{"narrowed to it", narrowed, false, "https://a.example", "https://b.example", true},
		{"narrowed to others", narrowed, false, "https://a.example", "https://shop.c.example", false},
		{"narrowed to one without the chat", narrowed, false, "https://a.example", "https://stranger.example", false},
		{"switched off", none, false, "https://a.example", "https://b.example", false},
		{"the other demo shop", listed, true, "http://shop-a.localhost:1", "http://shop-b.localhost:1", true},
		{"another port of this machine", listed, true, "http://shop-a.localhost:1", "http://shop-b.localhost:2", false},
		{"the desktop of this machine", listed, true, "http://shop-a.localhost:1", "http://localhost:1", false},
		{"a shop without --dev", listed, false, "http://shop-a.localhost:1", "http://shop-b.localhost:1", false},
		{"a shop from a listed site", listed, true, "https://a.example", "http://shop-b.localhost:1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustDeployment(t, c.dev, c.of)
			if got := d.MayHandOff(c.from, c.to); got != c.want {
				t.Errorf("it is %t", got)
			}
		})
	}
	if got := mustDeployment(t, false, none).HandoffOrigins("https://a.example"); got != nil {
		t.Errorf("pages are told of %v", got)
	}
	want := []string{"https://a.example", "https://b.example", "https://*.c.example"}
	if got := mustDeployment(t, false, listed).HandoffOrigins("https://a.example"); !slices.Equal(got, want) {
		t.Errorf("pages are told of %v", got)
	}
}

func TestHandoffOriginsThatAreNoneAreRefused(t *testing.T) {
	_, err := NewDirectory(config.File{Deployments: []config.Deployment{{Name: "shop",
		Crossdomain: config.Crossdomain{HandoffOrigins: []string{"b.example/path"}}}}}, false)
	if err == nil {
		t.Error("it was taken")
	}
}
