package files

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

// compound is how the office files of before 2007 begin (MS-CFB, 2.2).
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// officeKind gives what is known of documents, tables and slides. All of today are zip archives, which says nothing: what is
// inside does. Nobody is told a type of those with macros.
func officeKind(extension string) (kind, bool) {
	const openXML, open = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	archive := func(media, inside string) (kind, bool) {
		return kind{media: media, looks: []string{zipMedia}, inside: inside}, true
	}
	marked := func(media string) (kind, bool) {
		return kind{media: open + media, looks: []string{zipMedia}, marked: true}, true
	}
	old := func(media string) (kind, bool) { return kind{media: media, begins: compound}, true }
	switch extension {
	case "docx":
		return archive(openXML+"wordprocessingml.document", "word/")
	case "dotx":
		return archive(openXML+"wordprocessingml.template", "word/")
	case "docm", "dotm":
		return archive(unknownMedia, "word/")
	case "xlsx":
		return archive(openXML+"spreadsheetml.sheet", "xl/")
	case "xltx":
		return archive(openXML+"spreadsheetml.template", "xl/")
	case "xlsm", "xltm":
		return archive(unknownMedia, "xl/")
	case "pptx":
		return archive(openXML+"presentationml.presentation", "ppt/")
	case "ppsx":
		return archive(openXML+"presentationml.slideshow", "ppt/")
	case "pptm", "ppsm":
		return archive(unknownMedia, "ppt/")
	case "odt":
		return marked("text")
	case "ods":
		return marked("spreadsheet")
	case "odp":
		return marked("presentation")
	case "odg":
		return marked("graphics")
	case "doc":
		return old("application/msword")
	case "xls":
		return old("application/vnd.ms-excel")
	case "ppt":
		return old("application/vnd.ms-powerpoint")
	}
	return kind{}, false
}

// isMarked tells whether an archive begins with the file "mimetype", as it is, with this type in it (OpenDocument 1.3, part
// 2, 3.3).
func isMarked(beginning []byte, media string) bool {
	const header, name = 30, "mimetype"
	if len(beginning) < header+len(name) || string(beginning[header:header+len(name)]) != name {
		return false
	}
	stored := binary.LittleEndian.Uint16(beginning[8:]) == 0
	extra := int(binary.LittleEndian.Uint16(beginning[28:]))
	rest := beginning[min(header+len(name)+extra, len(beginning)):]
	return stored && bytes.HasPrefix(rest, []byte(media)) &&
		(len(rest) == len(media) || rest[len(media)] != '-') // text-template, text-master
}

// Bounds of an archive's directory, which is all that is read of it, in bytes.
const (
	maxDirectory = 1 << 20 // an office file has some dozens of entries of some dozens of bytes
	maxTrailer   = 22 + 1<<16 - 1
)

// agreesInside tells whether an archive holds what its name says. Of what is none, or one of whatever is in it, there is
// nothing to see.
func (k kind) agreesInside(content io.ReadSeeker, size int64) bool {
	if k.inside == "" {
		return true
	}
	directory, ok := directoryOf(content, size)
	if !ok {
		return false
	}
	types, own := false, false
	eachName(directory, func(name string) {
		types = types || name == "[Content_Types].xml"
		own = own || strings.HasPrefix(name, k.inside)
	})
	return types && own
}

// directoryOf reads the central directory of a zip archive (APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16).
func directoryOf(content io.ReadSeeker, size int64) (directory []byte, ok bool) {
	trailer, ok := readAt(content, max(size-maxTrailer, 0), min(size, maxTrailer))
	if !ok {
		return nil, false
	}
	end := bytes.LastIndex(trailer, []byte("PK\x05\x06"))
	if end < 0 || len(trailer)-end < 22 {
		return nil, false
	}
	length, at := int64(binary.LittleEndian.Uint32(trailer[end+12:])), int64(binary.LittleEndian.Uint32(trailer[end+16:]))
	if length > maxDirectory || at+length > size {
		return nil, false
	}
	return readAt(content, at, length)
}

func readAt(content io.ReadSeeker, at, length int64) ([]byte, bool) {
	if _, err := content.Seek(at, io.SeekStart); err != nil {
		return nil, false
	}
	b := make([]byte, length)
	_, err := io.ReadFull(content, b)
	return b, err == nil
}

// eachName gives the names of a directory's entries, until one is broken.
func eachName(directory []byte, tell func(name string)) {
	const header = 46
	for len(directory) >= header && bytes.HasPrefix(directory, []byte("PK\x01\x02")) {
		name := int(binary.LittleEndian.Uint16(directory[28:]))
		whole := header + name + int(binary.LittleEndian.Uint16(directory[30:])) + int(binary.LittleEndian.Uint16(directory[32:]))
		if whole > len(directory) {
			return
		}
		tell(string(directory[header : header+name]))
		directory = directory[whole:]
	}
}
