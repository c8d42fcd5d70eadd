package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// allowed is every package that may be in a program for browsers, with the reason. Each visitor downloads them, so a new
// one is a decision: what JavaScript has already (JSON, regular expressions, URLs, cryptography, HTTP) comes from there.
// A name that ends in / stands for everything below it.
var allowed = map[string]string{
	"foyer/wasm/":           "the client itself",
	"foyer/wasm":            "the program",
	"foyer/relay/wire":      "the native protocol; nothing else of the relay",
	"foyer/cookieprovider/": "whom iframe.html trusts, and what its cookies are worth",

	"github.com/hack-pad/safejs":  "JavaScript without panics; in wasm/browser only",
	"github.com/hack-pad/safejs/": "its parts",

	"runtime":       "Go",
	"runtime/debug": "the stack in the report of a crash",
	"internal/":     "what the standard library is made of",
	"unsafe":        "Go",
	"syscall":       "os",
	"syscall/js":    "safejs",

	"bytes":           "the native protocol",
	"cmp":             "slices",
	"context":         "the loop's life",
	"encoding/binary": "the native protocol checks lengths",
	"encoding/hex":    "ids",
	"errors":          "errors",
	"fmt":             "safejs brings it",
	"io":              "fmt",
	"io/fs":           "os",
	"iter":            "slices, maps",
	"maps":            "views",
	"math":            "the native protocol's numbers",
	"math/bits":       "sorting, runtime",
	"math/rand/v2":    "the jitter of reconnections",
	"os":              "fmt",
	"path":            "os",
	"reflect":         "the native protocol's fields, fmt",
	"slices":          "lists",
	"strconv":         "numbers in texts",
	"strings":         "texts",
	"sync":            "the loop's queue",
	"sync/atomic":     "sync",
	"time":            "the clock and timers",
	"unicode":         "strings",
	"unicode/utf16":   "the length of a text as its field counts it",
	"unicode/utf8":    "strings",
}

// foundOut are packages that have been here and cost too much (brotli, kB).
var foundOut = map[string]string{
	"net/http":                          "376: the browser has WebSocket and fetch",
	"encoding/json":                     "75: the browser parses JSON",
	"regexp":                            "100: pages' expressions are JavaScript's dialect anyway",
	"github.com/google/uuid":            "60: ids come from crypto.getRandomValues",
	"github.com/vmihailenco/msgpack/v5": "95, with what it brings: relay/wire has the part that frames need",
}

func TestOnlyAllowedPackagesAreInTheBundles(t *testing.T) {
	for _, program := range []string{"foyer/wasm", "foyer/wasm/desktop", "foyer/cookieprovider"} {
		t.Run(program, func(t *testing.T) {
			for _, p := range packagesOf(t, program) {
				if why, bad := foundOut[p]; bad {
					t.Errorf("%s is in it: +%s", p, why)
				} else if p != program && !isAllowed(p) {
					t.Errorf("%s is in it and not on the list above", p)
				}
			}
		})
	}
}

func TestTheCookieProviderIsWithoutFmt(t *testing.T) {
	for _, p := range packagesOf(t, "foyer/cookieprovider") {
		if p == "fmt" || strings.HasPrefix(p, "github.com/") {
			t.Errorf("%s is in it; it has to be small, and lives on syscall/js alone", p)
		}
	}
}

func TestOnlyOnePackageTouchesJavaScript(t *testing.T) {
	out, err := list("-f", "{{.ImportPath}} {{.Imports}}", "foyer/wasm/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out, "\n") {
		name, imports, _ := strings.Cut(line, " ")
		touches := strings.Contains(imports, "hack-pad/safejs") || strings.Contains(imports, "syscall/js")
		if touches && name != "foyer/wasm/browser" {
			t.Errorf("%s imports %s", name, imports)
		}
	}
}

func isAllowed(p string) bool {
	if _, ok := allowed[p]; ok {
		return true
	}
	for prefix := p; ; {
		i := strings.LastIndexByte(strings.TrimSuffix(prefix, "/"), '/')
		if i < 0 {
			return false
		}
		prefix = prefix[:i+1]
		if _, ok := allowed[prefix]; ok {
			return true
		}
	}
}

func packagesOf(t *testing.T, program string) []string {
	t.Helper()
	out, err := list("-deps", program)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(out)
}

func list(args ...string) (string, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return string(out), err
}
