// Package deployment knows the deployments of relay.yaml: which one a request means, and which origins may use it.
//
// Every gateway and relay/web asks it, so that all interfaces answer alike. It must never let an origin in that neither
// relay.yaml names nor --dev allows, and it knows nothing of HTTP.
package deployment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"foyer/relay/access"
	"foyer/relay/config"
	"foyer/relay/hours"
	"foyer/relay/wire"
)

// Deployment is one entry of relay.yaml, checked. It does not change: after a reload there are new ones.
type Deployment struct {
	Name          string
	Queue         string
	Hours         *hours.Hours // when visitors can be called back; nil for always
	Languages     []string     // at least one; the first is the default
	Consent       bool
	Chat          bool
	Callback      bool
	Monitoring    bool
	TypingPreview bool
	RestoreMs     int64                // how long a visitor may be away and still find the chat, 0 for as long as it lives
	Addresses     string               // what is recorded of visitors' addresses, as visit.Addresses names it
	Parameters    []string             // query parameters that are recorded of addresses; nil for those that are no secrets
	VanishedSecs  int                  // how long the visitor of a waiting chat may be away; 0 for the default, -1 for ever
	EventDays     int                  // for which what was recorded of visits is kept
	ChatDays      int                  // for which chats are kept once they are over; 0 for ever
	Notifications config.Notifications // with its defaults
	Files         config.Files         // with its defaults
	DSL           config.DSL           // with its defaults
	Categories    []config.Category
	Scanner       config.Scanner // its own, or the file's; with defaults
	// Identities verify whom the site's own server vouches for. With IdentityRequired nobody writes without one.
	Identities       access.IdentityKeys
	IdentityRequired bool
	// Rungs are the ways by which a conversation may follow its visitor across sites.
	Rungs []wire.Rung

	handoffs  []pattern // where links may carry a token
	origins   []pattern
	ancestors []pattern
	anyLocal  bool
}

// Allows tells whether pages of this origin (as browsers send it) may use the deployment.
func (d *Deployment) Allows(origin string) bool {
	o, ok := parseOrigin(origin)
	if !ok {
		return false
	}
	return d.anyLocal && o.loopback() || d.lists(o)
}

func (d *Deployment) lists(o pattern) bool {
	return slices.ContainsFunc(d.origins, func(p pattern) bool { return p.matches(o) })
}

// FrameAncestors lists the sites that show the deployment's pages inside a frame, as the directive frame-ancestors takes
// them.
func (d *Deployment) FrameAncestors() []string {
	all := make([]string, len(d.ancestors))
	for i, p := range d.ancestors {
		all[i] = p.String()
	}
	return all
}

// Hints is what a request says about the deployment it means. Empty fields say nothing.
type Hints struct {
	Name         string // the tag's data-deployment, or the native protocol's deployment
	Key          string // deploymentKey, or orgGuid where there is one field for both
	Organization string // orgGuid
	APIKey       string
	Service      string // GMS or callback service name
	Origin       string // the page's origin
}

// Directory finds deployments. Its methods may be called while Replace is.
type Directory struct {
	dev     bool
	current atomic.Pointer[index]
}

// index is one state of relay.yaml.
type index struct {
	own      []pattern // public_urls
	all      []*Deployment
	names    map[string]*Deployment
	keys     map[string]*Deployment
	apiKeys  map[string]*Deployment
	services map[string]*Deployment
}

// DemoName is the deployment that --dev adds.
const DemoName = "demo"

// NewDirectory takes the deployments of a file. With dev there is also DemoName, and every origin of this machine may
// use every deployment. An error names the deployment and the entry.
func NewDirectory(f config.File, dev bool) (*Directory, error) {
	d := &Directory{dev: dev}
	return d, d.Replace(f)
}

