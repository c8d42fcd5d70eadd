package files

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Content reads a whole file from the store, one piece at a time. It is an io.ReadSeeker for one goroutine.
type Content struct {
	ctx   context.Context
	store Store
	file  File

	offset int64
	piece  []byte // the piece that was read last
	number int64  // its number; meaningless while piece is nil
}

// Read gives at most the rest of one piece. That a file of the store is shorter than its row says is
// io.ErrUnexpectedEOF.
func (c *Content) Read(p []byte) (int, error) {
	if c.offset >= c.file.Size {
		return 0, io.EOF
	}
	number := c.offset / ChunkBytes
	if c.piece == nil || c.number != number {
		piece, err := c.store.Chunk(c.ctx, c.file.ID, int(number))
		if errors.Is(err, ErrNotFound) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, fmt.Errorf("read file %s: %w", c.file.ID, err)
		}
		c.piece, c.number = piece, number
	}
	inside := c.offset % ChunkBytes
	if inside >= int64(len(c.piece)) {
		return 0, fmt.Errorf("read file %s: %w", c.file.ID, io.ErrUnexpectedEOF)
	}
	n := copy(p, c.piece[inside:])
	c.offset += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.offset
	case io.SeekEnd:
		offset += c.file.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a file")
	}
	c.offset = offset
	return offset, nil
}
