package gwe

import (
	"encoding/base64"
	"net/url"
	"slices"
	"testing"

	"foyer/relay/visit"
)

func TestAges(t *testing.T) {
	for text, want := range map[string]int64{"90": 90_000, "90s": 90_000, "15m": 900_000, "12h": 43_200_000, "7d": 604_800_000, "0": 0} {
		if got, err := parseAge(text); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "-1", "1w", "1.5h", "9999999999999999999", "9223372036854775807d"} {
		if got, err := parseAge(text); err == nil {
			t.Errorf("%q is taken as %d", text, got)
		}
	}
}

func FuzzGroups(f *testing.F) {
	f.Add("A,B, A", "C")
	f.Add(",,", " ")
	f.Fuzz(func(t *testing.T, first, second string) {
		groups, err := groupsOf([]string{first, second})
		if err != nil {
			return
		}
		if len(groups) > maxGroups || !slices.IsSorted(groups) {
			t.Errorf("%q", groups)
		}
		for i, name := range groups {
			if name == "" || len(name) > maxGroupBytes || i > 0 && name == groups[i-1] {
				t.Errorf("%q in %q", name, groups)
			}
		}
	})
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte(`{"visitID":"v","channelType":"proactiveChat","notification_message":[{"channel":"x"}],"subject":{}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if p, err := parseProfile(body); err == nil && (p.Visit == "" || p.Type == "") {
			t.Errorf("%q gives %+v", body, p)
		}
	})
}

func TestPagingTokensAreOfOneList(t *testing.T) {
	at := paging{visit.Cursor{ServerMs: 5, Ms: 4, ID: "a.b"}, 3}
	token := formatPaging(at, "shop/events")
	if got, err := parsePaging(token, "shop/events"); err != nil || got != at {
		t.Errorf("%+v came back as %+v, %v", at, got, err)
	}
	bad := map[string]string{"of another list": formatPaging(at, "shop/visits"), "lengthened": token + "AAAA", "of nothing": "AAAA",
		"no base64": "????", "of the start": formatPaging(paging{}, "shop/events"),
		"before time": formatPaging(paging{visit.Cursor{ServerMs: -1, ID: "a"}, 0}, "shop/events")}
	for i := range token {
		bad["cut after "+token[:i]] = token[:i]
	}
	for name, token := range bad {
		if got, err := parsePaging(token, "shop/events"); err == nil {
			t.Errorf("a token %s is taken as %+v", name, got)
		}
	}
}

func FuzzPagingTokens(f *testing.F) {
	f.Add([]byte("1.2.3.a"))
	f.Add([]byte("1.2.3"))
	f.Add([]byte("-1...x"))
	f.Fuzz(func(t *testing.T, content []byte) {
		token := base64.RawURLEncoding.EncodeToString(append(checkOf("s", content), content...))
		p, err := parsePaging(token, "s")
		if err != nil {
			return
		}
		if again, err := parsePaging(formatPaging(p, "s"), "s"); err != nil || again != p || p.after.ID == "" {
			t.Errorf("%+v came back as %+v, %v", p, again, err)
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("age=7d&page_size=3&category=x&eventName=a", "")
	f.Add("age=-1", "????")
	f.Add("", formatPaging(paging{visit.Cursor{ServerMs: 1, Ms: 2, ID: "a.b"}, 0}, scopeOf("l", nil)))
	f.Fuzz(func(t *testing.T, query, paging string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := parseQuery(v, paging, "l", 1_000_000)
		if err == nil && (q.Limit < 0 || q.Limit > visit.MaxPageSize || q.SinceMs < 0) {
			t.Errorf("%+v", q)
		}
	})
}
