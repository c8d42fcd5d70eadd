package transport

import (
	"testing"

	"foyer/relay/wire"
)

// FuzzAnswerProblem: whatever stands between the client and the relay answers, there is a problem that says so.
func FuzzAnswerProblem(f *testing.F) {
	refused, err := wire.Encode(wire.ErrorFrame(0, wire.Problemf(wire.CodeOrigin, "no"), true))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(403, refused)
	f.Add(502, []byte("<html>Bad gateway</html>"))
	f.Add(0, []byte{})
	f.Add(200, append(refused, refused[:3]...))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		p := answerProblem(PollAnswer{Status: status, Body: body})
		if p == nil || p.Error() == "" {
			t.Errorf("%d with %q gives %+v", status, body, p)
		}
	})
}
