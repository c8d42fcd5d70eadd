package webchatservice

import (
	"strings"
	"testing"
)

func FuzzFiltersAreReadAsTheyWereWritten(f *testing.F) {
	f.Add("s", "a\n\"b\\", "gi")
	f.Add("x y", "", "")
	f.Fuzz(func(t *testing.T, session, source, flags string) {
		if strings.ContainsAny(session, "\n") || strings.ContainsAny(flags, " \n") || session == "" {
			t.Skip()
		}
		written := filters{session: session, list: []filter{{source, flags}}}
		text := written.format()
		var read filters
		read.parse(text)
		if len(read.list) != 1 || read.list[0].flags != flags || read.session != session {
			t.Fatalf("%q was read as %+v", text, read)
		}
		if again := read.format(); again != text && strings.ToValidUTF8(source, "") == source {
			t.Fatalf("%q was written as %q", text, again)
		}
	})
}

func FuzzKeptFiltersMayBeAnything(f *testing.F) {
	f.Add("s\ng \"a\"\nnonsense\n \"\\q\"")
	f.Fuzz(func(t *testing.T, text string) {
		var read filters
		read.parse(text)
		_ = read.format()
	})
}

func FuzzATokenIsAPartOfItsText(f *testing.F) {
	f.Add(`{"token":"eyJhbGciOi.eyJzZXNzaW9u.c2lnbmF0dXJl"}`)
	f.Add("a.b.c")
	f.Add("eyJhbGciOi.eyJzZXNzaW9u.c2lnbmF0dXJl.and-a-fourth")
	f.Fuzz(func(t *testing.T, text string) {
		token := tokenInText(text)
		if token == "" {
			return
		}
		if !strings.Contains(text, token) || strings.Count(token, ".") != 2 || tokenInText(token) != token {
			t.Fatalf("%q in %q", token, text)
		}
	})
}
