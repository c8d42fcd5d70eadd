package store

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"modernc.org/sqlite"
)

// errDamaged says that a database file is not what was written to it, and what to do.
var errDamaged = errors.New("the data is damaged")

// checkTime is how long a start looks through one database file; of a file that takes longer, the rest is not looked at.
const checkTime = 10 * time.Second

func damaged(name, how string) error {
	return fmt.Errorf("%w: %s %s; nothing was changed: restore the data folder from a backup", errDamaged, name, how)
}

// keeping says how much of a database file survives a crash of the machine, in SQLite's word for it.
type keeping string

const (
	keepsAll  keeping = "FULL"   // all that was committed
	keepsMost keeping = "NORMAL" // perhaps not the last transactions
)

// errMoved says that a file has not its place any more.
var errMoved = fmt.Errorf("%w: a file was deleted or replaced while the relay runs; nothing is acknowledged until the relay is started again, with the file or a backup in its place", errDamaged)

// Says is what is wrong with a database, for everybody who asks: one sentence, without paths and names.
func Says(err error) string {
	switch {
	case errors.Is(err, errMoved):
		return "A file of the database was deleted or replaced."
	case errors.Is(err, errDamaged), isDamage(err):
		return "The database is damaged, or its disk is."
	case codeOf(err) == sqliteFull:
		return "The disk is full."
	case errors.Is(err, context.DeadlineExceeded):
		return "The database does not answer."
	}
	return "The database cannot be written."
}

// walLoss is what SQLite would forget of a log of writes: it reads it up to the first frame that is broken, and drops
// what is behind without a word.
type walLoss struct {
	headless     bool // the beginning makes no sense
	broken       int  // the first frame that is lost, counted from 1; 0: none
	frames       int  // from there on
	transactions int  // that end in them
}

func (l walLoss) String() string {
	where := fmt.Sprintf("is broken at frame %d", l.broken)
	if l.headless {
		where = "does not begin as it should"
	}
	return fmt.Sprintf("%s, and %d transactions (%d frames) are lost that may have been acknowledged", where, l.transactions, l.frames)
}

// checkWAL looks at the log of the writes that are not in the database file yet, before SQLite does. One transaction behind
// a broken frame is one that a machine without power did not finish. A second one was begun when the first was on the
// disk and acknowledged, where all is kept: then it is an error. Else power alone may have done it, and it is logged.
func checkWAL(name string, keeps keeping, logger *slog.Logger) error {
	lost, err := lossOf(name + "-wal")
	if err == nil && lost != (walLoss{}) {
		// A relay that runs may have been writing just there (relay agent add looks as well): damage stays as it is.
		var again walLoss
		if again, err = lossOf(name + "-wal"); again != lost {
			lost = walLoss{}
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("look at the log of %s: %w", name, err)
	case keeps == keepsAll && (lost.headless || lost.transactions > 1):
		return damaged(name+"-wal", lost.String())
	case keeps != keepsAll && (lost.headless || lost.transactions > 0):
		logger.Error("the last writes before a crash of the machine are lost", "file", name+"-wal", "from_frame", lost.broken,
			"transactions", lost.transactions, "frames", lost.frames)
	}
	return nil
}

// lossOf reads a log of writes, https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
func lossOf(name string) (lost walLoss, err error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return lost, nil
	}
	if err != nil {
		return lost, err
	}
	defer f.Close()
	return readLoss(bufio.NewReaderSize(f, 1<<20)), nil
}

func readLoss(wal io.Reader) (lost walLoss) {
	const header, frameHeader, usualPage = 32, 24, 4096
	head := make([]byte, header)
	if _, err := io.ReadFull(wal, head); err != nil {
		return lost // nothing is in it
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[3]&1 == 1 {
		order = binary.BigEndian
	}
	size := int(binary.BigEndian.Uint32(head[8:]))
	if size < 512 || size > 65536 {
		lost.headless, size = true, usualPage
	}
	sum := walSum{order: order}
	sum.add(head[:24])
	ended := lost.headless || !sum.is(head[24:]) // SQLite reads no further
	if ended {
		lost.broken = 1
	}
	frame := make([]byte, frameHeader+size)
	for n := 1; ; n++ {
		if _, err := io.ReadFull(wal, frame); err != nil {
			return lost // the end, or half a frame
		}
		// Frames of an earlier round have another salt: they are behind the end, or behind damage.
		current := string(frame[8:16]) == string(head[16:24])
		if !ended {
			sum.add(frame[:8])
			sum.add(frame[frameHeader:])
			if current && sum.is(frame[16:24]) {
				continue
			}
			ended, lost.broken = true, n
		}
		if current {
			lost.count(frame)
		}
	}
}

func (l *walLoss) count(frame []byte) {
	l.frames++
	if commits := binary.BigEndian.Uint32(frame[4:]) != 0; commits {
		l.transactions++
	}
}

// walSum is the running checksum of https://www.sqlite.org/fileformat2.html#checksum_algorithm.
type walSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (s *walSum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		s.s0 += s.order.Uint32(b) + s.s1
		s.s1 += s.order.Uint32(b[4:]) + s.s0
	}
}

