package visit

import (
	"reflect"
	"testing"

	"foyer/relay/chat/attached"
)

func TestWhatIsRecordedOfAddresses(t *testing.T) {
	tests := []struct {
		policy        Addresses
		address, want string
	}{
		{NoAddresses, "203.0.113.77", ""},
		{"", "203.0.113.77", ""},
		{FullAddresses, "203.0.113.77", "203.0.113.77"},
		{FullAddresses, "::ffff:203.0.113.77", "203.0.113.77"},
		{FullAddresses, "2001:db8:1:2:3::4", "2001:db8:1:2:3::4"},
		{ShortAddresses, "203.0.113.77", "203.0.113.0"},
		{ShortAddresses, "2001:db8:1:2:3::4", "2001:db8:1::"},
		{ShortAddresses, "fe80::1%eth0", "fe80::"},
		{FullAddresses, "unknown", ""},
		{FullAddresses, "", ""},
	}
	for _, tt := range tests {
		claimed := map[string]any{"ipAddress": "6.6.6.6", "userAgent": "x"}
		got := tt.policy.Addressed([]Event{{Name: VisitStarted, Data: claimed}}, tt.address)[0].Data
		want := map[string]any{"userAgent": "x"}
		if tt.want != "" {
			want["ipAddress"] = tt.want
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q of %q: recorded %v, want %v", tt.policy, tt.address, got, want)
		}
		if claimed["ipAddress"] != "6.6.6.6" {
			t.Error("the caller's data was changed")
		}
	}
}

func TestAddressesAreInTheStartOfAVisitOnly(t *testing.T) {
	full := map[string]any{}
	for len(full) < attached.MaxKeys {
		full[string(rune('0'+len(full)))] = 1
	}
	got := FullAddresses.Addressed([]Event{{Name: PageEntered}, {Name: VisitStarted}, {Name: VisitStarted, Data: full}}, "203.0.113.77")
	if got[0].Data != nil || got[1].Data["ipAddress"] != "203.0.113.77" || len(got[2].Data) != attached.MaxKeys {
		t.Errorf("recorded %v", got)
	}
}
