package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"foyer/relay/files"
)

// FilePlaceholder stands for the path of the file in a command's arguments. Without it the file comes on the program's
// standard input.
const FilePlaceholder = "{file}"

const (
	exitClean   = 0
	exitRefused = 1

	outputBytes = 1000            // of what the program says go into an error
	closeLimit  = 5 * time.Second // for a killed program's children to let go of its output
)

// Command runs a program for each file: exit status 0 says that the file is clean, 1 that it is refused; any other is
// an error, with what the program wrote. The program gets PATH and HOME of the relay and FOYER_FILE_NAME, which is
// whatever the sender calls the file, and nothing else of the relay's environment.
type Command struct {
	Args    []string // the program and its arguments
	Timeout time.Duration
}

// Scan implements files.Scanner.
func (c Command) Scan(ctx context.Context, f files.File, content io.Reader) (clean bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	args := c.Args
	if slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, FilePlaceholder) }) {
		path, remove, err := spool(content)
		if err != nil {
			return false, fmt.Errorf("write the file for the scanner: %w", err)
		}
		defer remove()
		args = withPath(args, path)
		content = nil
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.WaitDelay = content, closeLimit
	cmd.Stdout = &limited{&output}
	cmd.Stderr = cmd.Stdout
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "FOYER_FILE_NAME=" + f.Name}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, fmt.Errorf("scanner %s: %w", args[0], ctx.Err())
	case err == nil:
		return true, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitRefused:
		return false, nil
	}
	return false, fmt.Errorf("scanner %s: %w: %s", args[0], err, bytes.TrimSpace(output.Bytes()))
}

// spool writes content to a file that only the relay's user can read.
func spool(content io.Reader) (path string, remove func(), err error) {
	file, err := os.CreateTemp("", "foyer-scan-*")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.Remove(file.Name()) } // what cannot be removed stays in the system's temporary folder
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Close()); err != nil {
		remove()
		return "", nil, err
	}
	return file.Name(), remove, nil
}

func withPath(args []string, path string) []string {
	all := make([]string, len(args))
	for i, a := range args {
		all[i] = strings.ReplaceAll(a, FilePlaceholder, path)
	}
	return all
}

// limited keeps the beginning of what is written to it and drops the rest.
type limited struct{ to *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.to.Write(p[:min(len(p), outputBytes-l.to.Len())])
	return len(p), nil
}
