package dsl

import "strconv"

// Card numbers have so many digits (ISO/IEC 7812).
const (
	shortestCard = 13
	longestCard  = 19
)

// WithoutCards gives data without the entries in which a card number stands, and their names. Data itself stays as it is.
func WithoutCards(data map[string]any) (clean map[string]any, removed []string) {
	for name, v := range data {
		if holdsCard(v) {
			removed = append(removed, name)
		}
	}
	if removed == nil {
		return data, nil
	}
	clean = map[string]any{}
	for name, v := range data {
		if !holdsCard(v) {
			clean[name] = v
		}
	}
	return clean, removed
}

func holdsCard(v any) bool {
	switch v := v.(type) {
	case string:
		return HasCard(v)
	case float64:
		return HasCard(strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		for _, e := range v {
			if holdsCard(e) {
				return true
			}
		}
	case map[string]any:
		for key, e := range v {
			if HasCard(key) || holdsCard(e) {
				return true
			}
		}
	}
	return false
}

// HasCard tells whether somewhere in a text stand 13 to 19 digits, in one group or in several with a space or a dash in
// between, that have the check digit of a card number. About one in ten other numbers of that length has it as well.
func HasCard(s string) bool {
	var run digits
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			run.add(c - '0')
		case (c == ' ' || c == '-') && !run.between:
			run.between = true
		case run.hasCard():
			return true
		default:
			run = digits{}
		}
	}
	return run.hasCard()
}

// digits are those of one or more groups.
type digits struct {
	values  []byte
	groups  []int // where each begins
	between bool  // after a group, or before the first
}

func (d *digits) add(value byte) {
	if len(d.values) == 0 || d.between {
		d.groups = append(d.groups, len(d.values))
		d.between = false
	}
	d.values = append(d.values, value)
}

// hasCard looks at all groups that stand together: what is beside a card number may be another one, or a date.
func (d *digits) hasCard() bool {
	ends := append(d.groups, len(d.values))
	for i, start := range d.groups {
		for _, end := range ends[i+1:] {
			if end-start > longestCard {
				break
			}
			if isCard(d.values[start:end]) {
				return true
			}
		}
	}
	return false
}

// isCard does the sum of Luhn (ISO/IEC 7812-1, annex B).
func isCard(digits []byte) bool {
	if len(digits) < shortestCard || len(digits) > longestCard {
		return false
	}
	sum, zeros := 0, true
	for i := range digits {
		d := int(digits[len(digits)-1-i])
		zeros = zeros && d == 0
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && !zeros
}
