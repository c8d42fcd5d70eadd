package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	repeatPause = time.Minute // after which a line that goes on being said is said again, with how often it was
	repeatLines = 1000        // that are remembered; with more, all are forgotten
)

// repeats is a log handler that says the same thing once: a disk that is full would otherwise be told of for every
// message of every visitor, and fill up further. Lines are the same where level, message and the attribute "err" are.
// What only informs is never held back.
type repeats struct {
	slog.Handler
	now  func() time.Time
	said *said
}

// said is what has been said lately; shared by handlers that differ in their attributes only.
type said struct {
	mu    sync.Mutex
	lines map[logLine]*told
}

type logLine struct {
	level        slog.Level
	message, err string
}

type told struct {
	at   time.Time // when it was passed on
	held int       // how often not, since
}

func onceAMinute(next slog.Handler, now func() time.Time) repeats {
	return repeats{next, now, &said{lines: map[logLine]*told{}}}
}

// Handle implements slog.Handler.
func (r repeats) Handle(ctx context.Context, record slog.Record) error {
	if record.Level < slog.LevelWarn {
		return r.Handler.Handle(ctx, record)
	}
	held, pass := r.count(lineOf(record))
	if !pass {
		return nil
	}
	if held > 0 {
		record = record.Clone()
		record.AddAttrs(slog.Int("repeated", held))
	}
	return r.Handler.Handle(ctx, record)
}

// count tells whether a line is to be passed on, and how often it was held back before.
func (r repeats) count(l logLine) (held int, pass bool) {
	r.said.mu.Lock()
	defer r.said.mu.Unlock()
	now := r.now()
	t := r.said.lines[l]
	switch {
	case t == nil:
		if len(r.said.lines) >= repeatLines {
			clear(r.said.lines)
		}
		r.said.lines[l] = &told{at: now}
		return 0, true
	case now.Sub(t.at) < repeatPause:
		t.held++
		return 0, false
	}
	held = t.held
	*t = told{at: now}
	return held, true
}

func lineOf(record slog.Record) logLine {
	l := logLine{level: record.Level, message: record.Message}
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" {
			l.err = a.Value.String()
		}
		return l.err == ""
	})
	return l
}

// WithAttrs implements slog.Handler.
func (r repeats) WithAttrs(attrs []slog.Attr) slog.Handler {
	return repeats{r.Handler.WithAttrs(attrs), r.now, r.said}
}

// WithGroup implements slog.Handler.
func (r repeats) WithGroup(name string) slog.Handler {
	return repeats{r.Handler.WithGroup(name), r.now, r.said}
}
