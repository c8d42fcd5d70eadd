package config

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatNotificationsMayDo(t *testing.T) {
	const head = "deployments:\n- name: shop\n  notifications: "
	tests := map[string]struct{ yaml, says string }{
		"nothing":              {"{}", ""},
		"a host, a function":   {`{hosts: ["https://media.example.com", "http://localhost:9000"], functions: [shop.offers]}`, ""},
		"no function":          {`{functions: []}`, ""},
		"a call":               {`{functions: ["shop.show()"]}`, "is not a name"},
		"an empty part":        {`{functions: ["shop..show"]}`, "is not a name"},
		"a key that is no key": {`{host: []}`, `unknown key "host"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(head + tt.yaml))
			if (tt.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestFunctionsThatNotificationsMayCall(t *testing.T) {
	f, err := Parse([]byte("deployments:\n- name: a\n- name: b\n  notifications: {functions: []}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Deployments[0].Notifications.Functions; !slices.Equal(got, []string{"_genesys.widgets.bus.command", "CXBus.command"}) {
		t.Errorf("without a word: %v", got)
	}
	if got := f.Deployments[1].Notifications.Functions; len(got) != 0 {
		t.Errorf("where none is allowed: %v", got)
	}
}
