package webchat

import (
	"strconv"
	"strings"
	"time"

	"foyer/relay/wire"
)

// Texts are the window's words in one language, by key: a file of www/texts.
type Texts map[string]string

// Get gives the words of a key. Without them it is the key, so that a file that lacks one shows it.
func (t Texts) Get(key string) string {
	if words, ok := t[key]; ok {
		return words
	}
	return key
}

// With gives the words of a key with a value in the place of <%name%>.
func (t Texts) With(key, name, value string) string {
	return strings.TrimSpace(strings.ReplaceAll(t.Get(key), "<%"+name+"%>", value))
}

// Reason gives the words for an error's code.
func (t Texts) Reason(c wire.Code) string { return t.Get(wire.Means(c).Key) }

// Day writes the day of a time in words that a page has given, "DayLabels" from Sunday on and "MonthLabels"; "" where it
// has not given both.
func (t Texts) Day(at time.Time) string {
	day, month := t[listed("DayLabels", int(at.Weekday()))], t[listed("MonthLabels", int(at.Month())-1)]
	if day == "" || month == "" {
		return ""
	}
	return day + ", " + month + " " + strconv.Itoa(at.Day())
}

// listed is the key of one of the texts that a page gives in a list.
func listed(key string, n int) string { return key + "." + strconv.Itoa(n) }

// Clock writes a time of day with 12 or 24 hours; with 0, as the language does.
func (t Texts) Clock(at time.Time, hours int) string {
	if hours == 12 || (hours == 0 && t.Get("TimeFormat") == "12") {
		return at.Format("3:04 PM")
	}
	return at.Format("15:04")
}
