package gwe

import (
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

func FuzzQuery(f *testing.F) {
	f.Add("age=7d&page_size=3&category=x&eventName=a", formatCursor(visit.Cursor{ServerMs: 1, Ms: -2, ID: "a.b"}))
	f.Add("age=-1", "????")
	f.Fuzz(func(t *testing.T, query, paging string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := parseQuery(v, paging, 1_000_000)
		if err != nil {
			return
		}
		if q.Limit < 0 || q.Limit > visit.MaxPageSize || q.SinceMs < 0 {
			t.Errorf("%+v", q)
		}
		if q.After.ID != "" {
			if again, err := parseCursor(formatCursor(q.After)); err != nil || again != q.After {
				t.Errorf("%+v came back as %+v, %v", q.After, again, err)
			}
		}
	})
}
