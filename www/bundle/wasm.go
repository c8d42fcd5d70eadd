package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"foyer/relay/crash"
)

// binaries are the WebAssembly programs, by their names in the manifest. A stable name is for who copies the file.
var binaries = []struct {
	name, pkg string
	stable    bool
}{
	{"foyer.wasm", "./wasm", false},
	{"desktop.wasm", "./wasm/desktop", false},
	{"cookieprovider.wasm", "./cookieprovider", true},
}

// addWasm compiles the programs to bin/wasm and takes them. Go's own build cache makes a second run cheap.
func addWasm(ctx context.Context, o options, a *assets) error {
	if o.noWasm {
		return nil
	}
	for _, b := range binaries {
		if !hasMain(o.path(b.pkg)) {
			fmt.Fprintf(os.Stderr, "bundle: no program in %s yet: %s is left out\n", b.pkg, b.name)
			continue
		}
		out, err := filepath.Abs(o.path("bin/wasm", b.name))
		if err != nil {
			return err
		}
		// -l: without inlining the binary is 6 to 8 % smaller after compression, and nothing in it is a hot loop.
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-o", out, b.pkg)
		cmd.Dir = o.root
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOEXPERIMENT="+experiments(runtime.Version()))
		if msg, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", b.pkg, err, msg)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			return err
		}
		if data, err = joinSegments(data); err != nil {
			return fmt.Errorf("join the data of %s: %w", b.pkg, err)
		}
		stripped, lines, err := dropLines(data, runtime.Version())
		if err != nil {
			return fmt.Errorf("drop files and lines of %s: %w", b.pkg, err)
		}
		if b.stable {
			a.add(b.name, stripped) // it runs on static hosts, and tells no relay
			continue
		}
		packed, err := toGzip(lines, gzipFull)
		if err != nil {
			return fmt.Errorf("pack the lines of %s: %w", b.pkg, err)
		}
		program := a.addHashed(b.name, stripped)
		a.put(crash.LinesOf(b.name), crash.LinesOf(program), packed)
	}
	return nil
}

// experiments are what the programs are built with by a version of Go, "go1.26.8". Go 1.26 has two garbage collectors, of
// which the older one is 14 kB lighter after compression, and as good on one thread with a heap of a few MB. Other
// versions do not know its name.
func experiments(version string) string {
	if strings.HasPrefix(version, "go1.26") {
		return "nogreenteagc"
	}
	return ""
}

func hasMain(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "main.go"))
	return err == nil
}

// wasmExec gives the path of Go's own support script, of the Go that compiles the programs: the two must match.
func wasmExec(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "lib", "wasm", "wasm_exec.js"), nil
}
