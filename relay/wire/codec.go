// Package wire is the native protocol between a Foyer client and the relay: the frames, their encoding, the table of
// error codes and the limits.
//
// A frame is a msgpack array of two elements, [type, fields]: an unsigned number (frames.go lists them) and a map with
// the frame's fields by name. One WebSocket message (binary) carries exactly one frame. A body of the long poll
// carries any number of frames, one behind the other. Unknown fields are ignored, an unknown type is refused with
// CodeUnknownFrame.
//
// It is used by relay/gateway/native on one side and by wasm/ on the other, so it must never import what the browser
// already has (net/http, encoding/json, regexp) nor anything else of the relay.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"
)

// Limits of the protocol; welcome tells them to clients.
const (
	MaxFrame        = 64 << 10 // bytes of one frame
	MaxMessageRunes = 4000     // characters of one message
	MaxEvents       = 200      // events in one frame
	PageSize        = 100      // entries in one frame
	MaxVisits       = 4        // visits whose pages one connection speaks for
	MaxPages        = 200      // open pages of one visit on one connection
	FramesPerSecond = 20       // sustained, for each connection
	FramesBurst     = 60
	maxDepth        = 8 // nesting of a frame's values
)

// Encode writes one frame.
func Encode(f Frame) ([]byte, error) {
	var b bytes.Buffer
	if err := encodeTo(&b, f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// EncodeAll writes frames one behind the other, as the long poll carries them.
func EncodeAll(frames []Frame) ([]byte, error) {
	var b bytes.Buffer
	for _, f := range frames {
		if err := encodeTo(&b, f); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func encodeTo(w io.Writer, f Frame) error {
	e := msgpack.NewEncoder(w)
	if err := e.EncodeArrayLen(2); err != nil {
		return fmt.Errorf("encode frame %d: %w", f.FrameType(), err)
	}
	if err := e.EncodeUint(uint64(f.FrameType())); err != nil {
		return fmt.Errorf("encode frame %d: %w", f.FrameType(), err)
	}
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("encode frame %d: %w", f.FrameType(), err)
	}
	return nil
}

// Decode reads exactly one frame. Its error is always a *Problem with CodeBadFrame, CodeTooLarge or CodeUnknownFrame.
func Decode(b []byte) (Frame, error) {
	frames, err := decode(b, 1)
	if err != nil {
		return nil, err
	}
	if len(frames) != 1 {
		return nil, Problemf(CodeBadFrame, "a message holds one frame, this one is empty")
	}
	return frames[0], nil
}

// DecodeAll reads the frames of a long poll's body, at most max of them. Errors as in Decode.
func DecodeAll(b []byte, max int) ([]Frame, error) { return decode(b, max) }

func decode(b []byte, max int) ([]Frame, error) {
	r := bytes.NewReader(b)
	var frames []Frame
	for r.Len() > 0 {
		if len(frames) == max {
			return nil, Problemf(CodeBadFrame, "more than %d frames, or bytes behind the last one", max)
		}
		start := r.Len()
		if err := checkShape(b[len(b)-start:]); err != nil {
			return nil, err
		}
		f, err := decodeOne(r)
		if err != nil {
			return nil, err
		}
		if start-r.Len() > MaxFrame {
			return nil, Problemf(CodeTooLarge, "a frame may have %d bytes", MaxFrame)
		}
		frames = append(frames, f)
	}
	return frames, nil
}

func decodeOne(r *bytes.Reader) (frame Frame, err error) {
	defer func() {
		// The codec walks bytes of strangers by reflection; whatever it stumbles over is their frame's fault.
		if p := recover(); p != nil {
			frame, err = nil, Problemf(CodeBadFrame, "not a frame: %v", p)
		}
	}()
	d := msgpack.NewDecoder(r)
	d.UseLooseInterfaceDecoding(true) // numbers in free data are int64, uint64 or float64, whatever width they came in
	n, err := d.DecodeArrayLen()
	if err != nil || n != 2 {
		return nil, Problemf(CodeBadFrame, "a frame is a msgpack array of type and fields")
	}
	t, err := d.DecodeUint64()
	if err != nil {
		return nil, Problemf(CodeBadFrame, "a frame's type is a number")
	}
	if t > 255 {
		return nil, Problemf(CodeUnknownFrame, "there is no frame of type %d", t)
	}
	f := blank(Type(t))
	if f == nil {
		return nil, Problemf(CodeUnknownFrame, "there is no frame of type %d", t)
	}
	if err := d.Decode(f); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, Problemf(CodeBadFrame, "the frame of type %d is cut short", t)
		}
		return nil, Problemf(CodeBadFrame, "the fields of frame type %d: %v", t, err)
	}
	return f, nil
}
