package gwe

import (
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
// following part may be asked for by parameter or by header. Codes: CodeBadRequest.
func parseQuery(v url.Values, pagingHeader string, nowMs int64) (q visit.Query, err error) {
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
		if q.After, err = parseCursor(token); err != nil {
			return q, err
		}
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

// formatCursor writes a place in a listing as what callers hand back and need not understand.
func formatCursor(c visit.Cursor) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%s", c.ServerMs, c.Ms, c.ID))
}

func parseCursor(token string) (c visit.Cursor, err error) {
	bad := wire.Problemf(wire.CodeBadRequest, "paging_next is not a value of the header Paging-Next")
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return c, bad
	}
	parts := strings.SplitN(string(b), ".", 3)
	if len(parts) != 3 || parts[2] == "" {
		return c, bad
	}
	server, err1 := strconv.ParseInt(parts[0], 10, 64)
	browser, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err1 != nil || err2 != nil {
		return c, bad
	}
	return visit.Cursor{ServerMs: server, Ms: browser, ID: parts[2]}, nil
}
