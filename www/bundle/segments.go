package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// joinSegments gives a WebAssembly program whose memory begins as it did, from a few segments instead of a great many.
//
// Go's linker leaves every eight zeros out of the data and begins a new segment behind them: 80,000 segments in
// foyer.wasm, whose headers cost more than the zeros ever could, once everything is compressed. Written out again, the
// zeros are next to nothing, and a tenth of the download is gone. Nothing else of the program changes.
//
// It is an error if the data is not what that linker writes: segments of memory 0 at constant addresses.
func joinSegments(wasm []byte) ([]byte, error) {
	return editData(wasm, func([]segment) error { return nil })
}

// editData gives the program with its segments joined, after edit has changed what is in them.
func editData(wasm []byte, edit func([]segment) error) ([]byte, error) {
	const (
		magicAndVersion = 8
		sectionData     = 11
		sectionCount    = 12 // would have to agree with the data
	)
	if len(wasm) < magicAndVersion || !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		return nil, errors.New("no WebAssembly program")
	}
	out := bytes.Clone(wasm[:magicAndVersion])
	r := &reader{rest: wasm[magicAndVersion:]}
	for len(r.rest) > 0 {
		id := r.byte()
		body := r.take(r.number())
		if r.failed || id == sectionCount {
			return nil, errors.New("not the sections that Go's linker writes")
		}
		if id == sectionData {
			segments, err := readSegments(body)
			if err != nil {
				return nil, err
			}
			if err := edit(segments); err != nil {
				return nil, err
			}
			body = writeSegments(segments)
		}
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out, nil
}

// worthASegment is how many zeros are left out, bytes: from some dozens to thousands the compressed size is the same.
const worthASegment = 256

// mostMemory is more than any program begins with, bytes.
const mostMemory = 64 << 20

// segment is a part of the memory that a program begins with; zeros are between segments.
type segment struct {
	at   int
	data []byte
}

// Bytes of a segment's header: of memory 0, i32.const ADDRESS, end.
const (
	memoryZero = 0x00
	constant   = 0x41
	end        = 0x0b
)

func readSegments(section []byte) ([]segment, error) {
	r := &reader{rest: section}
	var joined []segment
	for n := r.number(); n > 0; n-- {
		if r.byte() != memoryZero || r.byte() != constant {
			return nil, errors.New("a data segment of another kind")
		}
		at := r.signed()
		if r.byte() != end {
			return nil, errors.New("a data segment at an address that is computed")
		}
		data := r.take(r.number())
		if r.failed || at < 0 || at+len(data) > mostMemory {
			return nil, errors.New("a data segment that is cut")
		}
		if len(joined) == 0 {
			joined = append(joined, segment{at, bytes.Clone(data)})
			continue
		}
		last := &joined[len(joined)-1]
		zeros := at - last.at - len(last.data)
		// Below what came before: the linker's sections are not in the order of their addresses.
		if zeros < 0 || zeros > worthASegment {
			joined = append(joined, segment{at, bytes.Clone(data)})
			continue
		}
		last.data = append(last.data, make([]byte, zeros)...)
		last.data = append(last.data, data...)
	}
	if r.failed || len(r.rest) > 0 {
		return nil, errors.New("the data section does not end where it should")
	}
	return joined, nil
}

func writeSegments(segments []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		out = append(out, memoryZero, constant)
		out = appendSigned(out, s.at)
		out = append(out, end)
		out = binary.AppendUvarint(out, uint64(len(s.data)))
		out = append(out, s.data...)
	}
	return out
}

// reader reads bytes and numbers in LEB128. Behind the end it has failed, and reads zeros.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) byte() byte {
	b := r.take(1)
	if r.failed {
		return 0
	}
	return b[0]
}

func (r *reader) take(n int) []byte {
	if r.failed || n < 0 || n > len(r.rest) {
		r.failed = true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > mostMemory {
		r.failed = true
		return 0
	}
	r.take(size)
	return int(n)
}

// signed reads a number of 32 bits in two's complement.
func (r *reader) signed() int {
	n, shift := 0, 0
	for !r.failed && shift < 35 {
		b := r.byte()
		n |= int(b&0x7f) << shift
		shift += 7
		if b < 0x80 {
			if b&0x40 != 0 {
				n -= 1 << shift
			}
			return n
		}
	}
	r.failed = true
	return 0
}

// appendSigned writes what signed reads. n is not negative.
func appendSigned(out []byte, n int) []byte {
	for n >= 0x40 {
		out = append(out, byte(n&0x7f)|0x80)
		n >>= 7
	}
	return append(out, byte(n))
}
