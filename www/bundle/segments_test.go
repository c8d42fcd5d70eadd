package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestSegmentsAreJoinedAcrossFewZeros(t *testing.T) {
	for name, test := range map[string]struct {
		in, want []segment
	}{
		"side by side":     {[]segment{{64, []byte("ab")}, {66, []byte("c")}}, []segment{{64, []byte("abc")}}},
		"eight zeros":      {[]segment{{0, []byte("a")}, {9, []byte("b")}}, []segment{{0, []byte("a\x00\x00\x00\x00\x00\x00\x00\x00b")}}},
		"a page of zeros":  {[]segment{{0, []byte("a")}, {4096, []byte("b")}}, []segment{{0, []byte("a")}, {4096, []byte("b")}}},
		"back down":        {[]segment{{9, []byte("b")}, {0, []byte("a")}}, []segment{{9, []byte("b")}, {0, []byte("a")}}},
		"one over another": {[]segment{{0, []byte("ab")}, {1, []byte("c")}}, []segment{{0, []byte("ab")}, {1, []byte("c")}}},
		"none":             {nil, nil},
		"far up":           {[]segment{{63 << 20, []byte("a")}}, []segment{{63 << 20, []byte("a")}}},
	} {
		got, err := readSegments(writeSegments(test.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(writeSegments(got), writeSegments(test.want)) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestJoinSegmentsLeavesTheOtherSectionsAlone(t *testing.T) {
	data := writeSegments([]segment{{0, []byte("a")}, {9, []byte("b")}})
	got, err := joinSegments(program(1, []byte("types"), 11, data, 0, []byte("name")))
	if err != nil {
		t.Fatal(err)
	}
	joined := writeSegments([]segment{{0, []byte("a\x00\x00\x00\x00\x00\x00\x00\x00b")}})
	if want := program(1, []byte("types"), 11, joined, 0, []byte("name")); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJoinSegmentsRefusesWhatItDoesNotKnow(t *testing.T) {
	data := writeSegments([]segment{{0, []byte("abcdef")}})
	for name, wasm := range map[string][]byte{
		"no program":         []byte("<html>"),
		"nothing":            nil,
		"data that is cut":   program(11, data[:len(data)-2]),
		"more than is said":  program(11, append(bytes.Clone(data), 1)),
		"section is cut":     append(program(1, nil), 11, 50),
		"a passive segment":  program(11, []byte{1, 1, 1, 'a'}),
		"computed address":   program(11, []byte{1, 0, 0x23, 0, 0x0b, 1, 'a'}),
		"counted separately": program(12, []byte{1}, 11, data),
	} {
		if _, err := joinSegments(wasm); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// What Go's linker really writes: it has to run as before, and to be smaller.
func TestAJoinedProgramRuns(t *testing.T) {
	dir := t.TempDir()
	source, exe := filepath.Join(dir, "main.go"), filepath.Join(dir, "hello.wasm")
	if err := os.WriteFile(source, []byte(`package main; import "fmt"; func main() { fmt.Println("it runs", map[string]int{"a": 1}) }`), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", exe, source)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := joinSegments(whole)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := compressed(t, whole), compressed(t, joined); after > before*95/100 {
		t.Errorf("%d compressed bytes are still %d", before, after)
	}
	if _, err := exec.LookPath("node"); err != nil {
		return // the stories in a browser run it
	}
	if err := os.WriteFile(exe, joined, 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("node", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js"), exe)
	run.Env = []string{"PATH=" + os.Getenv("PATH")}
	if out, err := run.CombinedOutput(); err != nil || string(out) != "it runs map[a:1]\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func compressed(t *testing.T, data []byte) int {
	t.Helper()
	small, err := toBrotli(data, brotliFast)
	if err != nil {
		t.Fatal(err)
	}
	return len(small)
}

// program makes a module of sections: id, body, id, body …
func program(sections ...any) []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	for i := 0; i < len(sections); i += 2 {
		body, _ := sections[i+1].([]byte)
		out = append(out, byte(sections[i].(int)))
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out
}

func FuzzJoinSegments(f *testing.F) {
	f.Add(program(11, writeSegments([]segment{{0, []byte("a")}, {9, []byte("b")}})))
	f.Add(program(11, []byte{1, 0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b, 1, 'a'}))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		once, err := joinSegments(wasm)
		if err != nil {
			return
		}
		twice, err := joinSegments(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("joined twice: %v", err)
		}
	})
}
