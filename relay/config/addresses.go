package config

import (
	"fmt"
	"net/netip"

	"go.yaml.in/yaml/v3"
)

// Addresses is one IP address, or a network of them.
type Addresses netip.Prefix

// UnmarshalYAML implements yaml.Unmarshaler.
func (a *Addresses) UnmarshalYAML(node *yaml.Node) error {
	p, err := parseAddresses(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil {
		return fmt.Errorf("line %d: %.60q is not an address such as 10.1.2.3 or a network such as 10.1.0.0/16", node.Line, node.Value)
	}
	*a = Addresses(p)
	return nil
}

func parseAddresses(text string) (netip.Prefix, error) {
	if one, err := netip.ParseAddr(text); err == nil {
		one = one.Unmap().WithZone("")
		return netip.PrefixFrom(one, one.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("read addresses: %w", err)
	}
	return p.Masked(), nil
}
