package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNameBytes bounds a file's name; most file systems take 255.
const maxNameBytes = 200

// CleanName makes a name out of what a client calls its file: without folders, without characters that cannot be seen
// or turn the text around (which make invoice-exe.pdf out of invoice-fdp.exe), or that a file system refuses, and not
// too long. "" where nothing is left.
func CleanName(raw string) string {
	name := strings.ToValidUTF8(raw, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(cleanRune, name)
	name = strings.TrimRight(strings.TrimSpace(name), ". ")
	if len(name) <= maxNameBytes {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > maxNameBytes/2 {
		extension = ""
	}
	return strings.TrimRight(cut(name, maxNameBytes-len(extension)), ". ") + extension
}

func cleanRune(r rune) rune {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
		return -1
	case unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune(`"<>:|?*`, r):
		return '_'
	}
	return r
}

// cut gives the first characters of s, at most so many bytes.
func cut(s string, bytes int) string {
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

// Extension is what stands behind the last dot of a name, in lower case; "" without a dot.
func Extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}
