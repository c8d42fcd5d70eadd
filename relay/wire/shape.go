package wire

import "encoding/binary"

func short() *Problem { return Problemf(CodeBadFrame, "the frame is cut short") }

// skip walks the first msgpack value of b without allocating and returns what follows it. It refuses nesting that would
// exhaust the stack, and lengths beyond the bytes that are there, before a decoder allocates for them.
func skip(b []byte, depth int) ([]byte, error) {
	if len(b) == 0 {
		return nil, short()
	}
	if depth < 0 {
		return nil, Problemf(CodeBadFrame, "values are nested deeper than %d", maxDepth)
	}
	c, rest := b[0], b[1:]
	switch {
	case c <= 0x7f || c >= 0xe0 || c == 0xc0 || c == 0xc2 || c == 0xc3: // small numbers, nil, booleans
		return rest, nil
	case c&0xf0 == 0x80:
		return skipMany(rest, uint64(c&0x0f)*2, depth)
	case c&0xf0 == 0x90:
		return skipMany(rest, uint64(c&0x0f), depth)
	case c&0xe0 == 0xa0:
		return skipBytes(rest, uint64(c&0x1f))
	}
	switch c {
	case 0xcc, 0xd0:
		return skipBytes(rest, 1)
	case 0xcd, 0xd1:
		return skipBytes(rest, 2)
	case 0xca, 0xce, 0xd2:
		return skipBytes(rest, 4)
	case 0xcb, 0xcf, 0xd3:
		return skipBytes(rest, 8)
	case 0xd9, 0xc4:
		return skipSized(rest, 1)
	case 0xda, 0xc5:
		return skipSized(rest, 2)
	case 0xdb, 0xc6:
		return skipSized(rest, 4)
	case 0xdc, 0xdd, 0xde, 0xdf:
		width := 2
		if c&1 == 1 {
			width = 4
		}
		n, rest, err := size(rest, width)
		if err != nil {
			return nil, err
		}
		if c >= 0xde {
			n *= 2
		}
		return skipMany(rest, n, depth)
	}
	return nil, Problemf(CodeBadFrame, "byte 0x%02x: extension types are not part of the protocol", c)
}

func skipMany(b []byte, n uint64, depth int) ([]byte, error) {
	if n > uint64(len(b)) { // every value has at least one byte
		return nil, short()
	}
	var err error
	for ; n > 0; n-- {
		if b, err = skip(b, depth-1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func skipBytes(b []byte, n uint64) ([]byte, error) {
	if n > uint64(len(b)) {
		return nil, short()
	}
	return b[n:], nil
}

func skipSized(b []byte, width int) ([]byte, error) {
	n, rest, err := size(b, width)
	if err != nil {
		return nil, err
	}
	return skipBytes(rest, n)
}

func size(b []byte, width int) (uint64, []byte, error) {
	if len(b) < width {
		return 0, nil, short()
	}
	switch width {
	case 1:
		return uint64(b[0]), b[1:], nil
	case 2:
		return uint64(binary.BigEndian.Uint16(b)), b[2:], nil
	default:
		return uint64(binary.BigEndian.Uint32(b)), b[4:], nil
	}
}
