package invite

import (
	"encoding/json"
	"testing"
	"time"
)

// FuzzReadConfig: whatever a page's configuration is, an invitation ends within a day, or never.
func FuzzReadConfig(f *testing.F) {
	f.Add(`{"type":"chat","engagementID":"E","inviteTimeout":30,"message":"hello"}`)
	f.Add(`{"type":7,"engagementID":null,"inviteTimeout":"1e9","greeting":["x"]}`)
	f.Add(`{"inviteTimeout":-1}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m map[string]any
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		if c := readConfig(m); c.timeout < 0 || c.timeout > 24*time.Hour {
			t.Errorf("%s ends after %v", text, c.timeout)
		}
	})
}
