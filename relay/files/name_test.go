package files

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNamesAreCleaned(t *testing.T) {
	for raw, want := range map[string]string{
		"a.pdf":                           "a.pdf",
		"Lebenslauf für Jörg.PDF":         "Lebenslauf für Jörg.PDF",
		"履歴書.pdf":                         "履歴書.pdf",
		"../../etc/passwd":                "passwd",
		`C:\Users\me\a.pdf`:               "a.pdf",
		"a/":                              "",
		"..":                              "",
		" . ":                             "",
		"":                                "",
		"a.pdf.":                          "a.pdf",
		"a\x00b\r\n.pdf":                  "ab.pdf",
		"invoice\u202efdp.exe":            "invoicefdp.exe",
		"a\u00a0b.pdf":                    "a b.pdf",
		`a"b<c>:d.pdf`:                    "a_b_c__d.pdf",
		"\xff.pdf":                        "_.pdf",
		strings.Repeat("ü", 200) + ".pdf": strings.Repeat("ü", 98) + ".pdf",
		"a." + strings.Repeat("x", 300):   "a." + strings.Repeat("x", 198),
	} {
		if got := CleanName(raw); got != want {
			t.Errorf("%q became %q, not %q", raw, got, want)
		}
	}
}

func TestExtensions(t *testing.T) {
	for name, want := range map[string]string{"a.PDF": "pdf", "a.tar.gz": "gz", "a": "", "a.": "", ".pdf": "pdf"} {
		if got := Extension(name); got != want {
			t.Errorf("%q has %q, not %q", name, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.pdf", `..\x`, "\u202e.", strings.Repeat("é", 150) + ".é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		name := CleanName(raw)
		if len(name) > maxNameBytes || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00\r\n\"") || strings.Trim(name, " ") != name {
			t.Errorf("%q became %q", raw, name)
		}
		if again := CleanName(name); again != name {
			t.Errorf("%q became %q, and that %q", raw, name, again)
		}
	})
}
