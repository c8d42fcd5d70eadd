package hours

import (
	"testing"
	"time"

	"foyer/relay/config"
)

func office() config.Hours {
	return config.Hours{TimeZone: "Europe/Berlin", Open: []config.Opening{
		{Days: []string{"sat"}, From: "10:00", To: "14:00"},
		{Days: []string{"mon", "TUE", "wed", "thu", "fri"}, From: "13:00", To: "17:30"},
		{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "12:00"},
	}}
}

func mustNew(t *testing.T, c config.Hours) *Hours {
	t.Helper()
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func at(t *testing.T, text string) int64 {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixMilli()
}

func TestWhenItIsOpenNext(t *testing.T) {
	night := config.Hours{TimeZone: "Europe/Berlin", Open: []config.Opening{{Days: []string{"sun"}, From: "02:00", To: "02:30"}}}
	cases := map[string]struct {
		hours    config.Hours
		at, next string // next: "" for now
	}{
		"a minute before":               {office(), "2026-11-23 08:59", "2026-11-23 09:00"},
		"the first minute":              {office(), "2026-11-23 09:00", ""},
		"the last minute":               {office(), "2026-11-23 11:59", ""},
		"at lunch":                      {office(), "2026-11-23 12:00", "2026-11-23 13:00"},
		"in the evening":                {office(), "2026-11-23 17:30", "2026-11-24 09:00"},
		"on Friday evening":             {office(), "2026-11-27 20:00", "2026-11-28 10:00"},
		"on Saturday afternoon":         {office(), "2026-11-28 14:00", "2026-11-30 09:00"},
		"before the clocks go forward":  {office(), "2026-03-28 14:00", "2026-03-30 09:00"},
		"an hour that the clocks skip":  {night, "2026-03-28 12:00", "2026-04-05 02:00"},
		"no hours: always":              {config.Hours{}, "2026-11-28 03:00", ""},
		"the whole day, until midnight": {config.Hours{TimeZone: "Europe/Berlin", Open: []config.Opening{{Days: []string{"sun"}, From: "00:00", To: "24:00"}}}, "2026-11-29 23:59", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, now := mustNew(t, c.hours), at(t, c.at)
			want := now
			if c.next != "" {
				want = at(t, c.next)
			}
			if h.Open(now) != (c.next == "") {
				t.Errorf("open: %v", h.Open(now))
			}
			if got := h.Next(now); got != want {
				t.Errorf("next is %s, want %s", time.UnixMilli(got), time.UnixMilli(want))
			}
		})
	}
}

func TestPagesAreToldTheWeekInItsOrder(t *testing.T) {
	zone, open := mustNew(t, office()).Week()
	if zone != "Europe/Berlin" || len(open) != 11 || open[0] != (Span{time.Monday, 540, 720}) || open[10] != (Span{time.Saturday, 600, 840}) {
		t.Errorf("%s: %v", zone, open)
	}
	if zone, open := mustNew(t, config.Hours{}).Week(); zone != "" || open != nil {
		t.Errorf("without hours: %q %v", zone, open)
	}
}

func TestHoursThatAreRefused(t *testing.T) {
	days := []string{"mon"}
	for name, c := range map[string]config.Hours{
		"no time zone":        {Open: []config.Opening{{Days: days, From: "09:00", To: "10:00"}}},
		"an unknown one":      {TimeZone: "Europe/Bärlin", Open: []config.Opening{{Days: days, From: "09:00", To: "10:00"}}},
		"the machine's own":   {TimeZone: "Local", Open: []config.Opening{{Days: days, From: "09:00", To: "10:00"}}},
		"only a time zone":    {TimeZone: "UTC"},
		"no day":              {TimeZone: "UTC", Open: []config.Opening{{From: "09:00", To: "10:00"}}},
		"no day of the week":  {TimeZone: "UTC", Open: []config.Opening{{Days: []string{"monday"}, From: "09:00", To: "10:00"}}},
		"backwards":           {TimeZone: "UTC", Open: []config.Opening{{Days: days, From: "22:00", To: "06:00"}}},
		"no time of day":      {TimeZone: "UTC", Open: []config.Opening{{Days: days, From: "9", To: "10:00"}}},
		"without the zero":    {TimeZone: "UTC", Open: []config.Opening{{Days: days, From: "9:00", To: "10:00"}}},
		"later than midnight": {TimeZone: "UTC", Open: []config.Opening{{Days: days, From: "09:00", To: "24:30"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if h, err := New(c); err == nil {
				t.Errorf("accepted as %+v", h)
			}
		})
	}
}

// FuzzHours: what is accepted is open at the time that it names as the next, and not between.
func FuzzHours(f *testing.F) {
	f.Add("Europe/Berlin", "mon", "09:00", "17:30", int64(1_800_000_000_000))
	f.Add("America/St_Johns", "sun", "00:00", "24:00", int64(0))
	f.Fuzz(func(t *testing.T, zone, day, from, to string, ms int64) {
		h, err := New(config.Hours{TimeZone: zone, Open: []config.Opening{{Days: []string{day}, From: from, To: to}}})
		if err != nil || h == nil || ms < 0 || ms > 1<<42 {
			return
		}
		next := h.Next(ms)
		if next < ms || !h.Open(next) && next != ms {
			t.Fatalf("from %d it is open next at %d", ms, next)
		}
	})
}
