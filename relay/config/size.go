package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Size is a number of bytes, written as such or with a unit: 500, 64kB, 10MB, 1GB.
type Size int64

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *Size) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if err := node.Decode(&text); err != nil {
		return err
	}
	n, err := ParseSize(text)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	*s = n
	return nil
}

// ParseSize reads a Size. A unit may stand behind a space and in lower case; kB is 1024 bytes, MB and GB accordingly.
func ParseSize(text string) (Size, error) {
	number := strings.TrimRight(text, "kKmMgGbB ")
	factor, known := int64(0), true
	switch strings.ToLower(strings.TrimLeft(text[len(number):], " ")) {
	case "", "b":
		factor = 1
	case "kb":
		factor = 1 << 10
	case "mb":
		factor = 1 << 20
	case "gb":
		factor = 1 << 30
	default:
		known = false
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || !known || int64(n) > math.MaxInt64/factor {
		return 0, fmt.Errorf("%.40q is not a size such as 500, 64kB, 10MB or 1GB", text)
	}
	return Size(int64(n) * factor), nil
}
