// Package config is everything an operator can set: the command line with its environment variables (Options,
// Settings) and relay.yaml (File). Both describe themselves, and Markdown prints the page www/docs/settings.md.
//
// relay/main.go calls it at start and on SIGHUP; relay/deployment builds on File. It must never accept a key that means
// nothing: an operator who writes one is told its name and line.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// DefaultCapacity is how many conversations an agent of relay.yaml has at a time unless it says otherwise.
const DefaultCapacity = 3

const maxCapacity = 100

// DefaultEventDays is how long what was recorded of visits is kept unless a deployment says otherwise.
const DefaultEventDays = 90

const maxDays = 3650

// DefaultSignInHours is how long an agent's sign-in lasts unless relay.yaml says otherwise.
const DefaultSignInHours = 168

const maxSignInHours = 8760

// Load reads relay.yaml from path. An error names the file, and for each mistake its line or its entry.
func Load(path string) (File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("read configuration: %w", err)
	}
	f, err := Parse(b)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads the text of relay.yaml, fills in defaults and checks what can be checked without the rest of the relay.
// An empty text is an empty File.
func Parse(text []byte) (File, error) {
	var f File
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return File{}, reword(err, text)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return File{}, errors.New("holds more than one YAML document")
	}
	lines := ruleLines(text)
	for i := range min(len(lines), len(f.Rules)) {
		f.Rules[i].Line = lines[i]
	}
	f.fillIn()
	return f, f.check()
}

// ruleLines gives the lines on which the rules begin, of a text that has been read.
func ruleLines(text []byte) []int {
	var f struct {
		Rules []yaml.Node `yaml:"rules"`
	}
	_ = yaml.Unmarshal(text, &f) // it has been read before
	lines := make([]int, len(f.Rules))
	for i, rule := range f.Rules {
		lines[i] = rule.Line
	}
	return lines
}

var (
	unknownField = regexp.MustCompile(`field (.+) not found in type \S+`)
	misplaced    = regexp.MustCompile(`^line \d+: `) // of a fault in the grammar: often that of something above it
	wrongKind    = regexp.MustCompile(`cannot unmarshal !!(\S+) (.*)into \S+`)
)

// reword says what is wrong in the operator's words where the YAML library speaks of Go's types.
func reword(err error, text []byte) error {
	var t *yaml.TypeError
	if !errors.As(err, &t) {
		grammar, ok := strings.CutPrefix(err.Error(), "yaml: ")
		if !ok {
			return err // one of our own, which says where
		}
		return fmt.Errorf("line %d: %s", faultyLine(text), misplaced.ReplaceAllString(grammar, ""))
	}
	lines := make([]string, len(t.Errors))
	for i, e := range t.Errors {
		e = unknownField.ReplaceAllString(e, `unknown key "$1"`)
		lines[i] = wrongKind.ReplaceAllString(e, `a $1 ${2}does not belong here`)
	}
	return errors.New(strings.Join(lines, "; "))
}

// faultyLine finds the line from which on a text is not YAML, counted from 1: what stands above it can be read.
func faultyLine(text []byte) int {
	const atMost = 5000 // lines that are tried
	lines := bytes.SplitAfter(text, []byte("\n"))
	good := 0
	for n, end := 1, 0; n <= min(len(lines), atMost); n++ {
		end += len(lines[n-1])
		if yaml.Unmarshal(text[:end], new(yaml.Node)) == nil {
			good = n
		}
	}
	return min(good+1, len(lines))
}

func (f *File) fillIn() {
	f.Scanner.fillIn(Scanner{})
	f.Limits.fillIn()
	f.SignInHours = cmp.Or(f.SignInHours, DefaultSignInHours)
	for i := range f.Deployments {
		d := &f.Deployments[i]
		if d.Queue == "" {
			d.Queue = d.Name
		}
		if len(d.Languages) == 0 {
			d.Languages = []string{"en"}
		}
		d.EventDays = cmp.Or(d.EventDays, DefaultEventDays)
		d.Files.fillIn()
		d.Notifications.fillIn()
		d.DSL.fillIn()
		d.Scanner.fillIn(f.Scanner)
	}
	for i := range f.Rules {
		f.Rules[i].fillIn()
	}
	for i := range f.Agents {
		a := &f.Agents[i]
		if a.Name == "" {
			a.Name = a.Username
		}
		if a.Capacity == 0 {
			a.Capacity = DefaultCapacity
		}
	}
}

