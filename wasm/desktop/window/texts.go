package window

import (
	"strconv"
	"strings"
	"time"
)

// Texts are the texts of one language by key (www/texts/desktop.<language>.json).
type Texts map[string]string

// t gives a text; pairs replace {name} by value. A key without a text gives the key, so that a gap is seen.
func (w *Window) t(key string, pairs ...string) string {
	text, ok := w.o.Texts[key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

func number(n int) string { return strconv.Itoa(n) }

// span says how long something takes, in words that do not change every second once it is long.
func (w *Window) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.t("Seconds", "n", number(int(max(d, 0)/time.Second)))
	case d < time.Hour:
		return w.t("Minutes", "n", number(int(d/time.Minute)))
	}
	return w.t("Hours", "h", number(int(d/time.Hour)), "n", number(int(d%time.Hour/time.Minute)))
}

// clock is the time of day, with the date in front where it was another day.
func (w *Window) clock(ms int64) string {
	at, now := time.UnixMilli(ms).In(w.o.Zone), time.UnixMilli(w.desk.NowMs()).In(w.o.Zone)
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}
