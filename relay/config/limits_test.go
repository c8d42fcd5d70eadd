package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestLimitsHaveDefaultsForWhatIsNotNamed(t *testing.T) {
	f, err := Parse([]byte("limits: {connections_per_network: 77, waiting: 3MB}"))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultLimits()
	want.Connections, want.Waiting = 77, 3<<20
	if f.Limits != want {
		t.Errorf("got %+v, want %+v", f.Limits, want)
	}
}

// No bound can be switched off: one that is too small or too large is refused by its name.
func TestEveryLimitIsBounded(t *testing.T) {
	kind := reflect.TypeFor[Limits]()
	for i := range kind.NumField() {
		key := kind.Field(i).Tag.Get("yaml")
		for _, value := range []string{"-1", "19", "99999999999999999999"} {
			if key == "connections_per_visit" || key == "pages_per_visit" || key == "connections_per_network" {
				value = strings.Replace(value, "19", "1000001", 1)
			}
			_, err := Parse([]byte("limits: {" + key + ": " + value + "}"))
			if err == nil {
				t.Errorf("%s: %s is accepted", key, value)
				continue
			}
			if value != "99999999999999999999" && value != "-1" && !strings.Contains(err.Error(), key) {
				t.Errorf("%s: %s: the error does not name the key: %v", key, value, err)
			}
		}
	}
}
