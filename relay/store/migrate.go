package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strconv"
	"strings"
	"time"
)

// Migrations lie in a folder for each area: main (chat and access) and events, which SQLite keeps in a file of its own.
// A file is called NNNN_what.sql, or NNNN_what.sqlite.sql or NNNN_what.postgres.sql if only one of the databases needs
// it. The numbers of an area count from 1; a file that has been released never changes.
//
//go:embed migrations
var migrations embed.FS

// migration is one step of a schema.
type migration struct {
	version int
	name    string
	sql     string // "" where the step is the other database's
}

// migrationsOf reads the steps of an area for a database ("sqlite" or "postgres"), in order.
func migrationsOf(area, database string) ([]migration, error) {
	files, err := fs.ReadDir(migrations, path.Join("migrations", area))
	if err != nil {
		return nil, fmt.Errorf("read the migrations of %s: %w", area, err)
	}
	var steps []migration
	for i, f := range files {
		version, only, err := parseMigrationName(f.Name())
		if err != nil {
			return nil, err
		}
		if version != i+1 {
			return nil, fmt.Errorf("migration %s/%s: expected number %d", area, f.Name(), i+1)
		}
		step := migration{version: version, name: f.Name()}
		if only == "" || only == database {
			text, err := migrations.ReadFile(path.Join("migrations", area, f.Name()))
			if err != nil {
				return nil, fmt.Errorf("read migration %s: %w", f.Name(), err)
			}
			step.sql = string(text)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// parseMigrationName reads the number, and the database that alone needs the step, from a file's name.
func parseMigrationName(name string) (version int, only string, err error) {
	bad := fmt.Errorf("migration %q is not called NNNN_what[.sqlite|.postgres].sql", name)
	number, rest, ok := strings.Cut(name, "_")
	if !ok || len(number) != 4 {
		return 0, "", bad
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n == 0 {
		return 0, "", bad
	}
	parts := strings.Split(rest, ".")
	switch {
	case len(parts) == 2 && parts[1] == "sql":
		return int(n), "", nil
	case len(parts) == 3 && parts[2] == "sql" && (parts[1] == "sqlite" || parts[1] == "postgres"):
		return int(n), parts[1], nil
	}
	return 0, "", bad
}

// runner runs statements inside the transaction of a migration.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// migrateArea brings one area up to date, inside a transaction that keeps other relays out.
func migrateArea(ctx context.Context, tx runner, area, database string, logger *slog.Logger) error {
	steps, err := migrationsOf(area, database)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `create table if not exists schema_version (
		area text not null, version bigint not null, name text not null, applied_ms bigint not null,
		primary key (area, version))`)
	if err != nil {
		return fmt.Errorf("make the table of schema versions: %w", err)
	}
	var at int
	row := tx.QueryRowContext(ctx, "select coalesce(max(version), 0) from schema_version where area = '"+area+"'")
	if err := row.Scan(&at); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if at > len(steps) {
		return fmt.Errorf("the schema of %s has version %d, and this program knows %d: it is older than the data", area, at, len(steps))
	}
	for _, step := range steps[at:] {
		if err := step.apply(ctx, tx, area); err != nil {
			return err
		}
		logger.Info("schema migrated", "area", area, "migration", step.name)
	}
	return nil
}

func (m migration) apply(ctx context.Context, tx runner, area string) error {
	if m.sql != "" {
		if _, err := tx.ExecContext(ctx, m.sql); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	// Area and name are ours, from the file system: no parameters, which the databases write differently.
	_, err := tx.ExecContext(ctx, fmt.Sprintf("insert into schema_version values ('%s', %d, '%s', %d)",
		area, m.version, m.name, time.Now().UnixMilli()))
	if err != nil {
		return fmt.Errorf("note migration %s: %w", m.name, err)
	}
	return nil
}
