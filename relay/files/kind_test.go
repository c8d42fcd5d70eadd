package files

import "testing"

func TestContentsMustAgreeWithTheName(t *testing.T) {
	const png, jpeg, pdf, zip = "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "%PDF-1.7\n", "PK\x03\x04"
	for _, test := range []struct {
		name, extension, content string
		want                     bool
	}{
		{"png", "png", png, true},
		{"jpeg", "jpeg", jpeg, true},
		{"webp", "webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", true},
		{"pdf", "pdf", pdf, true},
		{"document", "docx", zip, true},
		{"text", "txt", "Grüße\n", true},
		{"text in Latin-1", "txt", "Gr\xfc\xdfe\n", true},
		{"table", "csv", "a;b\n1;2\n", true},
		{"program as picture", "png", "MZ\x90\x00\x03\x00", false},
		{"page as picture", "jpg", "<!DOCTYPE html><script>", false},
		{"page as text", "txt", "  <html><script>", false},
		{"page as document", "pdf", "<html>%PDF-1.7", false},
		{"one picture as another", "png", jpeg, false},
		{"archive as picture", "gif", zip, false},
		{"binary as text", "txt", "\x00\x01\x02\x03", false},
		{"unknown kind", "step", "ISO-10303-21;", true},
		{"page as unknown kind", "step", "<html>", false},
		{"picture as unknown kind", "step", png, false},
		{"page that is allowed", "html", "<html>", true},
	} {
		if got := kindOf(test.extension).agrees([]byte(test.content)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestNobodyIsToldATypeThatBrowsersRun(t *testing.T) {
	for _, extension := range []string{"html", "htm", "svg", "xhtml", "xml", "js", "exe", ""} {
		if got := kindOf(extension).media; got != unknownMedia {
			t.Errorf("%s is %s", extension, got)
		}
	}
}

func FuzzAgrees(f *testing.F) {
	f.Add("png", []byte("\x89PNG\r\n\x1a\n"))
	f.Add("txt", []byte("<html>"))
	f.Fuzz(func(t *testing.T, extension string, content []byte) {
		k := kindOf(extension)
		if k.media == "" {
			t.Errorf("%q has no type", extension)
		}
		k.agrees(content)
	})
}
