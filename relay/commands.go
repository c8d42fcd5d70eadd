package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/crypto/bcrypt"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/clock"
	"foyer/relay/store"
)

// agentCommand is relay agent add|password|sign-out|disable|enable|remove|list|hash. A running relay sees what it changes
// without a restart.
func agentCommand(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, log io.Writer) error {
	verb, flags := subcommand("relay agent", args, log)
	var spec access.Spec
	flags.StringVar(&spec.Username, "username", "", "add, password, sign-out, disable, enable, remove: name to sign in with")
	flags.StringVar(&spec.Name, "name", "", "add: what visitors see (default: the username)")
	flags.IntVar(&spec.Capacity, "capacity", access.DefaultCapacity, "add: conversations at a time")
	flags.Func("queues", "add: queues that the agent works for, with commas between them (default: all)", func(list string) error {
		spec.Queues = strings.Split(list, ",")
		return nil
	})
	open := storeFlags(flags, getenv)
	if err := parse(flags, args); err != nil {
		return err
	}
	switch verb {
	case "add":
		var err error
		if spec.Username == "" { // before a password is typed in vain
			return errors.New("relay agent add needs --username")
		}
		if spec.Password, err = readPassword(in, log); err != nil {
			return err
		}
		return open(ctx, log, func(a *access.Service) error {
			added, err := a.AddAgent(ctx, spec)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "added agent %s\n", added.Username)
			return err
		})
	case "password":
		if spec.Username == "" {
			return errors.New("relay agent password needs --username")
		}
		password, err := readPassword(in, log)
		if err != nil {
			return err
		}
		return open(ctx, log, func(a *access.Service) error {
			return changed(out, "changed the password of agent %s, whose sign-ins are over\n", spec.Username, a.SetPassword(ctx, spec.Username, password))
		})
	case "sign-out":
		return open(ctx, log, func(a *access.Service) error {
			return changed(out, "signed agent %s out everywhere\n", spec.Username, a.SignOutAgent(ctx, spec.Username))
		})
	case "disable":
		return open(ctx, log, func(a *access.Service) error {
			return changed(out, "disabled agent %s, whose sign-ins are over\n", spec.Username, a.DisableAgent(ctx, spec.Username))
		})
	case "enable":
		return open(ctx, log, func(a *access.Service) error {
			return changed(out, "enabled agent %s\n", spec.Username, a.EnableAgent(ctx, spec.Username))
		})
	case "remove":
		return open(ctx, log, func(a *access.Service) error {
			return changed(out, "removed agent %s, whose sign-ins are over\n", spec.Username, a.RemoveAgent(ctx, spec.Username))
		})
	case "list":
		return open(ctx, log, func(a *access.Service) error { return listAgents(ctx, a, out) })
	case "hash":
		return hashPassword(in, out, log)
	}
	return errors.New("relay agent needs one of add, password, sign-out, disable, enable, remove, list, hash; relay agent add -h lists the flags")
}

// changed says what was done to an agent, unless it failed.
func changed(out io.Writer, what, username string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, what, username)
	return err
}

func listAgents(ctx context.Context, a *access.Service, out io.Writer) error {
	all, err := a.Agents(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "USERNAME\tNAME\tCAPACITY\tQUEUES\tSTATE\tADDED")
	for _, a := range all {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\n", a.Username, a.Name, a.Capacity, cmp.Or(strings.Join(a.Queues, ","), "all"), state(a.Disabled), day(a.CreatedMs))
	}
	return t.Flush()
}

// hashPassword makes the password_hash of relay.yaml.
func hashPassword(in io.Reader, out, log io.Writer) error {
	password, err := readPassword(in, log)
	if err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), access.DefaultCost)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	_, err = fmt.Fprintln(out, string(hash))
	return err
}

func state(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "active"
}

func day(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }

// subcommand takes the verb, which comes before the flags.
func subcommand(name string, args []string, log io.Writer) (verb string, flags *flag.FlagSet) {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		verb = args[0]
	}
	flags = flag.NewFlagSet(name+" "+verb, flag.ContinueOnError)
	flags.SetOutput(log)
	return verb, flags
}

func parse(flags *flag.FlagSet, args []string) error {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes flags only, not %q", flags.Name(), flags.Arg(0))
	}
	return nil
}

// storeFlags adds the flags that say where the data is, as those of relay serve, and gives what opens it for one job.
func storeFlags(flags *flag.FlagSet, getenv func(string) string) func(context.Context, io.Writer, func(*access.Service) error) error {
	open := dataFlags(flags, getenv)
	return func(ctx context.Context, log io.Writer, do func(*access.Service) error) error {
		return open(ctx, log, func(s *store.Store) error {
			a, err := access.NewService(access.Options{Store: s.Access(), Clock: clock.System{}, IDs: chat.UUIDs{}})
			if err != nil {
				return err
			}
			return do(a)
		})
	}
}

// dataFlags is storeFlags for a job that needs the store itself.
func dataFlags(flags *flag.FlagSet, getenv func(string) string) func(context.Context, io.Writer, func(*store.Store) error) error {
	data := flags.String("data", cmp.Or(getenv("FOYER_DATA"), "./data"), "folder of what is stored (FOYER_DATA)")
	database := flags.String("database", getenv("FOYER_DATABASE"), "postgres://… where the relay uses PostgreSQL (FOYER_DATABASE)")
	return func(ctx context.Context, log io.Writer, do func(*store.Store) error) error {
		if *database == "" {
			if err := expectData(*data, flags.Name(), log); err != nil {
				return err
			}
		}
		s, err := store.Open(ctx, store.Options{Database: *database, Dir: *data, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
		if err != nil {
			return err
		}
		return errors.Join(do(s), s.Close())
	}
}

// expectData tells who has mistyped the data folder. Only what adds something may be there before the relay is.
func expectData(dir, command string, log io.Writer) error {
	_, err := os.Stat(filepath.Join(dir, "foyer.db"))
	if !errors.Is(err, fs.ErrNotExist) {
		return nil // what else may be wrong, the store says
	}
	if !strings.HasSuffix(command, " add") {
		return fmt.Errorf("there is nothing of a relay in %s: --data (or FOYER_DATA) is the folder that relay serve has", dir)
	}
	fmt.Fprintf(log, "%s is new: start relay serve with the same --data\n", dir)
	return nil
}

// readPassword takes one line of the standard input, so that a password stands neither in the list of processes nor in
// the shell's history.
func readPassword(in io.Reader, log io.Writer) (string, error) {
	fmt.Fprint(log, "password: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	switch {
	case password == "":
		return "", errors.New("no password given: one line of standard input")
	case len(password) > access.MaxPasswordBytes:
		return "", fmt.Errorf("a password may have %d bytes", access.MaxPasswordBytes)
	}
	return password, nil
}
