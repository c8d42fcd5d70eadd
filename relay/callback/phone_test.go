package callback_test

import (
	"strings"
	"testing"

	"foyer/relay/callback"
	"foyer/relay/wire"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for written, want := range map[string]string{
		"+49 30 123456":      "+4930123456",
		" (030) 123-456 ":    "030123456",
		"030/12.34.56":       "030123456",
		"110":                "110",
		"+49\u00a030 123456": "+4930123456",
		"123456789012345":    "123456789012345",
	} {
		if got, err := callback.Digits(written); err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", written, got, err, want)
		}
	}
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, written := range []string{"", "   ", "12", "1234567890123456", "030 ext 5", "0+30123", "++4930", "٠٣٠١٢٣",
		"030;123456", "<b>030</b>", strings.Repeat("1 ", 30), "tel:030123"} {
		_, err := callback.Digits(written)
		wantCode(t, err, wire.CodeBadPhone)
	}
}

func FuzzDigits(f *testing.F) {
	for _, s := range []string{"+49 30 123", "(030)", "", "+", "\xff", "1234567890123456"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		digits, err := callback.Digits(written)
		if err != nil {
			wantCode(t, err, wire.CodeBadPhone)
			return
		}
		if again, err := callback.Digits(digits); err != nil || again != digits {
			t.Fatalf("%q became %q, and that %q, %v", written, digits, again, err)
		}
		if strings.Trim(digits, "+0123456789") != "" {
			t.Fatalf("%q is not made of digits", digits)
		}
	})
}
