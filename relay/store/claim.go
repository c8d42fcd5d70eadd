package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Times of a claim.
const (
	claimPatience = 2 * time.Second        // until a relay that was killed a moment ago is seen to be gone
	claimAgain    = 100 * time.Millisecond // between two tries
	claimLook     = time.Second            // between two looks at a claim that is held
	claimTimeout  = 10 * time.Second       // for the server's answer
	claimSpace    = 0x464f5943             // "FOYC": the first half of the advisory lock; the second is the schema's
)

// ErrClaimed says that another relay works with the database.
var ErrClaimed = errors.New("another relay uses this database")

// Claim makes a relay the only one with a PostgreSQL database: of two that know nothing of each other, each would keep from
// its visitors what the other one's agents write. It is an advisory lock, held by a connection of its own, so that the
// server gives it back the moment the relay is gone, however that came. Commands that manage agents and keys need none.
type Claim struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	conn   *pgx.Conn // nil while there is none; Run's once it runs
	held   atomic.Bool
	taken  chan struct{}
}

// TakeClaim claims the database of a URL. ErrClaimed where another relay has it, and has it still a moment later.
func TakeClaim(ctx context.Context, url string, log *slog.Logger) (*Claim, error) {
	if !isPostgres(url) {
		return nil, errDatabaseKind
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", withoutURL(err))
	}
	c := &Claim{config: config.ConnConfig, log: log, taken: make(chan struct{})}
	for begun := time.Now(); ; {
		err := c.take(ctx)
		if !errors.Is(err, ErrClaimed) || time.Since(begun) > claimPatience {
			if err != nil {
				return nil, fmt.Errorf("claim the database: %w", err)
			}
			return c, nil
		}
		if !sleep(ctx, claimAgain) {
			return nil, fmt.Errorf("claim the database: %w", ctx.Err())
		}
	}
}

// take connects, unless there is a connection, and takes the lock.
func (c *Claim) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	// A relay whose machine lost its power says no goodbye: the server asks after it.
	_, err = conn.Exec(ctx, "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3")
	var got bool
	if err == nil {
		err = conn.QueryRow(ctx, "select pg_try_advisory_lock($1::int, hashtext(current_schema()))", claimSpace).Scan(&got)
	}
	if err == nil && !got {
		err = fmt.Errorf("%w%s", ErrClaimed, owner(ctx, conn))
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	c.conn = conn
	c.held.Store(true)
	return nil
}

// owner says where the relay is that has the lock, "" where the server does not tell.
func owner(ctx context.Context, conn *pgx.Conn) string {
	var where string
	err := conn.QueryRow(ctx, `select coalesce(host(a.client_addr), 'this machine') from pg_locks l join pg_stat_activity a on a.pid = l.pid
		where l.locktype = 'advisory' and l.granted and l.classid = $1::int and l.database = (select oid from pg_database where datname = current_database())
		limit 1`, claimSpace).Scan(&where)
	if err != nil {
		return ""
	}
	return " (from " + where + ")"
}

// Run looks after the claim until ctx ends. When the connection breaks, the lock is gone: it is taken again as soon as the
// database answers. Where another relay was faster, Taken tells.
func (c *Claim) Run(ctx context.Context) {
	for sleep(ctx, claimLook) {
		if c.conn != nil && c.alive(ctx) {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if c.held.Swap(false) {
			c.log.WarnContext(ctx, "the connection that claims the database is broken; it is claimed again as soon as the database answers")
		}
		c.drop()
		switch err := c.take(ctx); {
		case err == nil:
			c.log.InfoContext(ctx, "the database is claimed again")
		case errors.Is(err, ErrClaimed):
			c.log.ErrorContext(ctx, "while this relay could not reach the database another one has taken it", "err", err)
			close(c.taken)
			return
		}
	}
}

func (c *Claim) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	return c.conn.Ping(ctx) == nil
}

func (c *Claim) drop() {
	if c.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.conn.Close(ctx) // it is broken, or of no more use
	c.conn = nil
}

// Held says whether the claim holds at this moment.
func (c *Claim) Held() bool { return c.held.Load() }

// Taken is closed when another relay has the database: this one must stop.
func (c *Claim) Taken() <-chan struct{} { return c.taken }

// Close gives the database back. Run must be over.
func (c *Claim) Close() {
	c.held.Store(false)
	c.drop()
}

// sleep tells whether the time has passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
