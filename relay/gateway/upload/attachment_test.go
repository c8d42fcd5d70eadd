package upload

import (
	"mime"
	"strings"
	"testing"

	"foyer/relay/files"
)

// FuzzAttachment: whatever a file is called, the header by which it is read is one line, and says that it is saved and
// under which name.
func FuzzAttachment(f *testing.F) {
	for _, name := range []string{"a.pdf", "ü.pdf", `a".pdf`, "a\r\nSet-Cookie: x.pdf", "\u202eexe.pdf", ";filename=b.exe", "", "\xff.txt", `\`, "100%.txt"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean := files.CleanName(name)
		header := attachment(clean)
		if strings.ContainsAny(header, "\r\n\x00") {
			t.Fatalf("%q gives %q", name, header)
		}
		kind, parameters, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" {
			t.Fatalf("%q gives %q: %v", name, header, err)
		}
		if got, named := parameters["filename"]; clean != "" && (!named || got != clean) {
			t.Errorf("%q is called %q and saved as %q", name, clean, got)
		}
	})
}
