package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

// checkWAL looks at the log of writes that are not in the database file yet. SQLite reads it up to the first frame that is
// broken and forgets what is behind, without a word. One transaction behind it is one that a machine without power did not
// finish; a second one was begun when the first was on the disk and acknowledged.
func checkWAL(name string) error {
	const header, frameHeader = 32, 24
	f, err := os.Open(name + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the log of %s: %w", name, err)
	}
	defer f.Close()
	head := make([]byte, header)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil // nothing is in it
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[3]&1 == 1 {
		order = binary.BigEndian
	}
	size := int(binary.BigEndian.Uint32(head[8:]))
	if size < 512 || size > 65536 {
		return damaged(name+"-wal", "does not begin as it should")
	}
	sum := walSum{order: order}
	sum.add(head[:24])
	broken, behind := 0, 0
	frame := make([]byte, frameHeader+size)
	for n := 1; ; n++ {
		if _, err := io.ReadFull(f, frame); err != nil {
			break // the end, or half a frame
		}
		if string(frame[8:16]) != string(head[16:24]) {
			if broken == 0 {
				broken = n // the end, where frames of an earlier round follow, or damage
			}
			continue
		}
		commits := binary.BigEndian.Uint32(frame[4:]) != 0
		if broken == 0 {
			sum.add(frame[:8])
			sum.add(frame[frameHeader:])
			if sum.is(frame[16:24]) {
				continue
			}
			broken = n
		}
		if commits {
			behind++
		}
	}
	if behind > 1 {
		return damaged(name+"-wal", fmt.Sprintf("is broken at frame %d, and %d transactions are behind it that may have been acknowledged", broken, behind))
	}
	return nil
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

// isDamage tells whether SQLite has found that a file is not a database, or not a whole one.
func isDamage(err error) bool {
	const corrupt, notDatabase = 11, 26 // https://www.sqlite.org/rescode.html
	var s *sqlite.Error
	return errors.As(err, &s) && (s.Code()&0xff == corrupt || s.Code()&0xff == notDatabase)
}

// inPlace tells whether the file that was opened still has its name: what is written to one that was deleted or replaced
// is gone when the relay ends.
func (f *sqliteFile) inPlace() error {
	now, err := os.Stat(f.name)
	if err != nil || !os.SameFile(now, f.opened) {
		return fmt.Errorf("%w: %s was deleted or replaced while the relay runs; nothing is acknowledged until the relay is started again, with the file or a backup of it in its place", errDamaged, f.name)
	}
	return nil
}
