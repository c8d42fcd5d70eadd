package visit_test

import (
	"strings"
	"testing"

	"foyer/relay/visit"
)

func TestWhomAnEventNames(t *testing.T) {
	tests := map[string]struct {
		name string
		data map[string]any
		want string
	}{
		"new spelling":     {visit.SignIn, map[string]any{"userID": "ann"}, "ann"},
		"old spelling":     {visit.UserInfo, map[string]any{"userId": "ann"}, "ann"},
		"both":             {visit.SignOut, map[string]any{"userID": "ann", "userId": "ben"}, "ann"},
		"a number":         {visit.SignIn, map[string]any{"userID": int64(7)}, "7"},
		"something else":   {visit.SignIn, map[string]any{"userID": []any{"ann"}}, ""},
		"nobody":           {visit.SignIn, nil, ""},
		"another event":    {visit.PageEntered, map[string]any{"userID": "ann"}, ""},
		"a very long name": {visit.SignIn, map[string]any{"userID": strings.Repeat("ü", 300)}, strings.Repeat("ü", visit.MaxIdentityRunes)},
	}
	for name, tt := range tests {
		if got := (visit.Event{Name: tt.name, Data: tt.data}).Identity(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
