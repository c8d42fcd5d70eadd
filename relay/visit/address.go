package visit

import (
	"maps"
	"net/netip"

	"foyer/relay/chat/attached"
)

// Addresses says what is recorded of visitors' IP addresses.
type Addresses string

const (
	NoAddresses    Addresses = "off"   // nothing
	ShortAddresses Addresses = "short" // the network: the first 24 bits of IPv4, the first 48 of IPv6
	FullAddresses  Addresses = "full"
)

// dataAddress is the key of VisitStarted's data that the original fills, and history shows.
const dataAddress = "ipAddress"

// Addressed gives the events with the address from which they came in VisitStarted, as far as it is recorded. What the
// page itself says under this key is dropped: only the relay sees where a visitor is. The data is changed in a copy.
func (a Addresses) Addressed(events []Event, address string) []Event {
	seen := a.shown(address)
	for i, e := range events {
		if e.Name != VisitStarted {
			continue
		}
		data := maps.Clone(e.Data)
		delete(data, dataAddress)
		if seen != "" && len(data) < attached.MaxKeys {
			if data == nil {
				data = map[string]any{}
			}
			data[dataAddress] = seen
		}
		events[i].Data = data
	}
	return events
}

// shown is an address as it is recorded; "" for not at all.
func (a Addresses) shown(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	switch a {
	case FullAddresses:
		return ip.String()
	case ShortAddresses:
		bits := 48
		if ip.Is4() {
			bits = 24
		}
		network, err := ip.Prefix(bits)
		if err != nil {
			return ""
		}
		return network.Addr().String()
	}
	return ""
}
