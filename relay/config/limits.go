package config

import (
	"cmp"
	"errors"
	"fmt"
)

// Limits bound what one network, device, visit, chat and deployment can cost the relay. A network is an IPv4 address, or
// 64 bits of an IPv6 one. All are this relay's own counts, which begin anew when it is started.
type Limits struct {
	Connections     int  `yaml:"connections_per_network" doc:"Visitors' and agents' connections that one network may have open, 10 to 1000000. Raise it where many people share an address. Default 1000"`
	OfVisit         int  `yaml:"connections_per_visit" doc:"Connections that one visit may have open, and one participant of a chat: a browser without shared workers has one for each tab. 1 to 10000. Default 100"`
	Pages           int  `yaml:"pages_per_visit" doc:"Pages of one visit that may be open, 1 to 100000. Default 500"`
	FramesPerSecond int  `yaml:"frames_per_network" doc:"Frames that all connections of one network may send in a second, in the long run; ten times as many at once. A frame counts for one, and for one more with each 16kB. 20 to 1000000. Default 500"`
	NetworkWaiting  Size `yaml:"waiting_per_network" doc:"Bytes that may wait in memory for the clients of one network, or come from them: frames that were not fetched, bodies, pieces of files; beside 16kB for each connection. 1MB or more. Default 16MB"`
	Waiting         Size `yaml:"waiting" doc:"The same for all clients together. Default 256MB"`
	Entries         int  `yaml:"entries_per_chat" doc:"Messages, files and notes that one chat may have, 100 to 1000000. Ending it is always possible. Default 10000"`

	NetworkBytes    Size `yaml:"bytes_per_day_network" doc:"Bytes of events, messages, files and callbacks that are kept in 24 hours of what one network sends. Agents are not counted. 1MB or more. Default 2GB"`
	DeviceBytes     Size `yaml:"bytes_per_day_device" doc:"The same of one browser. Default 500MB"`
	VisitBytes      Size `yaml:"bytes_per_day_visit" doc:"The same of one visit. Default 250MB"`
	DeploymentBytes Size `yaml:"bytes_per_day_deployment" doc:"The same of all visitors of one deployment. Default 50GB"`
}

const (
	leastWaiting = 1 << 20
	leastBytes   = 1 << 20
)

// DefaultLimits are those of a relay.yaml that says nothing of them.
func DefaultLimits() Limits {
	return Limits{
		Connections: 1000, OfVisit: 100, Pages: 500, FramesPerSecond: 500,
		NetworkWaiting: 16 << 20, Waiting: 256 << 20, Entries: 10_000,
		NetworkBytes: 2 << 30, DeviceBytes: 500 << 20, VisitBytes: 250 << 20, DeploymentBytes: 50 << 30,
	}
}

func (l *Limits) fillIn() {
	d := DefaultLimits()
	*l = Limits{
		Connections: cmp.Or(l.Connections, d.Connections), OfVisit: cmp.Or(l.OfVisit, d.OfVisit), Pages: cmp.Or(l.Pages, d.Pages),
		FramesPerSecond: cmp.Or(l.FramesPerSecond, d.FramesPerSecond),
		NetworkWaiting:  cmp.Or(l.NetworkWaiting, d.NetworkWaiting), Waiting: cmp.Or(l.Waiting, d.Waiting),
		Entries:      cmp.Or(l.Entries, d.Entries),
		NetworkBytes: cmp.Or(l.NetworkBytes, d.NetworkBytes), DeviceBytes: cmp.Or(l.DeviceBytes, d.DeviceBytes),
		VisitBytes: cmp.Or(l.VisitBytes, d.VisitBytes), DeploymentBytes: cmp.Or(l.DeploymentBytes, d.DeploymentBytes),
	}
}

func (l *Limits) check() error {
	var errs []error
	within := func(key string, n, least, most int) {
		if n < least || n > most {
			errs = append(errs, fmt.Errorf("limits: %s is %d to %d", key, least, most))
		}
	}
	atLeast := func(key string, n Size, least int64) {
		if int64(n) < least {
			errs = append(errs, fmt.Errorf("limits: %s is %dMB or more", key, least>>20))
		}
	}
	within("connections_per_network", l.Connections, 10, 1_000_000)
	within("connections_per_visit", l.OfVisit, 1, 10_000)
	within("pages_per_visit", l.Pages, 1, 100_000)
	within("frames_per_network", l.FramesPerSecond, 20, 1_000_000)
	within("entries_per_chat", l.Entries, 100, 1_000_000)
	atLeast("waiting_per_network", l.NetworkWaiting, leastWaiting)
	atLeast("waiting", l.Waiting, leastWaiting)
	atLeast("bytes_per_day_network", l.NetworkBytes, leastBytes)
	atLeast("bytes_per_day_device", l.DeviceBytes, leastBytes)
	atLeast("bytes_per_day_visit", l.VisitBytes, leastBytes)
	atLeast("bytes_per_day_deployment", l.DeploymentBytes, leastBytes)
	return errors.Join(errs...)
}
