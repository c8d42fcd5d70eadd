// Package attachment is the client's side of files in a chat: what may be sent, the files on their way to the relay, and
// those that are fetched from it. Visitor's window and agent's desktop use it alike.
//
// A window makes one Client, and one Queue for each session that it shows. Requests go through the Carrier, which
// wasm/browser is; all methods and callbacks run on the loop. The package must never touch JavaScript, show a file as
// sent before the relay says so (it is in the log then), or send one anew under another client id.
package attachment

import (
	"time"

	"foyer/relay/wire"
)

// File is a file or blob of the browser. Its bytes stay there: only the browser can read them.
type File struct {
	Name    string // "" for a blob that has none
	Type    string // as the browser guesses it, "" for unknown
	Size    int64  // bytes
	Content any    // the browser's own object; only wasm/browser looks at it
}

// Files are those of an input event (view.Action.Files).
func Files(list []any) []*File {
	var files []*File
	for _, v := range list {
		if f, ok := v.(*File); ok {
			files = append(files, f)
		}
	}
	return files
}

// Carrier makes requests to the relay.
type Carrier interface {
	// Carry begins a request. progress, where it is not nil, is told how many bytes of the body have left; done is called
	// once, not before Carry returned, unless cancel was called before. Both are called on the loop.
	Carry(r Request, progress func(sent int64), done func(Answer)) (cancel func())
}

// Path is where the relay has files: the address of uploads.
const Path = "/native/v1/files"

// Request is one to the relay, at Path or below it. The carrier escapes what needs it.
type Request struct {
	Method   string
	Path     string // below Path: "", "limits" or the id of a file
	Session  string // "" where the file tells it
	Token    string // Authorization: Bearer
	ClientID string // of an upload: Foyer-Client-Id
	Body     *File  // of an upload; its name is Foyer-File-Name
	Blob     bool   // a 200's body is wanted as a File, not as JSON
}

// Answer is what came of a request.
type Answer struct {
	Status int            // 0: no answer, and whether the relay has done it is not known
	JSON   map[string]any // nil where there was none
	Blob   *File          // with Request.Blob
}

// Loop is the goroutine that owns the client's state.
type Loop interface {
	// After runs f once after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
}

// Refusal is why something was not done.
type Refusal struct {
	Code wire.Code
	Key  string // of the text for people, as in wire.Means
}

func refused(code wire.Code) *Refusal { return &Refusal{Code: code, Key: wire.Means(code).Key} }

// Final tells whether the same file will be refused again, whatever happens.
func (r *Refusal) Final() bool {
	switch r.Code {
	case wire.CodeFileType, wire.CodeFileSize, wire.CodeFileRefused:
		return true
	}
	return false
}

// Away tells whether nothing is the matter but the connection.
func (r *Refusal) Away() bool {
	switch r.Code {
	case wire.CodeNoConnection, wire.CodeDraining, wire.CodeToken, wire.CodeTokenExpired:
		return true
	}
	return false
}

// ok tells whether a request was answered as hoped.
func (a Answer) ok() bool { return a.Status >= 200 && a.Status < 300 }

// refusal says why a request failed, retry whether the same one may succeed later, and after how long at the earliest.
func (a Answer) refusal() (r *Refusal, retry bool, wait time.Duration) {
	if a.Status == 0 {
		return refused(wire.CodeNoConnection), true, 0
	}
	code, _ := a.JSON["code"].(string)
	if code == "" { // not the relay's own words: a proxy before it
		return refused(wire.CodeUnavailable), a.Status >= 500, 0
	}
	r = refused(wire.Code(code))
	switch r.Code {
	case wire.CodeToken, wire.CodeTokenExpired: // the connection gets another one
		return r, true, 0
	case wire.CodeFileAgent, wire.CodeFileScan: // may take minutes: for the visitor to decide
		return r, false, 0
	}
	retry, _ = a.JSON["retry"].(bool)
	return r, retry, time.Duration(whole(a.JSON["retryMs"])) * time.Millisecond
}

// whole reads a number as JSON or msgpack brings it, 0 for everything else.
func whole(v any) int64 {
	switch n := v.(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case uint64:
		return int64(n)
	}
	return 0
}