func (f *File) check() error {
	var errs []error
	for key, list := range map[string][]any{"channels": f.Channels, "listeners": f.Listeners} {
		if len(list) > 0 {
			errs = append(errs, fmt.Errorf("%s: nothing in this version would honour them", key))
		}
	}
	errs = append(errs, f.Scanner.check(), f.Limits.check())
	if f.SignInHours < 1 || f.SignInHours > maxSignInHours {
		errs = append(errs, fmt.Errorf("sign_in_hours is 1 to %d", maxSignInHours))
	}
	queues := unique{what: "queue", errs: &errs}
	for _, q := range f.Queues {
		queues.add(q.Name)
	}
	names := unique{what: "deployment", errs: &errs}
	keys := unique{what: "api_keys value", errs: &errs}
	organizations := unique{what: "organization_ids value", errs: &errs}
	services := unique{what: "service_names value", errs: &errs}
	for _, d := range f.Deployments {
		names.add(d.Name)
		keys.add(d.APIKeys...)
		organizations.add(d.OrganizationIDs...)
		services.add(d.ServiceNames...)
		if d.Queue != d.Name && !queues.has(d.Queue) {
			errs = append(errs, fmt.Errorf("deployment %q: there is no queue %q", d.Name, d.Queue))
		}
		errs = append(errs, d.check())
	}
	rules := unique{what: "rule", errs: &errs}
	for i := range f.Rules {
		rules.add(f.Rules[i].Name)
		errs = append(errs, f.Rules[i].check(&names))
	}
	agents := unique{what: "agent", errs: &errs}
	for _, a := range f.Agents {
		agents.add(a.Username)
		errs = append(errs, a.check(), f.checkQueues(a))
	}
	return errors.Join(errs...)
}

var (
	deploymentName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	languageTag    = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

func (d *Deployment) check() error {
	switch {
	case !deploymentName.MatchString(d.Name):
		return fmt.Errorf("deployment %q: a name has letters, digits, dots, dashes and underscores, at most 64", d.Name)
	case d.Identity != "" && d.Identity != IdentityOptional && d.Identity != IdentityRequired:
		return fmt.Errorf("deployment %q: identity is optional or required, not %q", d.Name, d.Identity)
	case d.Identity != "" && len(d.IdentitySecret)+len(d.IdentityKeys) == 0:
		return fmt.Errorf("deployment %q: identity: nothing would verify one; set identity_secret or identity_keys", d.Name)
	case d.RestoreSeconds < 0:
		return fmt.Errorf("deployment %q: restore_timeout is 0 or more seconds", d.Name)
	case d.EventDays < 1 || d.EventDays > maxDays:
		return fmt.Errorf("deployment %q: event_retention is 1 to %d days", d.Name, maxDays)
	case d.Addresses != "" && d.Addresses != "off" && d.Addresses != "short" && d.Addresses != "full":
		return fmt.Errorf("deployment %q: visitor_addresses is off, short or full, not %q", d.Name, d.Addresses)
	case d.VanishedSeconds < -1:
		return fmt.Errorf("deployment %q: vanished_after is a number of seconds, or -1 for never", d.Name)
	case d.RetentionDays < 0 || d.RetentionDays > maxDays:
		return fmt.Errorf("deployment %q: retention is 1 to %d days, or 0 to keep chats for ever", d.Name, maxDays)
	}
	for _, l := range d.Languages {
		if !languageTag.MatchString(l) {
			return fmt.Errorf("deployment %q: %q is not a language such as en or pt-BR", d.Name, l)
		}
	}
	if err := errors.Join(d.Files.check(), d.Notifications.check(), d.DSL.check(), checkCategories(d.Categories), d.Scanner.check()); err != nil {
		return fmt.Errorf("deployment %q: %w", d.Name, err)
	}
	return nil
}

func (a *Agent) check() error {
	switch {
	case a.Username == "" || a.Username != strings.ToLower(strings.TrimSpace(a.Username)):
		return fmt.Errorf("agent %q: a username is lower case, without spaces around it", a.Username)
	case !strings.HasPrefix(a.PasswordHash, "$2"):
		return fmt.Errorf("agent %q: password_hash is not a bcrypt hash; relay agent hash makes one", a.Username)
	case a.Capacity < 1 || a.Capacity > maxCapacity:
		return fmt.Errorf("agent %q: capacity is 1 to %d", a.Username, maxCapacity)
	}
	return nil
}

// checkQueues says whether the queues of an agent exist: those of queues, and one of its own for each deployment.
func (f *File) checkQueues(a Agent) error {
	for _, q := range a.Queues {
		if !slices.ContainsFunc(f.Queues, func(known Queue) bool { return known.Name == q }) &&
			!slices.ContainsFunc(f.Deployments, func(d Deployment) bool { return d.Queue == q }) {
			return fmt.Errorf("agent %q: there is no queue %q", a.Username, q)
		}
	}
	return nil
}

// unique collects names and notes empty and repeated ones.
type unique struct {
	what string
	seen map[string]bool
	errs *[]error
}

func (u *unique) add(names ...string) {
	for _, n := range names {
		switch {
		case n == "":
			*u.errs = append(*u.errs, fmt.Errorf("a %s is empty", u.what))
		case u.seen[n]:
			*u.errs = append(*u.errs, fmt.Errorf("%s %q is named twice", u.what, n))
		}
		if u.seen == nil {
			u.seen = map[string]bool{}
		}
		u.seen[n] = true
	}
}

func (u *unique) has(name string) bool { return u.seen[name] }