func (s *walSum) is(b []byte) bool {
	return s.s0 == binary.BigEndian.Uint32(b) && s.s1 == binary.BigEndian.Uint32(b[4:])
}

// check looks through the database, for checkTime at most. A file that lacks its end is found at once.
func (f *sqliteFile) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var found string
	err := f.reading.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&found)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && !isDamage(err):
		return fmt.Errorf("look through %s: %w", f.name, err)
	case err != nil:
		return damaged(f.name, "cannot be read ("+err.Error()+")")
	case found != "ok":
		return damaged(f.name, "does not hold together ("+found+")")
	}
	return nil
}

// SQLite's codes, https://www.sqlite.org/rescode.html.
const (
	sqliteBusy        = 5
	sqliteIO          = 10
	sqliteCorrupt     = 11
	sqliteFull        = 13
	sqliteCannotOpen  = 14
	sqliteTooBig      = 18
	sqliteConstraint  = 19
	sqliteMismatch    = 20
	sqliteNotDatabase = 26
)

// codeOf is SQLite's code for err, without its refinement; 0 where err is none of SQLite.
func codeOf(err error) int {
	var s *sqlite.Error
	if !errors.As(err, &s) {
		return 0
	}
	return s.Code() & 0xff
}

// isDamage tells whether SQLite has found that a file is not a database, or not a whole one.
func isDamage(err error) bool {
	return codeOf(err) == sqliteCorrupt || codeOf(err) == sqliteNotDatabase
}

// isReadFault tells whether the disk did not give what is on it. Faults of writing come and go with the room on the disk, and
// whoever asks whether the relay is ready tries that anew; so do those of memory.
func isReadFault(err error) bool {
	const write, fsync, dirFsync, truncate, noMemory, shmSize = 3, 4, 5, 6, 12, 19
	var s *sqlite.Error
	if !errors.As(err, &s) || s.Code()&0xff != sqliteIO {
		return false
	}
	switch s.Code() >> 8 {
	case write, fsync, dirFsync, truncate, noMemory, shmSize:
		return false
	}
	return true
}

// inPlace tells whether the files that were opened still have their names: what is written to one that was deleted or
// replaced is gone when the relay ends. mu is held.
func (f *sqliteFile) inPlace() error {
	if err := f.stillThere(f.name, f.opened); err != nil {
		return err
	}
	if f.log == nil {
		return nil
	}
	err := f.stillThere(f.name+"-wal", f.log)
	if err != nil {
		f.rescue()
	}
	return err
}

func (f *sqliteFile) stillThere(name string, opened os.FileInfo) error {
	if now, err := os.Stat(name); err != nil || !os.SameFile(now, opened) {
		return fmt.Errorf("%w (%s)", errMoved, name)
	}
	return nil
}

// rescue puts what is in the deleted log into the database, which still has its place: else a relay that is killed would
// lose all since the last checkpoint. A failure is told once, and the log stays open for the checkpoint of a proper end.
func (f *sqliteFile) rescue() {
	if f.rescued {
		return
	}
	f.rescued = true
	if _, err := f.conn.ExecContext(context.Background(), "pragma wal_checkpoint(full)"); err != nil {
		f.logger.Error("what was in the deleted log could not be put into the database", "file", f.name, "err", err)
	}
}

// noteLog remembers the log of writes, which SQLite makes when it begins and keeps as long as the file is open: it only
// writes it again from its beginning. It is called inside a transaction.
func (f *sqliteFile) noteLog() error {
	if f.log != nil {
		return nil
	}
	var err error
	if f.log, err = os.Stat(f.name + "-wal"); err != nil {
		return fmt.Errorf("%w (%s-wal)", errMoved, f.name)
	}
	return nil
}

// see notices what an error says of the file, whoever met it, and returns err. The first damage is logged; what cannot be
// read once stays in trouble until the relay is started again, which looks through the file.
func (f *sqliteFile) see(err error) error {
	switch {
	case errors.Is(err, errMoved):
		f.tell(err)
	case codeOf(err) == sqliteCannotOpen:
		// A connection that was made just now has not met the file: ping finds that as well.
		if moved := f.stillThere(f.name, f.opened); moved != nil {
			f.tell(moved)
		}
	case isDamage(err), isReadFault(err):
		trouble := fmt.Errorf("%w: %s could not be read: %w", errDamaged, f.name, err)
		f.trouble.CompareAndSwap(nil, &trouble)
		f.tell(trouble)
	}
	return err
}

func (f *sqliteFile) tell(err error) {
	f.told.Do(func() { f.logger.Error("the database is in trouble", "err", err) })
}

// sound is nil, or the trouble that somebody has met.
func (f *sqliteFile) sound() error {
	if trouble := f.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nil
}
