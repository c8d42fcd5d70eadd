package webchatservice_test

import (
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
)

func TestFilesOfACommandAreInTheWindowsQueue(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	got := p.command("sendFile", map[string]any{"files": oneFile})
	s.answer("limits", limits(nil))
	items := s.queue.Items()
	if len(items) != 1 || items[0].State != attachment.Sending {
		t.Fatalf("the window shows %v", items)
	}
	s.queue.Drop(items[0].ID) // as the visitor does there
	s.loop.Run()
	if got.state != "rejected" || len(s.queue.Items()) != 0 {
		t.Errorf("taken back: %v", got)
	}
}

func TestRefusedFilesNameTheVendorsCodes(t *testing.T) {
	for _, test := range []struct {
		name   string
		limits map[string]any
		nexus  string
		gms    int
	}{
		{"type", map[string]any{"types": []any{"png"}}, "INVALID_FILE_TYPE", 203},
		{"count", map[string]any{"usedFiles": 5.0}, "LIMIT_FILE_COUNT", 201},
		{"size", map[string]any{"maxFileSize": 9.0}, "LIMIT_FILE_SIZE", 202},
		{"total size", map[string]any{"usedSize": 4995.0}, "LIMIT_FILE_SIZE", 202},
	} {
		t.Run(test.name, func(t *testing.T) {
			send := func(config map[string]any) *settled {
				s := newStage(t, nil)
				p := s.open(config)
				s.begin(p)
				got := p.command("sendFile", map[string]any{"files": oneFile})
				s.answer("limits", limits(test.limits))
				return got
			}
			if got := send(rest); got.field("status", "code") != test.nexus {
				t.Errorf("v3: %v", got)
			}
			errors, _ := send(gms).field("errors").([]any)
			if len(errors) != 1 || errors[0].(map[string]any)["code"] != test.gms {
				t.Errorf("GMS: %v", errors)
			}
		})
	}
}

func TestFilesInTheLogHaveTheTransportsShape(t *testing.T) {
	file := wire.Entry{Seq: 2, Ms: 2000, ID: "e2", Kind: wire.KindFile, From: agent,
		Data: map[string]any{"fileId": "F", "name": "a.pdf", "type": "application/pdf", "size": int64(10)}}
	for name, test := range map[string]struct {
		config map[string]any
		want   func(original map[string]any) bool
	}{
		"v3": {rest, func(m map[string]any) bool { return m["type"] == "System" && m["event"] == "FileUploaded" }},
		"GMS": {gms, func(m map[string]any) bool {
			data, _ := m["userData"].(map[string]any)
			return m["type"] == "FileUploaded" && data["file-id"] == "F" && data["file-size"] == "10"
		}},
	} {
		s := newStage(t, nil)
		p := s.open(test.config)
		s.begin(p)
		s.push("Active", file)
		received := p.last(t, "messageReceived")
		original := received["originalMessages"].([]any)[0].(map[string]any)
		message := received["messages"].([]any)[0].(map[string]any)
		if !test.want(original) || message["type"] != "FileUploaded" {
			t.Errorf("%s: %v, %v", name, original, message)
		}
	}
}
