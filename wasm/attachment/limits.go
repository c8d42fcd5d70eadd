package attachment

import (
	"strings"

	"foyer/relay/wire"
)

// Limits are what the relay lets this participant send in a session. Sizes are in bytes. The relay decides in the end:
// what this package refuses is what it would refuse anyway.
type Limits struct {
	Enabled      bool // the deployment takes files
	Ready        bool // just now
	NeedAgent    bool // a visitor can send them only while an agent is there
	MaxFiles     int64
	UsedFiles    int64
	MaxFileSize  int64
	MaxTotalSize int64
	UsedSize     int64
	Types        []string // extensions in lower case, without the dot
}

func readLimits(m map[string]any) *Limits {
	n := func(name string) int64 { return max(0, whole(m[name])) }
	l := &Limits{
		MaxFiles: n("maxFiles"), UsedFiles: n("usedFiles"), MaxFileSize: n("maxFileSize"), MaxTotalSize: n("maxTotalSize"),
		UsedSize: n("usedSize"),
	}
	l.Enabled, _ = m["enabled"].(bool)
	l.Ready, _ = m["ready"].(bool)
	l.NeedAgent, _ = m["needAgent"].(bool)
	types, _ := m["types"].([]any)
	for _, v := range types {
		if extension, ok := v.(string); ok {
			l.Types = append(l.Types, extension)
		}
	}
	return l
}

// Accept are the types as a file chooser wants them: ".pdf".
func (l *Limits) Accept() []string {
	var accept []string
	for _, extension := range l.Types {
		accept = append(accept, "."+extension)
	}
	return accept
}

// Takes tells whether a file can be sent now, as far as is known.
func (l *Limits) Takes(f *File) bool { return l != nil && l.refuses(f) == nil }

// refuses says why a file cannot be sent, nil if it can.
func (l *Limits) refuses(f *File) *Refusal {
	switch {
	case !l.Enabled:
		return refused(wire.CodeFilesOff)
	case !l.Ready:
		return refused(wire.CodeFileAgent)
	case !l.allows(f.Name):
		return refused(wire.CodeFileType)
	case f.Size < 1 || f.Size > l.MaxFileSize:
		return refused(wire.CodeFileSize)
	case l.UsedFiles >= l.MaxFiles:
		return refused(wire.CodeFileCount)
	case l.UsedSize+f.Size > l.MaxTotalSize:
		return refused(wire.CodeFileTotal)
	}
	return nil
}

func (l *Limits) allows(name string) bool {
	extension := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	for _, allowed := range l.Types {
		if allowed == extension {
			return true
		}
	}
	return false
}

// take counts a file as sent.
func (l *Limits) take(f *File) {
	l.UsedFiles++
	l.UsedSize += f.Size
}
