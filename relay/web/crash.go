package web

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"foyer/relay/crash"
	"foyer/relay/wire"
)

// crashBytes bounds what a browser says of a program that broke down.
const crashBytes = 32 << 10

// How often such reports are logged, whoever sends them: a fault that all visitors meet must not fill the disk.
const (
	crashesPerSecond = 0.5
	crashesAtOnce    = 60
)

// crashReport is what worker.js sends of a program that broke down.
type crashReport struct {
	Program string `json:"program"` // its address: /foyer.5d1f0a.wasm
	Text    string `json:"text"`    // what it was, and the stack trace
}

// crashed writes down that a program broke down in a browser, with files and lines: POST /native/v1/crash.
func (s *Site) crashed(w http.ResponseWriter, r *http.Request) {
	report, err := readCrash(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if ok, _ := s.crashes.Allow(""); ok {
		s.Log.ErrorContext(r.Context(), "a program broke down in a browser", "program", report.Program, "report", s.withLines(report))
	}
	w.WriteHeader(http.StatusNoContent)
}

func readCrash(r *http.Request) (crashReport, error) {
	var report crashReport
	body, err := io.ReadAll(r.Body) // bounded by the route
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return report, wire.Problemf(wire.CodeTooLarge, "a report may have %d bytes", crashBytes)
	case err != nil || !utf8.Valid(body) || json.Unmarshal(body, &report) != nil:
		return report, wire.Problemf(wire.CodeBadRequest, "no report of a program that broke down")
	case report.Text == "" || !strings.HasSuffix(report.Program, ".wasm"):
		return report, wire.Problemf(wire.CodeBadRequest, "a report names its program and says what happened")
	}
	report.Program = path.Base(report.Program)
	return report, nil
}

// withLines puts files and lines into a report, if its program is of this build or of one that is kept.
func (s *Site) withLines(report crashReport) string {
	name := crash.LinesOf(report.Program)
	fsys, _ := s.static.find(name)
	if fsys == nil {
		return report.Text
	}
	packed, err := fs.ReadFile(fsys, s.static.path(name))
	if err != nil {
		return report.Text
	}
	lines, err := crash.ReadLines(packed)
	if err != nil {
		return report.Text
	}
	return lines.Resolve(report.Text)
}
