package callback

import (
	"strconv"
	"strings"

	"foyer/relay/wire"
)

// state is how far a form has come.
type state int

const (
	writing state = iota
	sending
	waiting // for the connection
	done
)

const (
	later    = "later" // value of desiredtime
	maxField = 100     // characters
)

// form is what a visitor has filled in on one page.
type form struct {
	state    state
	values   map[string]string // by name of the field
	userData map[string]any
	desired  int64  // Unix milliseconds; 0 for as soon as possible
	id       string // of the request
	wrong    string // name of the field that may not hold what it holds
	problem  string // key of the text that says why
	refused  wire.Code
	focused  string // what takes the focus with the next drawing
	focuses  int
}

func newForm() *form { return &form{values: map[string]string{"desiredtime": "now"}} }

// focus moves the keyboard focus with the next drawing.
func (f *form) focus(what string) {
	f.focused = what
	f.focuses++
}

// focusOn is the value of Node.Focus for what may take it.
func (f *form) focusOn(what string) string {
	if f.focused != what {
		return ""
	}
	return what + strconv.Itoa(f.focuses)
}

// prefill takes what a page knows of its visitor.
func (f *form) prefill(given map[string]any) {
	for _, name := range []string{"firstname", "lastname", "email", "subject", "phonenumber"} {
		if text, ok := given[name].(string); ok {
			f.values[name] = text
		}
	}
	if text, ok := given["phone_number"].(string); ok {
		f.values["phonenumber"] = text
	}
}

func (f *form) fill(fields map[string]string) {
	for name, value := range fields {
		f.values[name] = strings.TrimSpace(value)
	}
	f.refused = ""
}

func (f *form) name() string {
	return strings.TrimSpace(f.values["firstname"] + " " + f.values["lastname"])
}

// check gives the time that is asked for, or the field that is wrong and the key of the text that says why. The relay
// checks all of it again.
func (f *form) check(timeOf func(string) int64, now int64) (desired int64, wrong, why string) {
	if !isPhone(f.values["phonenumber"]) {
		return 0, "phonenumber", "CallbackNoPhone"
	}
	if email := f.values["email"]; email != "" && !isEmail(email) {
		return 0, "email", "CallbackNoEmail"
	}
	if f.values["desiredtime"] != later {
		return 0, "", ""
	}
	desired = timeOf(f.values["time"])
	if desired < now || desired > now+wire.MaxCallbackAhead {
		return 0, "time", "CallbackNoTime"
	}
	return desired, "", ""
}

// isPhone tells whether a text is a telephone number as people write it: digits, with + in front and some marks between.
func isPhone(text string) bool {
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" ()-./", r):
		default:
			return false
		}
	}
	return digits >= wire.MinPhoneDigits && digits <= wire.MaxPhoneDigits
}

func isEmail(text string) bool {
	name, host, found := strings.Cut(text, "@")
	return found && name != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(text, " \t<>")
}
