// Command relay is Foyer's server.
//
//	relay serve     run it
//	relay agent     add, sign out, disable, remove and list agents
//	relay key       add, disable and list API keys
//	relay rules     show what engagement rules would have done in past visits
//	relay settings  print www/docs/settings.md, the tables of all settings
//	relay version   print what was built
//
// The package is wiring: it reads the configuration, puts the domain, the store, the live hub and the gateways together,
// and starts and stops them. It must never decide anything about a chat itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"foyer/relay/config"
	"foyer/www"
)

const usage = `usage: relay <command>

  serve     run the relay; relay serve -h lists its flags
  agent     add, sign out, disable, enable, remove or list agents; change a password, hash one for relay.yaml
  key       add, disable or list API keys
  rules     dry-run: show what the rules of a relay.yaml would have done in past visits
  settings  print all settings as a Markdown page
  version   print what was built
`

func main() {
	err := run(context.Background(), os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "relay:", err)
		os.Exit(1)
	}
}

// run is main with its surroundings given, for tests.
func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, log io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(log, usage)
		return errors.New("no command given")
	}
	command, args := args[0], args[1:]
	switch command {
	case "serve":
		o, err := config.ParseOptions(args, getenv, log)
		if err != nil {
			return err
		}
		return serve(ctx, o, out, log)
	case "agent":
		return agentCommand(ctx, args, getenv, in, out, log)
	case "key":
		return keyCommand(ctx, args, getenv, out, log)
	case "rules":
		return rulesCommand(ctx, args, getenv, out, log)
	case "settings":
		_, err := io.WriteString(out, config.Markdown())
		return err
	case "version":
		_, err := fmt.Fprintln(out, version())
		return err
	case "help", "-h", "--help":
		_, err := io.WriteString(out, usage)
		return err
	}
	fmt.Fprint(log, usage)
	return fmt.Errorf("there is no command %q", command)
}

// version says what this binary was made from: the commit, where Go knows it, and the bundled files.
func version() string {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	assets := "none"
	if m, err := www.LoadManifest(); err == nil {
		assets = m.Build
	}
	return fmt.Sprintf("foyer relay, commit %s, browser files %s", commit, assets)
}
