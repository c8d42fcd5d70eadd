// Package wire is the native protocol between a Foyer client and the relay: the frames, their encoding, the table of
// error codes and the limits.
//
// A frame is a msgpack array of two elements, [type, fields]: an unsigned number (frames.go lists them) and a map with
// the frame's fields by name. One WebSocket message (binary) carries exactly one frame. A body of the long poll
// carries any number of frames, one behind the other. Unknown fields are ignored, an unknown type is refused with
// CodeUnknownFrame.
//
// The relay reads and writes fields with a library (fields.go), the browser with the part of msgpack that frames need
// (compact.go), because every visitor downloads it.
//
// It is used by relay/gateway/native on one side and by wasm/ on the other, so it must never import what the browser
// already has (net/http, encoding/json, regexp) nor anything else of the relay.
package wire

import "fmt"

// Limits of the protocol; welcome tells them to clients.
const (
	MaxFrame        = 64 << 10 // bytes of one frame
	MaxMessageRunes = 4000     // characters of one message
	MaxEvents       = 200      // events in one frame
	PageSize        = 100      // entries in one frame
	MaxVisits       = 4        // visits whose pages one connection speaks for
	MaxPages        = 200      // open pages of one visit on one connection
	MaxResume       = 200      // sessions of which a hello says how far it has them
	FramesPerSecond = 20       // sustained, for each connection, as Cost counts them
	FramesBurst     = 60
	costBytes       = 16 << 10
	maxDepth        = 8 // nesting of a frame's values
)

// Cost is how much a frame of so many bytes counts for where frames are counted: one, and one more with each 16 kB.
func Cost(bytes int) int { return 1 + bytes/costBytes }

// Encode writes one frame.
func Encode(f Frame) ([]byte, error) { return appendFrame(nil, f) }

// EncodeAll writes frames one behind the other, as the long poll carries them.
func EncodeAll(frames []Frame) (b []byte, err error) {
	for _, f := range frames {
		if b, err = appendFrame(b, f); err != nil {
			return nil, err
		}
	}
	return b, nil
}

const pairHead = 0x92 // a msgpack array of two

func appendFrame(b []byte, f Frame) ([]byte, error) {
	b, err := appendFields(appendUint(append(b, pairHead), uint64(f.FrameType())), f)
	if err != nil {
		return nil, fmt.Errorf("encode frame %d: %w", f.FrameType(), err)
	}
	return b, nil
}

// Decode reads exactly one frame. Its error is always a *Problem with CodeBadFrame, CodeTooLarge, CodeUnknownFrame, or
// CodeBadRequest where a list is longer than it may be: then the frame is given as well, with its Ref alone.
func Decode(b []byte) (Frame, error) {
	frames, err := Split(b, 1)
	if err != nil {
		return nil, err
	}
	if len(frames) != 1 {
		return nil, Problemf(CodeBadFrame, "a message holds one frame, this one is empty")
	}
	return decodeFrame(frames[0])
}

// DecodeAll reads the frames of a long poll's body, at most max of them. Errors as in Decode.
func DecodeAll(b []byte, max int) ([]Frame, error) {
	all, err := Split(b, max)
	if err != nil {
		return nil, err
	}
	var frames []Frame
	for _, one := range all {
		f, err := decodeFrame(one)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// Split cuts a body into its frames, at most max of them, without decoding any. Each of them can be decoded on its own
// (Decode). Its error is always a *Problem with CodeBadFrame or CodeTooLarge.
func Split(b []byte, max int) (frames [][]byte, err error) {
	for len(b) > 0 {
		if len(frames) == max {
			return nil, Problemf(CodeBadFrame, "more than %d frames, or bytes behind the last one", max)
		}
		rest, err := skip(b, maxDepth)
		if err != nil {
			return nil, err
		}
		one := b[:len(b)-len(rest)]
		if len(one) > MaxFrame {
			return nil, Problemf(CodeTooLarge, "a frame may have %d bytes", MaxFrame)
		}
		frames, b = append(frames, one), rest
	}
	return frames, nil
}

// decodeFrame reads one frame, whose shape has been checked. Errors as in Decode.
func decodeFrame(b []byte) (Frame, error) {
	if b[0] != pairHead {
		return nil, Problemf(CodeBadFrame, "a frame is a msgpack array of type and fields")
	}
	r := compactReader{b[1:]}
	head, err := r.value()
	n, isNumber := head.(int64)
	if err != nil || !isNumber {
		return nil, Problemf(CodeBadFrame, "a frame's type is a number")
	}
	var f Frame
	if n >= 0 && n <= 255 {
		f = blank(Type(n))
	}
	if f == nil {
		return nil, Problemf(CodeUnknownFrame, "there is no frame of type %d", n)
	}
	if p := checkLists(r.b, f); p != nil {
		return refused(r.b, f, p)
	}
	if err := readFields(r.b, f); err != nil {
		return nil, Problemf(CodeBadFrame, "the fields of frame type %d: %v", n, err)
	}
	return f, nil
}
