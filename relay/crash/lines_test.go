package crash_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"foyer/relay/crash"
)

func packed(t *testing.T, lines ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAStackGetsItsLines(t *testing.T) {
	l, err := crash.ReadLines(packed(t,
		"main.(*T).open\tfoyer/wasm/a.go\t2:10\t5:12\t9:14",
		"main.each[go.shape.string]\tfoyer/wasm/b.go\t4:20",
		"main.run.func1\tfoyer/wasm/c.go\t3:30\t8:33",
		"runtime.gopanic\truntime/panic.go\t40:884"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ in, want string }{
		"at the entry":          {"main.(*T).open(0x1, {0x2, 0x3})\n\t?:0", "main.(*T).open(0x1, {0x2, 0x3})\n\tfoyer/wasm/a.go:10"},
		"behind a call":         {"main.(*T).open(...)\n\t?:0 +0x5", "main.(*T).open(...)\n\tfoyer/wasm/a.go:12 +0x5"},
		"the next line":         {"main.(*T).open(...)\n\t?:0 +0x6", "main.(*T).open(...)\n\tfoyer/wasm/a.go:14 +0x6"},
		"a generic function":    {"main.each[...](0x1)\n\t?:0 +0x1", "main.each[...](0x1)\n\tfoyer/wasm/b.go:20 +0x1"},
		"a goroutine's creator": {"created by main.run.func1 in goroutine 1\n\t?:0 +0x4", "created by main.run.func1 in goroutine 1\n\tfoyer/wasm/c.go:33 +0x4"},
		"the panic itself":      {"panic({0x1, 0x2})\n\t?:0 +0x10", "panic({0x1, 0x2})\n\truntime/panic.go:884 +0x10"},
		"another program's":     {"main.other()\n\t?:0 +0x1", "main.other()\n\t?:0 +0x1"},
		"out of the function":   {"main.(*T).open()\n\t?:0 +0xff", "main.(*T).open()\n\t?:0 +0xff"},
		"a line that is there":  {"main.(*T).open()\n\tx.go:3 +0x1", "main.(*T).open()\n\tx.go:3 +0x1"},
		"a message":             {"panic: \t?:0\n\t?:0 +0x1 not at the end", "panic: \t?:0\n\t?:0 +0x1 not at the end"},
		"nothing":               {"", ""},
	} {
		if got := l.Resolve(test.in); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestLinesThatAreNoneAreRefused(t *testing.T) {
	for name, in := range map[string][]byte{
		"nothing":                 nil,
		"not packed":              []byte("main.f\ta.go\t1:1\n"),
		"cut":                     packed(t, "main.f\ta.go\t1:1")[:20],
		"a function without file": packed(t, "main.f"),
	} {
		if _, err := crash.ReadLines(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
