package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestTheLogSaysTheSameThingOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	var out strings.Builder
	log := slog.New(onceAMinute(slog.NewTextHandler(&out, nil), func() time.Time { return now }))
	lines := func() int { return strings.Count(out.String(), "\n") }

	full := errors.New("the disk is full")
	for range 100 {
		log.Warn("keep a message", "err", full)
	}
	if lines() != 1 {
		t.Fatalf("%d lines:\n%s", lines(), out.String())
	}
	log.Warn("keep a message", "err", errors.New("something else"))
	log.Error("keep a message", "err", full)
	log.With("part", "chat").Warn("keep a message", "err", full) // the same
	for range 3 {
		log.Info("listening")
	}
	if lines() != 1+2+3 {
		t.Fatalf("%d lines:\n%s", lines(), out.String())
	}
	now = now.Add(repeatPause)
	log.Warn("keep a message", "err", full)
	if lines() != 7 || !strings.Contains(out.String(), "repeated=100") {
		t.Errorf("%d lines:\n%s", lines(), out.String())
	}
}

func TestWhatTheLogRemembersIsBounded(t *testing.T) {
	h := onceAMinute(slog.DiscardHandler, time.Now)
	for i := range 3 * repeatLines {
		h.count(logLine{message: fmt.Sprint(i)})
	}
	if n := len(h.said.lines); n > repeatLines {
		t.Errorf("%d lines are remembered", n)
	}
}
