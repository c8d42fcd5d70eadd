// Package quota bounds how much of what visitors send is kept in a day: events, messages, files, callbacks.
//
// Gateways charge before they hand something to the domain. It counts in this relay's memory, for networks, browsers,
// visits and deployments at once; what agents and the operator's programs send is not counted.
package quota

import (
	"foyer/relay/config"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// RowBytes is what keeping one event, entry or file costs beside the bytes that were sent: its ids, its place in indexes.
const RowBytes = 256

// Service is safe for use by many goroutines.
type Service struct {
	limits func() config.Limits
	day    *throttle.Day
}

// NewService makes a Service that has counted nothing yet. limits may change from call to call; upMs does not jump when
// the clock is set. watch may be nil.
func NewService(limits func() config.Limits, upMs func() int64, watch throttle.Watch) *Service {
	return &Service{limits: limits, day: throttle.NewDay(upMs, watch)}
}

// Of says for whom something is counted. Device and Visit are known within the deployment; either may be empty.
type Of struct{ Network, Deployment, Device, Visit string }

// Charge counts what is about to be kept: bytes in rows (events, entries, files). Codes: CodeQuota, with RetryMs; then
// nothing was counted, and nothing is to be kept.
func (s *Service) Charge(of Of, bytes, rows int) error {
	l := s.limits()
	ok, wait := s.day.Take(int64(bytes)+int64(rows)*RowBytes, []throttle.Counted{
		{Limit: "bytes_per_day_network", Key: of.Network, Most: int64(l.NetworkBytes)},
		{Limit: "bytes_per_day_device", Key: within(of.Deployment, of.Device), Most: int64(l.DeviceBytes)},
		{Limit: "bytes_per_day_visit", Key: within(of.Deployment, of.Visit), Most: int64(l.VisitBytes)},
		{Limit: "bytes_per_day_deployment", Key: of.Deployment, Most: int64(l.DeploymentBytes)},
	})
	if ok {
		return nil
	}
	return &wire.Problem{Code: wire.CodeQuota, Text: "more was sent in a day than is kept", RetryMs: max(wait.Milliseconds(), 1)}
}

func within(deployment, id string) string {
	const most = 64 // ids of browsers and visits have 32; what is longer is nobody's
	if id == "" || len(id) > most {
		return ""
	}
	return deployment + "/" + id
}
