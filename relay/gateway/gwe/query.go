package gwe

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"foyer/relay/visit"
	"foyer/relay/wire"
)

// allCategories is the value of the category filter that filters nothing.
const allCategories = "all categories"

// parseQuery reads the filters and the paging of a listing. An unknown parameter is ignored, as the original did. The
// following part may be asked for by parameter or by header; list says of what, and whose. Codes: CodeBadRequest.
func parseQuery(v url.Values, pagingHeader, list string, nowMs int64) (q visit.Query, err error) {
	q.Device, q.Type, q.URL = v.Get("globalVisitID"), v.Get("eventType"), v.Get("url")
	if name := v.Get("eventName"); name != "" {
		q.Names = []string{name}
	}
	if category := v.Get("category"); category != allCategories {
		q.Category = category
	}
	if text := v.Get("age"); text != "" {
		age, err := parseAge(text)
		if err != nil {
			return q, err
		}
		q.SinceMs = max(nowMs-age, 1)
	}
	if text := v.Get("page_size"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > visit.MaxPageSize {
			return q, wire.Problemf(wire.CodeBadRequest, "page_size is 1 to %d", visit.MaxPageSize)
		}
		q.Limit = n
	}
	token := v.Get("paging_next")
	if token == "" {
		token = pagingHeader
	}
	if token != "" {
		part, err := parsePaging(token, scopeOf(list, v))
		if err != nil {
			return q, err
		}
		q.After, q.SinceMs = part.after, part.sinceMs
	}
	return q, nil
}

// parseAge reads "90" (seconds), "90s", "15m", "12h" or "7d", and gives milliseconds.
func parseAge(text string) (ms int64, err error) {
	unit := int64(1000)
	number := text
	for suffix, factor := range map[string]int64{"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000} {
		if n, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = n, factor
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/unit {
		return 0, wire.Problemf(wire.CodeBadRequest, "age: %.40q is not a time such as 90s, 15m, 12h or 7d", text)
	}
	return int64(n) * unit, nil
}

// paging is where the following part of a list begins. Since when its events came stays as it was for the first part:
// were the filter age counted anew, visits would change their place in the list, or come twice.
type paging struct {
	after   visit.Cursor
	sinceMs int64
}

// scopeOf is what all parts of a list have in common.
func scopeOf(list string, v url.Values) string {
	all := []string{list}
	for _, filter := range []string{"age", "category", "eventName", "eventType", "globalVisitID", "url"} {
		all = append(all, v.Get(filter))
	}
	return strings.Join(all, "\x00")
}

// checkBytes is the length of what shows that a token is whole, and belongs to its list. It is no secret: who makes up a
// token gets what the list would have shown anyway.
const checkBytes = 6

func checkOf(scope string, content []byte) []byte {
	sum := sha256.Sum256(append([]byte(scope+"\x00"), content...))
	return sum[:checkBytes]
}

// formatPaging writes a place in a list as what callers hand back and need not understand.
func formatPaging(p paging, scope string) string {
	content := fmt.Appendf(nil, "%d.%d.%d.%s", p.sinceMs, p.after.ServerMs, p.after.Ms, p.after.ID)
	return base64.RawURLEncoding.EncodeToString(append(checkOf(scope, content), content...))
}

// parsePaging reads it again. Codes: CodeBadRequest.
func parsePaging(token, scope string) (p paging, err error) {
	bad := wire.Problemf(wire.CodeBadRequest, "paging_next is not what the header Paging-Next said of this list with these filters")
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < checkBytes || !bytes.Equal(b[:checkBytes], checkOf(scope, b[checkBytes:])) {
		return p, bad
	}
	parts := strings.SplitN(string(b[checkBytes:]), ".", 4)
	if len(parts) != 4 || parts[3] == "" {
		return p, bad
	}
	p.after.ID = parts[3]
	for i, to := range []*int64{&p.sinceMs, &p.after.ServerMs, &p.after.Ms} {
		if *to, err = strconv.ParseInt(parts[i], 10, 64); err != nil || *to < 0 {
			return paging{}, bad
		}
	}
	return p, nil
}
