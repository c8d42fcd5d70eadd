package attachment

import (
	"encoding/json"
	"testing"
)

// FuzzReadLimits: whatever the relay's answer holds, no number in it is below nothing, and it is safe to ask.
func FuzzReadLimits(f *testing.F) {
	f.Add(`{"enabled":true,"ready":true,"maxFiles":3,"maxFileSize":100,"maxTotalSize":1000,"types":["pdf"]}`, "a.pdf")
	f.Add(`{"enabled":1,"maxFiles":"x","maxFileSize":-5,"usedSize":1e300,"types":[null,{}]}`, "")
	f.Add(`{"types":"pdf","maxTotalSize":null}`, ".")
	f.Fuzz(func(t *testing.T, answer, name string) {
		var m map[string]any
		if json.Unmarshal([]byte(answer), &m) != nil {
			return
		}
		l := readLimits(m)
		for _, n := range []int64{l.MaxFiles, l.UsedFiles, l.MaxFileSize, l.MaxTotalSize, l.UsedSize} {
			if n < 0 {
				t.Errorf("%s gives %+v", answer, l)
			}
		}
		if l.refuses(&File{Name: name, Size: 1}) == nil && !l.Enabled {
			t.Errorf("%s lets files in", answer)
		}
	})
}
