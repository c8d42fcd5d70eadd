package deployment

import (
	"testing"

	"foyer/relay/config"
)

func TestOnlyPagesOfSeveralSitesLookForAChat(t *testing.T) {
	two := []string{"https://a.example", "https://b.example"}
	chats := config.Features{Chat: true}
	for name, tt := range map[string]struct {
		c    config.Deployment
		want bool
	}{
		"two sites":        {config.Deployment{Origins: two, Features: chats}, true},
		"subdomains":       {config.Deployment{Origins: []string{"https://*.example"}, Features: chats}, true},
		"one site":         {config.Deployment{Origins: two[:1], Features: chats}, false},
		"no chat":          {config.Deployment{Origins: two}, false},
		"the cookie alone": {config.Deployment{Origins: two, Features: chats, Crossdomain: config.Crossdomain{Activate: new(false)}}, true},
		"no cookie":        {config.Deployment{Origins: two, Features: chats, Crossdomain: config.Crossdomain{Cookie: new(false), Activate: new(false)}}, false},
	} {
		if got := mustDeployment(t, false, tt.c).Seeks(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestADeploymentOfSeveralSites(t *testing.T) {
	for name, tt := range map[string]struct {
		origins []string
		want    bool
	}{
		"two sites":  {[]string{"https://a.example", "https://b.example"}, true},
		"subdomains": {[]string{"https://*.example"}, true},
		"one site":   {[]string{"https://a.example"}, false},
	} {
		if got := mustDeployment(t, false, config.Deployment{Origins: tt.origins}).Several(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