// Replace takes another file's deployments instead. On an error everything stays as it was.
func (d *Directory) Replace(f config.File) error {
	list := f.Deployments
	if d.dev && !slices.ContainsFunc(list, func(c config.Deployment) bool { return c.Name == DemoName }) {
		list = append(slices.Clone(list), demo(f.Scanner))
	}
	next := &index{names: map[string]*Deployment{}, keys: map[string]*Deployment{}, apiKeys: map[string]*Deployment{}, services: map[string]*Deployment{}}
	var errs []error
	var err error
	if next.own, err = parseOwn(f.PublicURLs); err != nil {
		errs = append(errs, err)
	}
	for _, c := range list {
		dep, err := build(c, d.dev)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		next.add(c, dep)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	d.current.Store(next)
	return nil
}

// demo passes its files through the scanner of relay.yaml, as every deployment without one of its own does.
func demo(s config.Scanner) config.Deployment {
	return config.Deployment{
		Name: DemoName, Queue: DemoName, Languages: []string{"en", "de"},
		Features:    config.Features{Chat: true, Callback: true, Monitoring: true, TypingPreview: true},
		Crossdomain: config.Crossdomain{Button: new(true)},
		Files:       config.DefaultFiles(), Notifications: config.DefaultNotifications(), DSL: config.DefaultDSL(),
		Scanner: s,
	}
}

func build(c config.Deployment, dev bool) (*Deployment, error) {
	d := &Deployment{
		Name: c.Name, Queue: c.Queue, Languages: c.Languages, Consent: c.Consent,
		Chat: c.Features.Chat, Callback: c.Features.Callback, Monitoring: c.Features.Monitoring, TypingPreview: c.Features.TypingPreview,
		RestoreMs: int64(c.RestoreSeconds) * 1000, Addresses: c.Addresses, Parameters: c.Parameters, VanishedSecs: c.VanishedSeconds,
		EventDays: cmp.Or(c.EventDays, config.DefaultEventDays), ChatDays: c.RetentionDays, Files: c.Files, Notifications: c.Notifications,
		DSL: c.DSL, Categories: c.Categories, Scanner: c.Scanner, anyLocal: dev,
	}
	var err error
	d.IdentityRequired = c.Identity == config.IdentityRequired
	if d.Identities, err = access.NewIdentityKeys(c.Name, c.IdentitySecret, c.IdentityKeys); err != nil {
		return nil, fmt.Errorf("deployment %q: %w", c.Name, err)
	}
	if d.Hours, err = hours.New(c.Hours); err != nil {
		return nil, fmt.Errorf("deployment %q: %w", c.Name, err)
	}
	if d.origins, err = parsePatterns(c.Origins); err != nil {
		return nil, fmt.Errorf("deployment %q: origins: %w", c.Name, err)
	}
	if d.ancestors, err = parsePatterns(c.FrameAncestors); err != nil {
		return nil, fmt.Errorf("deployment %q: frame_ancestors: %w", c.Name, err)
	}
	if d.Notifications.Hosts, err = parseHosts(c.Notifications.Hosts); err != nil {
		return nil, fmt.Errorf("deployment %q: notifications: hosts: %w", c.Name, err)
	}
	return d, d.allowRungs(c)
}

// parseHosts writes origins as browsers do, who compare them letter by letter.
func parseHosts(entries []string) ([]string, error) {
	patterns, err := parsePatterns(entries)
	if err != nil {
		return nil, err
	}
	var all []string
	for i, p := range patterns {
		if p.subs {
			return nil, fmt.Errorf("%.200q names more than one host; each has to be written", entries[i])
		}
		all = append(all, p.String())
	}
	return all, nil
}

func parsePatterns(entries []string) ([]pattern, error) {
	all := make([]pattern, 0, len(entries))
	for _, e := range entries {
		p, err := parsePattern(e)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (x *index) add(c config.Deployment, d *Deployment) {
	x.all = append(x.all, d)
	x.names[d.Name] = d
	for _, k := range c.OrganizationIDs {
		x.keys[k] = d
	}
	for _, k := range c.APIKeys {
		x.apiKeys[k] = d
	}
	for _, k := range c.ServiceNames {
		x.services[k] = d
	}
}

// All lists the deployments in the order of relay.yaml.
func (d *Directory) All() []*Deployment { return d.current.Load().all }

// Resolve finds the deployment that a request means: by name; else by deployment key; else by organization; else by API key;
// else by service name; else the first one that lists the origin; else the only one. A name that is not there is a
// mistake of the page and is not looked for elsewhere. It does not say whether the origin is allowed.
// Codes: CodeDeployment.
func (d *Directory) Resolve(h Hints) (*Deployment, error) {
	x := d.current.Load()
	if h.Name != "" {
		if dep, ok := x.names[h.Name]; ok {
			return dep, nil
		}
		return nil, wire.Problemf(wire.CodeDeployment, "there is no deployment %.64q", h.Name)
	}
	for _, by := range []struct {
		index map[string]*Deployment
		hint  string
	}{{x.keys, h.Key}, {x.keys, h.Organization}, {x.apiKeys, h.APIKey}, {x.services, h.Service}} {
		if dep, ok := by.index[by.hint]; ok && by.hint != "" {
			return dep, nil
		}
	}
	if o, ok := parseOrigin(h.Origin); ok {
		for _, dep := range x.all {
			if dep.lists(o) {
				return dep, nil
			}
		}
	}
	if len(x.all) == 1 {
		return x.all[0], nil
	}
	return nil, wire.Problemf(wire.CodeDeployment, "nothing in the request names one of the %d deployments", len(x.all))
}

// ResolveFor is Resolve for a request of a browser: the origin must be one that the deployment allows.
// Codes: CodeDeployment, CodeOrigin.
func (d *Directory) ResolveFor(h Hints) (*Deployment, error) {
	dep, err := d.Resolve(h)
	if err != nil {
		return nil, err
	}
	if !dep.Allows(h.Origin) {
		return nil, wire.Problemf(wire.CodeOrigin, "deployment %q does not list the origin %.200q", dep.Name, h.Origin)
	}
	return dep, nil
}
