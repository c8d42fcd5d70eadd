// Package attached measures the free values that strangers attach to sessions, messages and monitoring events: nested
// maps of their own making, which are stored as JSON and sent on as msgpack.
//
// relay/chat and relay/visit call it before they keep such a value. It must never change one.
package attached

import (
	"math"
	"strings"
	"unicode/utf8"

	"foyer/relay/wire"
)

// Limits of one attached map.
const (
	MaxKeys  = 100      // on its first level
	MaxBytes = 16 << 10 // of all keys and values, as Size counts them
	MaxDepth = 4        // levels of maps and lists, the first one included
	maxKey   = 200      // bytes of one key
)

// Check says whether data may be kept: within the limits above, made of nil, booleans, finite numbers, text that a
// database can keep, lists and maps of those. The error is a *wire.Problem with CodeBadRequest that names what.
func Check(what string, data map[string]any) error {
	if len(data) > MaxKeys {
		return wire.Problemf(wire.CodeBadRequest, "%s may have %d keys, not %d", what, MaxKeys, len(data))
	}
	if err := check(what, data, MaxDepth); err != nil {
		return err
	}
	if n := Size(data); n > MaxBytes {
		return wire.Problemf(wire.CodeBadRequest, "%s may have %d bytes, not %d", what, MaxBytes, n)
	}
	return nil
}

func check(what string, v any, depth int) error {
	switch v := v.(type) {
	case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return nil
	case float32:
		return check(what, float64(v), depth)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return wire.Problemf(wire.CodeBadRequest, "%s: a number must be finite", what)
		}
		return nil
	case string:
		return Text(what, v)
	case []any:
		if depth == 0 {
			return tooDeep(what)
		}
		for _, e := range v {
			if err := check(what, e, depth-1); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		if depth == 0 {
			return tooDeep(what)
		}
		for k, e := range v {
			if len(k) > maxKey {
				return wire.Problemf(wire.CodeBadRequest, "%s: a key may have %d bytes, not %d", what, maxKey, len(k))
			}
			if err := Text(what, k); err != nil {
				return err
			}
			if err := check(what, e, depth-1); err != nil {
				return err
			}
		}
		return nil
	}
	return wire.Problemf(wire.CodeBadRequest, "%s: values of type %T cannot be kept", what, v)
}

func tooDeep(what string) error {
	return wire.Problemf(wire.CodeBadRequest, "%s may be nested %d levels deep", what, MaxDepth)
}

// Text says whether a database can keep a text: valid UTF-8 without a NUL. Errors as in Check.
func Text(what, s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return wire.Problemf(wire.CodeBadRequest, "%s: text must be UTF-8 without NUL characters", what)
	}
	return nil
}

// Size estimates from above the bytes that a value takes in a frame; text counts with its bytes, everything else with a few.
func Size(v any) int {
	switch v := v.(type) {
	case string:
		return 5 + len(v)
	case []any:
		n := 5
		for _, e := range v {
			n += Size(e)
		}
		return n
	case map[string]any:
		n := 5
		for k, e := range v {
			n += 5 + len(k) + Size(e)
		}
		return n
	}
	return 9
}
