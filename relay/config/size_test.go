package config

import (
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{
		"500": 500, "0": 0, "1B": 1, "64kB": 64 << 10, "10MB": 10 << 20, "10 mb": 10 << 20, "1GB": 1 << 30,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MB", "-1", "1.5MB", "1TB", "1 M B", "10MBkB", "9223372036854775807GB", "1e3", "0x10"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, s := range []string{"10MB", "1 kb", "gb", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseSize(text)
		if err == nil && (n < 0 || !strings.ContainsAny(text[:1], "0123456789")) {
			t.Errorf("%q is %d", text, n)
		}
	})
}
