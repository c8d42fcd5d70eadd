package files

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// archive is a zip file with these entries: their names, and their contents as they are.
func archive(tb testing.TB, comment string, entries ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, entry := range entries {
		name, content, _ := strings.Cut(entry, "=")
		n := uint64(len(content))
		f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CompressedSize64: n, UncompressedSize64: n})
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.SetComment(comment); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestOfficeFilesAreWhatTheirNameSays(t *testing.T) {
	const types = "[Content_Types].xml=<Types/>"
	word, sheet := archive(t, "", types, "_rels/.rels=x", "word/document.xml=x"), archive(t, "", types, "xl/workbook.xml=x")
	slides := archive(t, "", "ppt/presentation.xml=x", types)
	odf := func(kind string) []byte {
		return archive(t, "", "mimetype=application/vnd.oasis.opendocument."+kind, "content.xml=x")
	}
	program := archive(t, "", "setup.exe=MZ")
	old := []byte(compound + "\x00\x00\x00\x00")
	huge := bytes.Clone(word)
	copy(huge[len(huge)-10:], "\xff\xff\xff\x7f") // the length of the directory
	for name, c := range map[string]struct {
		extension string
		content   []byte
		want      bool
	}{
		"document":                             {"docx", word, true},
		"document with a comment":              {"docx", archive(t, "from the office", types, "word/document.xml=x"), true},
		"document with macros":                 {"docm", word, true},
		"template":                             {"dotx", word, true},
		"table":                                {"xlsx", sheet, true},
		"table with macros":                    {"xlsm", sheet, true},
		"slides":                               {"pptx", slides, true},
		"slide show":                           {"ppsx", slides, true},
		"open text":                            {"odt", odf("text"), true},
		"open table":                           {"ods", odf("spreadsheet"), true},
		"open slides":                          {"odp", odf("presentation"), true},
		"open drawing":                         {"odg", odf("graphics"), true},
		"old document":                         {"doc", old, true},
		"old table":                            {"xls", old, true},
		"old slides":                           {"ppt", old, true},
		"any archive":                          {"zip", program, true},
		"program as document":                  {"docx", program, false},
		"program as table":                     {"xlsx", program, false},
		"program as slides":                    {"pptx", program, false},
		"program as open text":                 {"odt", program, false},
		"table as document":                    {"docx", sheet, false},
		"document as table":                    {"xlsx", word, false},
		"document as slides":                   {"pptx", word, false},
		"open table as open text":              {"odt", odf("spreadsheet"), false},
		"open template as open text":           {"odt", odf("text-template"), false},
		"document without a list of types":     {"docx", archive(t, "", "word/document.xml=x"), false},
		"list of types alone":                  {"docx", archive(t, "", types), false},
		"word in the middle of a name":         {"docx", archive(t, "", types, "x/word/document.xml=x"), false},
		"archive that is cut":                  {"docx", word[:len(word)-30], false},
		"beginning of an archive":              {"docx", []byte("PK\x03\x04"), false},
		"directory that is larger than a file": {"docx", huge, false},
		"old document as a new one":            {"docx", old, false},
		"new document as an old one":           {"doc", word, false},
		"text as old document":                 {"doc", []byte("hello"), false},
		"nothing as old document":              {"doc", nil, false},
		"page as old document":                 {"doc", []byte("<html>"), false},
	} {
		k := kindOf(c.extension)
		if got := k.agrees(c.content) && k.agreesInside(bytes.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzAgreesInside(f *testing.F) {
	f.Add("docx", archive(f, "", "[Content_Types].xml=x", "word/x=x"))
	f.Add("odt", archive(f, "", "mimetype=application/vnd.oasis.opendocument.text"))
	f.Add("xlsx", []byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, extension string, content []byte) {
		k := kindOf(extension)
		inside := k.agreesInside(bytes.NewReader(content), int64(len(content)))
		if inside && k.inside != "" && !bytes.Contains(content, []byte(k.inside)) {
			t.Errorf("%q holds no %s", content, k.inside)
		}
		k.agrees(content)
	})
}
