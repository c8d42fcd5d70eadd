package quota_test

import (
	"errors"
	"strings"
	"testing"

	"foyer/relay/config"
	"foyer/relay/quota"
	"foyer/relay/wire"
)

func TestEachIsChargedOnItsOwn(t *testing.T) {
	const kB = 1 << 10
	limits := config.Limits{NetworkBytes: 100 * kB, DeviceBytes: 50 * kB, VisitBytes: 30 * kB, DeploymentBytes: 150 * kB}
	base := quota.Of{Network: "192.0.2.1", Deployment: "shop", Device: "d", Visit: "v"}
	cases := []struct {
		name  string
		then  quota.Of // after 25 kB of base
		bytes int
		ok    bool
	}{
		{"the same visit", base, 10 * kB, false},
		{"the same browser, another visit", quota.Of{Network: "192.0.2.1", Deployment: "shop", Device: "d", Visit: "w"}, 20 * kB, true},
		{"the same browser, too much for it", quota.Of{Network: "192.0.2.2", Deployment: "shop", Device: "d", Visit: "w"}, 30 * kB, false},
		{"the same names in another deployment", quota.Of{Network: "192.0.2.2", Deployment: "other", Device: "d", Visit: "v"}, 30 * kB, true},
		{"the same network without names", quota.Of{Network: "192.0.2.1", Deployment: "shop"}, 80 * kB, false},
		{"the same network, names too long to be any", quota.Of{Network: "192.0.2.1", Deployment: "shop", Device: strings.Repeat("d", 65), Visit: strings.Repeat("v", 65)}, 70 * kB, true},
		{"the same deployment from elsewhere", quota.Of{Network: "192.0.2.2", Deployment: "shop"}, 90 * kB, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := quota.NewService(func() config.Limits { return limits }, func() int64 { return 0 }, nil)
			if err := s.Charge(base, 25*kB-quota.RowBytes, 1); err != nil {
				t.Fatal(err)
			}
			err := s.Charge(c.then, c.bytes, 0)
			var p *wire.Problem
			switch {
			case c.ok && err != nil:
				t.Error(err)
			case !c.ok && (!errors.As(err, &p) || p.Code != wire.CodeQuota || p.RetryMs != 24*60*60*1000):
				t.Errorf("got %v", err)
			}
		})
	}
	s := quota.NewService(func() config.Limits { return limits }, func() int64 { return 0 }, nil)
	for range 2 {
		if err := s.Charge(quota.Of{Network: "192.0.2.1", Deployment: "shop"}, 75*kB, 0); err == nil {
			continue
		}
		return
	}
	t.Error("a network has no end")
}
