// Package crash makes what a browser says of a program that broke down readable: the programs that browsers get hold the
// names of their functions but no files and lines (www/bundle drops them), and the relay has these beside each build.
//
// relay/web asks it. It knows neither HTTP nor where files are kept.
package crash

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// mostLines is more than a list of lines holds once it is unpacked, bytes.
const mostLines = 16 << 20

// Lines are the files and lines of a program's functions.
type Lines struct {
	functions map[string]function
}

// function is the source of one: its file, and up to which place each line holds.
type function struct {
	file  string
	steps string // "until:line", divided by tabs, in order
}

// ReadLines reads what www/bundle has packed: in each line the name of a function, its file, and "until:line" for each
// place up to which a line holds, divided by tabs.
func ReadLines(packed []byte) (Lines, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return Lines{}, fmt.Errorf("unpack lines: %w", err)
	}
	l := Lines{functions: map[string]function{}}
	scanner := bufio.NewScanner(io.LimitReader(unpacked, mostLines))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		name, rest, _ := strings.Cut(scanner.Text(), "\t")
		file, steps, found := strings.Cut(rest, "\t")
		if !found {
			return Lines{}, fmt.Errorf("a function without lines: %.100q", name)
		}
		l.functions[printed(name)] = function{file, steps}
	}
	if err := scanner.Err(); err != nil {
		return Lines{}, fmt.Errorf("read lines: %w", err)
	}
	return l, nil
}

// LinesOf is the name of the file in which a program's lines are, by that of the program: foyer.5d1f0a.wasm has
// foyer.5d1f0a.lines.gz.
func LinesOf(program string) string { return strings.TrimSuffix(program, ".wasm") + ".lines.gz" }

// printed is how stack traces write a function's name: without what a generic one was made for, of which it is then one of
// several, with the same file; and the one that is behind the word panic by that word.
func printed(name string) string {
	if name == "runtime.gopanic" {
		return "panic"
	}
	if begin, end := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']'); begin >= 0 && end > begin {
		return name[:begin] + "[...]" + name[end+1:]
	}
	return name
}

// nowhere is the second line of a frame in a stack trace of a program without lines, with its distance from the
// function's entry.
var nowhere = regexp.MustCompile(`^\t\?:0(?: \+0x([0-9a-f]{1,8}))?$`)

// Resolve puts files and lines into a stack trace of debug.Stack. What it does not know stays as it is.
func (l Lines) Resolve(stack string) string {
	lines := strings.Split(stack, "\n")
	for i := 1; i < len(lines); i++ {
		found := nowhere.FindStringSubmatch(lines[i])
		if found == nil {
			continue
		}
		f, known := l.functions[called(lines[i-1])]
		if !known {
			continue
		}
		distance, _ := strconv.ParseInt(found[1], 16, 64) // "" is 0
		// The place is the one behind the call.
		if line := f.line(int(distance) - 1); line != "" {
			lines[i] = "\t" + f.file + ":" + line + strings.TrimPrefix(lines[i], "\t?:0")
		}
	}
	return strings.Join(lines, "\n")
}

// called is the function's name in the first line of a frame: "main.(*T).f(0x1, {0x2, 0x3})", "created by main.g in
// goroutine 1".
func called(line string) string {
	if created, ok := strings.CutPrefix(line, "created by "); ok {
		name, _, _ := strings.Cut(created, " in goroutine ")
		return name
	}
	if arguments := strings.LastIndexByte(line, '('); arguments > 0 {
		return line[:arguments]
	}
	return line
}

// line is the one of a place, "" where there is none.
func (f function) line(place int) string {
	for step := range strings.SplitSeq(f.steps, "\t") {
		until, line, _ := strings.Cut(step, ":")
		if n, err := strconv.Atoi(until); err == nil && max(place, 0) < n {
			return line
		}
	}
	return ""
}
