package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFilesHaveTheirDefaults(t *testing.T) {
	f, err := Parse([]byte("deployments:\n  - name: a\n  - name: b\n    files: {enabled: true, max_file_size: 200MB, types: [step]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := f.Deployments[0].Files, f.Deployments[1].Files
	if a.Enabled || a.MaxFiles != 20 || a.MaxFileSize != 10<<20 || a.MaxTotalSize != 100<<20 || !slices.Contains(a.Types, "pdf") {
		t.Errorf("a is %+v", a)
	}
	if !b.Enabled || b.MaxFileSize != 200<<20 || b.MaxTotalSize != 200<<20 || !slices.Equal(b.Types, []string{"step"}) {
		t.Errorf("b is %+v", b)
	}
}

func TestADeploymentsScannerReplacesTheCommonOne(t *testing.T) {
	f, err := Parse([]byte(`
scanner: {command: [clamdscan, -], timeout: 5}
deployments:
  - name: a
  - name: b
    scanner: {url: "https://scan.example/"}
`))
	if err != nil {
		t.Fatal(err)
	}
	a, b := f.Deployments[0].Scanner, f.Deployments[1].Scanner
	if !slices.Equal(a.Command, []string{"clamdscan", "-"}) || a.Timeout.Duration() != 5*time.Second {
		t.Errorf("a has %+v", a)
	}
	if b.Command != nil || b.URL != "https://scan.example/" || b.Timeout.Duration() != time.Minute {
		t.Errorf("b has %+v", b)
	}
}

func TestMistakesInFilesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"files: {max_file_size: big}":                      "size",
		"files: {max_file_size: 2GB}":                      "max_file_size",
		"files: {max_file_size: 2MB, max_total_size: 1MB}": "max_total_size",
		"files: {max_files: -1}":                           "max_files",
		"files: {types: [.pdf]}":                           `".pdf"`,
		"files: {types: [PDF]}":                            `"PDF"`,
		"files: {size: 1}":                                 `unknown key "size"`,
		"scanner: {command: [a], url: http://b}":           "exclude",
		"scanner: {url: clamd}":                            "scanner: url",
		"scanner: {command: ['']}":                         "scanner: command",
		"scanner: {command: [a], timeout: 1000}":           "timeout",
	} {
		_, err := Parse([]byte("deployments:\n  - name: a\n    " + text + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, without %q", text, err, want)
		}
	}
	if _, err := Parse([]byte("scanner: {url: clamd}\n")); err == nil {
		t.Error("a faulty scanner at the top was accepted")
	}
}
