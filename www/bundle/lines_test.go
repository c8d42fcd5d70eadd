package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program without its lines has to run, to recover from panics, and to name functions in them.
func TestProgramsRunWithoutTheirLines(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node here to run a program for browsers")
	}
	exe := filepath.Join(t.TempDir(), "lines.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-o", exe, "./testdata/lines")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	without, err := dropLines(whole)
	if err != nil {
		t.Fatal(err)
	}
	if len(without) != len(whole) {
		t.Fatal("something has moved")
	}
	for name, test := range map[string]struct {
		program []byte
		at      string
	}{"with lines": {whole, "testdata/lines/main.go 11"}, "without": {without, "at ? 0"}} {
		out := runProgram(t, test.program)
		at, rest, _ := strings.Cut(out, "\n")
		if !strings.HasSuffix(at, test.at) {
			t.Errorf("%s: %q, want %q", name, at, test.at)
		}
		for _, want := range []string{"main.inner", "main.outer", "main.main", "recovered: runtime error: index out of range [3]"} {
			if !strings.Contains(rest, want) {
				t.Errorf("%s: no %q in\n%s", name, want, rest)
			}
		}
	}
	whole, err = toBrotli(whole, brotliFast)
	if err != nil {
		t.Fatal(err)
	}
	without, err = toBrotli(without, brotliFast)
	if err != nil {
		t.Fatal(err)
	}
	if len(without) > len(whole)*97/100 {
		t.Errorf("%d bytes are still %d", len(whole), len(without))
	}
}

func runProgram(t *testing.T, program []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.wasm")
	if err := os.WriteFile(path, program, 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js"), path)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func FuzzDropLines(f *testing.F) {
	module := append([]byte("\x00asm\x01\x00\x00\x00\x0b\x50\x01\x00\x41\x00\x0b\x4b"), tablesBegin...)
	f.Add(append(module, make([]byte, 75)...))
	f.Add([]byte("\x00asm\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		before := bytes.Clone(wasm)
		got, err := dropLines(wasm)
		if err == nil && len(got) != len(wasm) {
			t.Error("something has moved")
		}
		if !bytes.Equal(before, wasm) {
			t.Error("the input was changed")
		}
	})
}
