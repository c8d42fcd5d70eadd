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
	media string   // the type that readers are told
	looks []string // what the beginning of such a file must look like
}

const unknownMedia = "application/octet-stream"

// kindOf gives what is known of an extension. What browsers would run (html, svg) is nothing special to us, so that
// nobody is told its type.
func kindOf(extension string) kind {
	const zip, openXML = "application/zip", "application/vnd.openxmlformats-officedocument."
	plain := []string{"text/plain", "text/xml"}
	switch extension {
	case "jpg", "jpeg":
		return kind{"image/jpeg", []string{"image/jpeg"}}
	case "png", "gif", "webp", "bmp":
		return kind{"image/" + extension, []string{"image/" + extension}}
	case "pdf":
		return kind{"application/pdf", []string{"application/pdf"}}
	case "zip":
		return kind{zip, []string{zip}}
	case "docx":
		return kind{openXML + "wordprocessingml.document", []string{zip}}
	case "xlsx":
		return kind{openXML + "spreadsheetml.sheet", []string{zip}}
	case "pptx":
		return kind{openXML + "presentationml.presentation", []string{zip}}
	case "odt":
		return kind{"application/vnd.oasis.opendocument.text", []string{zip}}
	case "ods":
		return kind{"application/vnd.oasis.opendocument.spreadsheet", []string{zip}}
	case "txt", "log":
		return kind{"text/plain", plain}
	case "csv":
		return kind{"text/csv", plain}
	case "md":
		return kind{"text/markdown", plain}
	case "html", "htm":
		return kind{unknownMedia, []string{"text/html", "text/plain"}}
	}
	return kind{media: unknownMedia}
}

// agrees tells whether a file that begins like this may be what its name says. Of a kind that we do not know, only
// what certainly is something else is a contradiction.
func (k kind) agrees(beginning []byte) bool {
	detected, _, err := mime.ParseMediaType(http.DetectContentType(beginning[:min(len(beginning), sniffBytes)]))
	if err != nil {
		return false
	}
	if k.looks != nil {
		return slices.Contains(k.looks, detected)
	}
	return !strings.HasPrefix(detected, "image/") && detected != "application/pdf" && detected != "text/html"
}
