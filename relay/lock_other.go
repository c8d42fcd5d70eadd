//go:build !unix

package main

// lockData does nothing on systems without flock.
func lockData(string) (unlock func() error, err error) { return func() error { return nil }, nil }
