package files

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// sniffBytes is how much of a file's beginning tells what it is (https://mimesniff.spec.whatwg.org/).
const sniffBytes = 512

// kind is what is known of the files with an extension.
type kind struct {
	media  string   // the type that readers are told
	looks  []string // what the beginning of such a file must look like
	begins string   // the bytes that it must begin with
	marked bool     // it is an archive that begins with a file which names media
	inside string   // it is an archive with this folder
}

const (
	unknownMedia = "application/octet-stream"
	zipMedia     = "application/zip"
)

// kindOf gives what is known of an extension. What browsers would run (html, svg) is nothing special to us, so that
// nobody is told its type.
func kindOf(extension string) kind {
	if k, ok := officeKind(extension); ok {
		return k
	}
	plain := []string{"text/plain", "text/xml"}
	switch extension {
	case "jpg", "jpeg":
		return kind{media: "image/jpeg", looks: []string{"image/jpeg"}}
	case "png", "gif", "webp", "bmp":
		return kind{media: "image/" + extension, looks: []string{"image/" + extension}}
	case "pdf":
		return kind{media: "application/pdf", looks: []string{"application/pdf"}}
	case "zip":
		return kind{media: zipMedia, looks: []string{zipMedia}}
	case "txt", "log":
		return kind{media: "text/plain", looks: plain}
	case "csv":
		return kind{media: "text/csv", looks: plain}
	case "md":
		return kind{media: "text/markdown", looks: plain}
	case "html", "htm":
		return kind{media: unknownMedia, looks: []string{"text/html", "text/plain"}}
	}
	return kind{media: unknownMedia}
}

// agrees tells whether a file that begins like this may be what its name says. Of a kind that we do not know, only
// what certainly is something else is a contradiction.
func (k kind) agrees(beginning []byte) bool {
	if k.begins != "" {
		return strings.HasPrefix(string(beginning[:min(len(beginning), len(k.begins))]), k.begins)
	}
	if k.marked && !isMarked(beginning, k.media) {
		return false
	}
	detected, _, err := mime.ParseMediaType(http.DetectContentType(beginning[:min(len(beginning), sniffBytes)]))
	if err != nil {
		return false
	}
	if k.looks != nil {
		return slices.Contains(k.looks, detected)
	}
	return !strings.HasPrefix(detected, "image/") && detected != "application/pdf" && detected != "text/html"
}
