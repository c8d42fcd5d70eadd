package jar

import (
	"strings"
	"testing"
)

func TestAttributesFitTheAddress(t *testing.T) {
	everywhere := Attributes{Secure: true, None: true}
	for _, tt := range []struct {
		protocol, host string
		first          Attributes
		ways           int
	}{
		{"https:", "frame.example", everywhere, 1},
		{"https:", "localhost", everywhere, 1},
		{"http:", "127.0.0.1", everywhere, 3},
		{"http:", "localhost", everywhere, 3},
		{"http:", "shop-a.localhost", everywhere, 3},
		{"http:", "domain-a", Attributes{}, 1},
	} {
		ways := Ways(tt.protocol, tt.host)
		if len(ways) != tt.ways || ways[0] != tt.first {
			t.Errorf("%s//%s: %+v", tt.protocol, tt.host, ways)
		}
	}
}

func TestCookiesAreWrittenForTheFrameAlone(t *testing.T) {
	for _, tt := range []struct {
		got, want string
	}{
		{Write("chat", Stamp("g"), "v%3B1", "/iframe.html", Attributes{Secure: true, None: true}), "chat=f1.g.v%3B1;path=/iframe.html;SameSite=None;Secure"},
		{Write("chat", Stamp(""), "v", "/f", Attributes{}), "chat=f1.v;path=/f"},
		{Write("chat", Stamp("g"), "v", "/f", Attributes{true, true, true}), "chat=f1.g.v;path=/f;SameSite=None;Secure;Partitioned"},
		{Write("chat", Stamp(""), "v", "/a;domain=evil.test", Attributes{}), "chat=f1.v;path=/"},
		{WriteGuard("chat", "g", false), "__Host-chat=g;path=/;SameSite=None;Secure"},
		{RemoveGuard("chat", true), "__Host-chat=;path=/;SameSite=None;Secure;Partitioned;max-age=0"},
		{Remove("chat", "/f", Attributes{Secure: true, None: true}), "chat=;path=/f;SameSite=None;Secure;max-age=0"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestOnlyWhatTheFrameWroteIsFound(t *testing.T) {
	const cookies = "session=secret; chat2=f1.other; chat=secret; chat=f1.mine; empty=f1.; bare"
	for name, want := range map[string]string{"chat": "mine", "chat2": "other", "empty": ""} {
		if got, found := Find(cookies, name, mark); !found || got != want {
			t.Errorf("%s: %q, %v", name, got, found)
		}
	}
	for _, name := range []string{"session", "hat", "bare", "", "nothing"} {
		if got, found := Find(cookies, name, mark); found {
			t.Errorf("%s was found: %q", name, got)
		}
	}
}

func TestWhatANeighbourPutsInIsNotFound(t *testing.T) {
	for cookies, want := range map[string]string{
		"chat=f1.theirs; chat=f1.g.mine; __Host-chat=g":   "mine",
		"chat=f1.h.theirs; __Host-chat=g; chat=f1.g.mine": "mine",
		"chat=f1.h.theirs; __Host-chat=g":                 "",
		"chat=f1.theirs; __Host-chat=g":                   "",
		"chat=f1.g.theirs; __Host-other=g":                "",
	} {
		guard := FindGuard(cookies, "chat")
		got := ""
		if guard != "" {
			got, _ = Find(cookies, "chat", Stamp(guard))
		}
		if got != want {
			t.Errorf("%s: found %q", cookies, got)
		}
	}
	if Guarded("http:") || !Guarded("https:") {
		t.Error("guards are for https")
	}
}

func TestNames(t *testing.T) {
	for name, valid := range map[string]bool{
		"customer-defined-session-cookie": true, "a%20b": true, "": false, "a;b": false, "a=b": false, "a b": false, "a\nb": false,
		"ä": false, strings.Repeat("a", 257): false,
	} {
		if ValidName(name) != valid {
			t.Errorf("%q: %v", name, !valid)
		}
	}
}

func TestVerdictIsTheTruth(t *testing.T) {
	full, plain, insecure := &Attributes{Secure: true, None: true}, &Attributes{}, &Attributes{None: true}
	for _, tt := range []struct {
		name string
		seen Observed
		want Sharing
	}{
		{"Chromium that allows them", Observed{Kept: full, Partitioned: true, Access: Given}, Shared},
		{"Chromium that blocks them", Observed{Partitioned: true, Access: Refused}, Partitioned},
		{"Firefox keeps them for each site", Observed{Kept: full, Partitioned: true, Access: Refused}, Partitioned},
		{"Firefox with access", Observed{Kept: full, Partitioned: true, Access: Given}, Shared},
		{"WebKit that never saw the site", Observed{Access: Refused}, Blocked},
		{"all cookies are off", Observed{}, Blocked},
		{"an old browser that allows them", Observed{Kept: full}, Shared},
		{"the frame's own site", Observed{Kept: full, Access: Refused, SameSite: true}, Shared},
		{"plain http on the frame's own site", Observed{Kept: plain, Access: Given, SameSite: true}, Blocked},
		{"loopback where Secure is not taken", Observed{Kept: insecure, Access: Given}, Blocked},
	} {
		if got := Judge(tt.seen); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("a=f1.b; c=d", "a")
	f.Add("a", "a")
	f.Add(";;==;f1.=f1.", "f1.")
	f.Fuzz(func(t *testing.T, cookies, name string) {
		if value, found := Find(cookies, name, mark); found && !strings.Contains(cookies, name+"="+mark+value) {
			t.Fatalf("%q of %q gives %q", name, cookies, value)
		}
	})
}
