//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockData makes this process the only relay with a data folder, until it ends: of two, each would keep from its
// visitors what the other one's agents write. The commands that manage agents and keys need no lock.
func lockData(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	name := filepath.Join(dir, "relay.lock")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := os.ReadFile(name) // for the message only
		err = fmt.Errorf("another relay runs with the data folder %s (process %s): stop it first, or give this one a folder of its own with --data",
			dir, strings.TrimSpace(string(owner)))
		return nil, errors.Join(err, f.Close())
	}
	// Who it is, for that message; a full disk is no reason not to start.
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintln(f, os.Getpid())
	}
	return f.Close, nil
}
