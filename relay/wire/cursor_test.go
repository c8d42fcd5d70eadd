package wire

import (
	"errors"
	"math"
	"testing"
)

func TestCursorReadsWhatItWrites(t *testing.T) {
	for _, c := range []Cursor{{}, {Ms: 1, Seq: 2}, {Ms: math.MaxInt64, Seq: math.MaxInt64}} {
		got, err := ParseCursor(c.String())
		if err != nil || got != c {
			t.Errorf("%s came back as %v, %v", c, got, err)
		}
	}
}

func TestCursorForms(t *testing.T) {
	cases := []struct {
		in   string
		want Cursor
		ok   bool
	}{
		{"1700000000000-12", Cursor{1700000000000, 12}, true},
		{"12", Cursor{0, 12}, true},
		{"0-0", Cursor{}, true},
		{"", Cursor{}, false},
		{"-", Cursor{}, false},
		{"-1", Cursor{}, false},
		{"1--2", Cursor{}, false},
		{"1-2-3", Cursor{}, false},
		{"1-x", Cursor{}, false},
		{"99999999999999999999-1", Cursor{}, false},
	}
	for _, c := range cases {
		got, err := ParseCursor(c.in)
		if !c.ok {
			if !errors.Is(err, &Problem{Code: CodeBadRequest}) {
				t.Errorf("%q was taken for %v, %v", c.in, got, err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%q gave %v, %v, want %v", c.in, got, err, c.want)
		}
	}
}

func TestGMSPositionAsksForWhatFollows(t *testing.T) {
	for seq := int64(0); seq < 3; seq++ {
		if got := AfterGMSPosition(Cursor{Seq: seq}.GMSPosition()); got != seq {
			t.Errorf("after entry %d the transcript goes on after %d", seq, got)
		}
	}
	if AfterGMSPosition(-5) != 0 {
		t.Error("a position before the first one begins at the start")
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("1-2")
	f.Add("7")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCursor(s)
		if err != nil {
			return
		}
		if c.Ms < 0 || c.Seq < 0 {
			t.Fatalf("%q gave %v", s, c)
		}
		if again, err := ParseCursor(c.String()); err != nil || again != c {
			t.Fatalf("%q gave %v, which came back as %v, %v", s, c, again, err)
		}
	})
}
