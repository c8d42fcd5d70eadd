package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

// uploads is the relay's end of files.
type uploads struct {
	stage *stage
	types []any                   // that are taken, nil for pdf
	done  func(attachment.Answer) // of the upload under way
}

func (u *uploads) Carry(r attachment.Request, _ func(int64), done func(attachment.Answer)) func() {
	if r.Path != "limits" {
		u.done = done
		return func() {}
	}
	types := u.types
	if types == nil {
		types = []any{"pdf"}
	}
	limits := object("enabled", true, "ready", true, "maxFiles", 9.0, "maxFileSize", 5e6, "maxTotalSize", 9e6,
		"types", types)
	u.stage.loop.Post(func() { done(attachment.Answer{Status: 200, JSON: limits}) })
	return func() {}
}

// withFiles lets the visitor send files.
func withFiles(u *uploads) func(*stage, *webchat.Options) {
	return func(s *stage, o *webchat.Options) {
		u.stage = s
		o.Files = &attachment.Client{Carrier: u, Loop: s.loop, Token: func() string { return "token" }}
	}
}

func TestAFileOnItsWaySaysWhatIsTheMatter(t *testing.T) {
	failed := func(code wire.Code) attachment.Answer {
		m := wire.Means(code)
		return attachment.Answer{Status: m.HTTP, JSON: object("code", string(code), "retry", m.Retry)}
	}
	for name, test := range map[string]struct {
		file    string
		answer  attachment.Answer
		says    string
		buttons string
	}{
		"the connection is gone":        {"a.pdf", attachment.Answer{}, "Paused until the connection is back", "Cancel"},
		"the relay is busy":             {"a.pdf", failed(wire.CodeUnavailable), "The service is busy.", "Cancel"},
		"the scanner does not work":     {"a.pdf", failed(wire.CodeFileScan), "could not be checked for viruses", "Try again Discard"},
		"the scanner refuses it":        {"a.pdf", failed(wire.CodeFileRefused), "refused by the virus scanner", "Discard"},
		"its type is not on the list":   {"a.exe", attachment.Answer{}, "Files of this type cannot be sent. Up to", "Discard"},
		"there are too many by now":     {"a.pdf", failed(wire.CodeFileCount), "cannot send any more files", "Try again Discard"},
		"nobody is there to receive it": {"a.pdf", failed(wire.CodeFileAgent), "as soon as somebody has joined", "Try again Discard"},
	} {
		t.Run(name, func(t *testing.T) {
			u := &uploads{}
			s := newStage(t, nil, withFiles(u))
			p := s.open("1")
			s.begin(t, p)
			p.do(t, ".cx-attach", "files", view.Action{Files: []any{&attachment.File{Name: test.file, Size: 10}}})
			if u.done != nil {
				u.done(test.answer)
				s.loop.Run()
			}
			item := p.must(t, ".cx-upload")
			var buttons []string
			walk(item, func(n *view.Node) {
				if n.Tag == "button" {
					buttons = append(buttons, n.Text)
				}
			})
			if got := textOf(item); !strings.Contains(got, test.says) {
				t.Errorf("it says %q, want %q", got, test.says)
			}
			if got := strings.Join(buttons, " "); got != test.buttons {
				t.Errorf("it offers %q, want %q", got, test.buttons)
			}
		})
	}
}
