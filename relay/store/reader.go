package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// reader runs queries, written with ? for parameters, on a pool of connections that never write.
type reader struct {
	db       *sql.DB
	numbered bool // the database wants $1, $2, … for parameters

	see func(error) error // looks at each error, and returns it; may be nil
}

// noticed is err, after see had a look at it.
func (r reader) noticed(err error) error {
	if err == nil || r.see == nil {
		return err
	}
	return r.see(err)
}

// oneRow is the row of a query.
type oneRow struct {
	row    *sql.Row
	reader reader
}

// Scan is that of sql.Row.
func (o oneRow) Scan(into ...any) error { return o.reader.noticed(o.row.Scan(into...)) }

// bind writes the parameters of a query as the database wants them. The queries of this package have no ? in texts.
func (r reader) bind(query string) string {
	if !r.numbered {
		return query
	}
	return numbered(query)
}

func numbered(query string) string {
	var b strings.Builder
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

func (r reader) row(ctx context.Context, query string, args ...any) oneRow {
	return oneRow{row: r.db.QueryRowContext(ctx, r.bind(query), args...), reader: r}
}

// all reads every row of a query with scan.
func all[T any](ctx context.Context, r reader, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	found, err := r.db.QueryContext(ctx, r.bind(query), args...)
	if err != nil {
		return nil, r.noticed(err)
	}
	defer found.Close()
	var every []T
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return nil, r.noticed(err)
		}
		every = append(every, one)
	}
	return every, r.noticed(found.Err())
}

// placeholders is "?, ?, ?" for n values.
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
