// Command bundle makes what browsers load: it compiles the WebAssembly binaries, bundles and minifies the scripts and
// styles of www/, names files after their content, compresses them, and writes everything with a manifest into www/dist,
// from where www/embed.go takes it into the relay's binary.
//
// The Makefile calls it; it needs Go and nothing else (no Node, no npm). It must never fetch anything.
//
//	go run ./www/bundle              full compression
//	go run ./www/bundle -fast        quick compression, for make run
//	go run ./www/bundle -size        also print sizes, and fail where a budget is exceeded
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "the checkout")
	flag.StringVar(&o.out, "out", "www/dist", "where the files go, relative to the checkout")
	flag.BoolVar(&o.fast, "fast", false, "compress quickly instead of well")
	flag.BoolVar(&o.noWasm, "no-wasm", false, "leave the WebAssembly binaries out (for tests of scripts)")
	size := flag.Bool("size", false, "print the table of sizes and exit 1 where a budget is exceeded; implies full compression")
	flag.Parse()
	if *size {
		o.fast = false
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, *size); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, size bool) error {
	files, err := build(ctx, o)
	if err != nil {
		return err
	}
	if size {
		return report(os.Stdout, files)
	}
	return nil
}
