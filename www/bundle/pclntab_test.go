package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"foyer/relay/crash"
)

// breaking is a program that breaks down in several ways and goes on each time, with the stack traces of it.
const breaking = `package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

type speaker interface{ say(int) string }

type person struct{ name string }

func (p person) say(n int) string { return p.name[n:] }

func try(what string, f func()) {
	defer func() {
		p := recover()
		fmt.Printf("== %s: %v\n%s\n", what, p, debug.Stack())
	}()
	f()
}

func deep[T any](n int, v T) {
	if n > 0 {
		deep(n-1, v)
		return
	}
	panic(fmt.Sprint("deep ", v))
}

func main() {
	nobody := map[string]speaker{"nobody": (*person)(nil)}[fmt.Sprint("no", "body")] // the compiler does not see who it is
	var list []int
	try("method of nothing", func() { fmt.Println(nobody.say(0)) })
	try("index", func() { fmt.Println(list[len(strings.Repeat("x", 3))]) })
	try("pointer", func() { var p *person; fmt.Println(p.name) })
	try("deep", func() { deep(3, "enough") })
	done := make(chan bool)
	go func() {
		defer close(done)
		try("elsewhere", func() { deep(1, 2) })
	}()
	<-done
	kept := map[int][]byte{}
	for i := range 20000 {
		kept[i%100] = make([]byte, 1000)
	}
	runtime.GC()
	fmt.Println("== end", len(kept))
}
`

// compile makes a program as addWasm does.
func compile(t *testing.T, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	file, exe := filepath.Join(dir, "main.go"), filepath.Join(dir, "main.wasm")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-o", exe, file)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOEXPERIMENT="+experiments(runtime.Version()))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wasm, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// output runs a program in Node and gives what it printed.
func output(t *testing.T, wasm []byte) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "main.wasm")
	if err := os.WriteFile(exe, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("node", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js"), exe)
	run.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// A program without lines recovers from every panic as it did, the one of a method of nothing too, for whose message the
// runtime takes a function's name apart; and with the lines put in, its stack traces are those of the whole program.
func TestAProgramWithoutLinesBreaksDownAsTheWholeOne(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node runs the program; the stories in a browser run it too")
	}
	whole, err := joinSegments(compile(t, breaking))
	if err != nil {
		t.Fatal(err)
	}
	stripped, lines, err := dropLines(whole, runtime.Version())
	if err != nil {
		t.Fatal(err)
	}
	if before, after := compressed(t, whole), compressed(t, stripped); after > before*96/100 {
		t.Errorf("%d compressed bytes are still %d", before, after)
	}
	want, got := output(t, whole), output(t, stripped)
	for _, part := range []string{
		"== method of nothing: value method main.person.say called using nil *person pointer",
		"== index: runtime error: index out of range [3] with length 0",
		"== pointer: runtime error: invalid memory address or nil pointer dereference",
		"== deep: deep enough", "== elsewhere: deep 2", "== end 100", "\nmain.deep[...](", "\t?:0 +0x",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in:\n%s", part, got)
		}
	}
	if strings.Contains(got, ".go:") {
		t.Errorf("there are lines left:\n%s", got)
	}
	packed, err := toGzip(lines, gzipFast)
	if err != nil {
		t.Fatal(err)
	}
	known, err := crash.ReadLines(packed)
	if err != nil {
		t.Fatal(err)
	}
	resolved := strings.Split(known.Resolve(got), "\n")
	for i, line := range strings.Split(want, "\n") {
		if i < len(resolved) && resolved[i] == line {
			continue
		}
		t.Fatalf("line %d: want %q, got:\n%s", i, line, strings.Join(resolved, "\n"))
	}
}

func TestDropLinesRefusesWhatItDoesNotKnow(t *testing.T) {
	whole, err := joinSegments(compile(t, `package main; func main() { println("hello") }`))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := dropLines(whole, pclntabVersion+".99"); err != nil {
		t.Fatalf("as it is: %v", err)
	}
	at := bytes.Index(whole, []byte(pclntabMagic))
	table := at + int(binary.LittleEndian.Uint64(whole[at+headerTable:]))
	first := table + int(u32(whole, table+4))
	sourced := first // the first function that has a file
	for i := 1; u32(whole, sourced+funcFile) == 0; i++ {
		sourced = table + int(u32(whole, table+8*i+4))
	}
	for name, test := range map[string]struct {
		version string
		change  func(wasm []byte)
	}{
		"the next Go":              {"go1.27.0", nil},
		"one that is unknown":      {"devel go1.99", nil},
		"another magic number":     {"", func(b []byte) { b[at] = 0xf2 }},
		"another size of pointers": {"", func(b []byte) { b[at+7] = 4 }},
		"one more in the header":   {"", func(b []byte) { b[at+headerNames] = headerSize + 8 }},
		"no functions":             {"", func(b []byte) { clear(b[at+headerFuncs : at+headerFuncs+8]) }},
		"too many functions":       {"", func(b []byte) { b[at+headerFuncs+2] = 0x7f }},
		"parts in another order":   {"", func(b []byte) { clear(b[at+headerFiles : at+headerFiles+8]) }},
		"a function elsewhere":     {"", func(b []byte) { b[table+4] += 8 }},
		"another entry":            {"", func(b []byte) { b[first+funcEntry] ^= 1 }},
		"half of a name":           {"", func(b []byte) { b[first+funcName]++ }},
		"steps out of the table":   {"", func(b []byte) { b[first+funcStack+3] = 0x7f }},
		"lines out of the table":   {"", func(b []byte) { b[sourced+funcLine+3] = 0x7f }},
		"a file that is not there": {"", func(b []byte) { b[sourced+funcUnit+3] = 0x3f }},
		"one more table":           {"", func(b []byte) { b[first+funcTables] += 4 }},
		"a second one within":      {"", func(b []byte) { copy(b[at+headerSize:], pclntabMagic) }},
	} {
		wasm := bytes.Clone(whole)
		if test.change != nil {
			test.change(wasm)
		}
		version := test.version
		if version == "" {
			version = pclntabVersion
		}
		if _, _, err := dropLines(wasm, version); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
