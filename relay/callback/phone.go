package callback

import (
	"strings"

	"foyer/relay/wire"
)

// maxPhone bounds a number with all its punctuation, in bytes.
const maxPhone = 40

// Digits are the digits of a telephone number, with a + in front where it has one: two spellings of a number have the
// same. CodeBadPhone for what cannot be a number: 3 to 15 digits (ITU-T E.164), with spaces and ( ) - . / between them.
// Whether somebody would answer is not known here.
func Digits(phone string) (string, error) {
	phone = strings.TrimSpace(phone)
	if len(phone) > maxPhone {
		return "", badPhone("is too long")
	}
	var digits strings.Builder
	n := 0
	for i, r := range phone {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
			n++
		case r == '+' && i == 0:
			digits.WriteRune(r)
		case strings.ContainsRune(" ()-./\u00a0", r):
		default:
			return "", badPhone("has a character that no number has")
		}
	}
	if n < wire.MinPhoneDigits || n > wire.MaxPhoneDigits {
		return "", badPhone("has too few or too many digits")
	}
	return digits.String(), nil
}

func badPhone(why string) error {
	return wire.Problemf(wire.CodeBadPhone, "the telephone number %s", why)
}
