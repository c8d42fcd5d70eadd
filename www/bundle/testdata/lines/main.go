// Command lines is a program for browsers that dies, for the test of dropLines.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	defer func() { fmt.Println("recovered:", recover()) }()
	_, file, line, _ := runtime.Caller(0)
	fmt.Println("at", file, line)
	outer(nil)
}

func outer(list []int) { inner(list) }

//go:noinline
func inner(list []int) {
	defer func() {
		pcs := make([]uintptr, 20)
		frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
		for {
			f, more := frames.Next()
			fmt.Println(f.Function)
			if !more {
				break
			}
		}
	}()
	list[3]++
}
