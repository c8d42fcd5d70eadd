package config

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Options is what the command line of "relay serve" and its environment say.
type Options struct {
	Listen    string // host:port of the one listener
	Data      string // folder
	Database  string // "" or postgres://…
	NATS      string // "" or nats://…
	Config    string // path of relay.yaml, or ""
	Resources string // folder of the operator's own files, or ""
	Metrics   string // host:port of a listener for nothing but /metrics, or ""
	Dev       bool
}

// Setting is one flag of "relay serve". The flag wins over the environment variable, that one over the default.
type Setting struct {
	Flag    string // without dashes
	Env     string
	Default string
	Doc     string // Markdown
	target  func(*Options) any
}

// Settings lists all flags, in the order of the documentation.
func Settings() []Setting {
	return []Setting{
		{"listen", "FOYER_LISTEN", "127.0.0.1:8080", "Address and port to listen on. `:8080` listens on all addresses", func(o *Options) any { return &o.Listen }},
		{"data", "FOYER_DATA", "./data", "Folder of what is stored: SQLite's files, and the browser files of the last two builds. Made if missing", func(o *Options) any { return &o.Data }},
		{"database", "FOYER_DATABASE", "", "`postgres://user:password@host/name` to use PostgreSQL instead of SQLite in the data folder. One relay at a time: a second one is refused at start, since chats do not cross between them; the claim is an advisory lock, so the relay connects to the server itself, not through a pooler that shares connections between transactions", func(o *Options) any { return &o.Database }},
		{"nats", "FOYER_NATS", "", "`nats://host:4222` to connect several relays. This version has no driver for it yet and refuses to start with it", func(o *Options) any { return &o.NATS }},
		{"config", "FOYER_CONFIG", "", "Path of relay.yaml. Read again on SIGHUP; a faulty file is logged and the old one stays", func(o *Options) any { return &o.Config }},
		{"resources", "FOYER_RESOURCES", "", "Folder of your own files, served under `/server/resources/` and `/frontend/resources/` before the built-in ones: copies of `invite.html`, `dsl/domain-model.xml`, pictures. Read at each request; everybody can read it, but for names that begin with a dot. A page of it that is opened at its own address runs in an origin of its own, apart from the desktop's", func(o *Options) any { return &o.Resources }},
		{"metrics", "FOYER_METRICS", "", "Address and port of a listener of its own that has `/metrics` and nothing else, for everybody who reaches it: `127.0.0.1:9100`, never one of the world. Without it `/metrics` is at `--listen`, for keys of `relay key add --metrics`", func(o *Options) any { return &o.Metrics }},
		{"dev", "FOYER_DEV", "false", "Adds the demo shops, the agent `demo` with password `demo`, a deployment `demo`, and lets every page on this machine in. Never in production", func(o *Options) any { return &o.Dev }},
	}
}

// ParseOptions reads the arguments of "relay serve". getenv is os.Getenv outside tests; usage and mistakes are written
// to out. With -h the error is flag.ErrHelp.
func ParseOptions(args []string, getenv func(string) string, out io.Writer) (Options, error) {
	var o Options
	flags := flag.NewFlagSet("relay serve", flag.ContinueOnError)
	flags.SetOutput(out)
	for _, s := range Settings() {
		if err := s.define(flags, &o, getenv(s.Env)); err != nil {
			return Options{}, err
		}
	}
	if err := flags.Parse(args); err != nil {
		return Options{}, err
	}
	if flags.NArg() > 0 {
		return Options{}, fmt.Errorf("relay serve takes flags only, not %q; relay serve -h lists them", flags.Arg(0))
	}
	return o, nil
}

func (s Setting) define(flags *flag.FlagSet, o *Options, env string) error {
	value := s.Default
	if env != "" {
		value = env
	}
	doc := strings.ReplaceAll(s.Doc, "`", "") + " (" + s.Env + ")" // package flag reads more into the marks
	switch target := s.target(o).(type) {
	case *string:
		flags.StringVar(target, s.Flag, value, doc)
	case *bool:
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s is %q, neither true nor false", s.Env, value)
		}
		flags.BoolVar(target, s.Flag, on, doc)
	}
	return nil
}
