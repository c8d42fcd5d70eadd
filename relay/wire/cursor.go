package wire

import (
	"strconv"
	"strings"
)

// Cursor is a place in a session's log. Every interface shows it in its own clothes: "<ms>-<seq>" as index and
// streamId (nexus), Seq as transcriptPosition (GMS), the entry's id with after (guest), Seq as offset (native). Order
// is Seq; Ms never goes back. Typing rides beside positions, never in them.
type Cursor struct {
	Ms  int64
	Seq int64
}

// String is the "<ms>-<seq>" form.
func (c Cursor) String() string {
	return strconv.FormatInt(c.Ms, 10) + "-" + strconv.FormatInt(c.Seq, 10)
}

// ParseCursor reads the "<ms>-<seq>" form; a bare number is taken as Seq. Its error is a *Problem with CodeBadRequest.
func ParseCursor(s string) (Cursor, error) {
	ms, seq, both := strings.Cut(s, "-")
	if !both {
		ms, seq = "0", s
	}
	m, errMs := strconv.ParseInt(ms, 10, 64)
	n, errSeq := strconv.ParseInt(seq, 10, 64)
	if errMs != nil || errSeq != nil || m < 0 || n < 0 {
		return Cursor{}, Problemf(CodeBadRequest, "%.40q is not a position of the form <milliseconds>-<number>", s)
	}
	return Cursor{Ms: m, Seq: n}, nil
}

// GMSPosition is the transcriptPosition that asks for what follows the entry (spec/gms.md: nextPosition, from 1).
func (c Cursor) GMSPosition() int64 { return c.Seq + 1 }

// AfterGMSPosition is the Seq after which the entries of a transcriptPosition begin.
func AfterGMSPosition(position int64) int64 {
	if position <= 1 {
		return 0
	}
	return position - 1
}
