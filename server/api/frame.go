package api

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FrameKind says what a frame carries.
type FrameKind uint8

// Frame kinds are on the wire: never reorder, add at the end.
const (
	FrameMetadata  FrameKind = 1 // BCS BlobMetadata
	FramePrimary   FrameKind = 2 // BCS primary sliver of pair Index
	FrameSecondary FrameKind = 3 // BCS secondary sliver of pair Index
	FrameEnd       FrameKind = 4 // nothing follows; Body is empty
)

// Frame is one thing passed through the relay.
//
//	kind u8 ‖ status u16 ‖ node u16 ‖ index u16 ‖ blob ID 32 ‖ length u32 ‖ body    (integers little-endian)
//
// In a request Status and Node are 0 and Body is the thing. In the answer to a
// store, each frame acknowledges one of the request: Status is the node's HTTP
// status and Body a reason in words when it isn't 2xx. In the answer to a read,
// Status 200 carries the thing, any other says why Node didn't give it. The
// answer to a whole blob acknowledges what the relay made of it, as that to a
// store does; what isn't acknowledged before the end, no node is known to hold.
type Frame struct {
	Kind   FrameKind
	Status uint16
	Node   uint16
	Index  uint16
	BlobID [32]byte
	Body   []byte
}

// FrameHeaderSize is the length of a frame without its body.
const FrameHeaderSize = 43

// ErrMalformedFrame says that the bytes are no frame.
var ErrMalformedFrame = errors.New("malformed frame")

// AppendFrame appends f to b.
func AppendFrame(b []byte, f Frame) []byte {
	return append(AppendFrameHeader(b, f, len(f.Body)), f.Body...)
}

// AppendFrameHeader appends what stands before a body of that many bytes. It
// doesn't look at f's own.
func AppendFrameHeader(b []byte, f Frame, size int) []byte {
	b = append(b, byte(f.Kind))
	b = binary.LittleEndian.AppendUint16(b, f.Status)
	b = binary.LittleEndian.AppendUint16(b, f.Node)
	b = binary.LittleEndian.AppendUint16(b, f.Index)
	b = append(b, f.BlobID[:]...)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// ReadFrame reads the next frame, whose body may have at most max bytes. At the
// end of r it returns io.EOF; a frame that is cut gives io.ErrUnexpectedEOF.
func ReadFrame(r io.Reader, max int) (Frame, error) {
	return ReadFrameInto(r, max, func(n int) []byte { return make([]byte, n) })
}

// ReadFrameInto is ReadFrame for those who have memory for bodies: room is asked
// for as many bytes as the body has.
func ReadFrameInto(r io.Reader, max int, room func(n int) []byte) (Frame, error) {
	var h [FrameHeaderSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return Frame{}, err
	}
	f := Frame{
		Kind:   FrameKind(h[0]),
		Status: binary.LittleEndian.Uint16(h[1:]),
		Node:   binary.LittleEndian.Uint16(h[3:]),
		Index:  binary.LittleEndian.Uint16(h[5:]),
		BlobID: [32]byte(h[7:39]),
	}
	if f.Kind < FrameMetadata || f.Kind > FrameEnd {
		return Frame{}, fmt.Errorf("%w: kind %d", ErrMalformedFrame, f.Kind)
	}
	n := binary.LittleEndian.Uint32(h[39:])
	if uint64(n) > uint64(max) {
		return Frame{}, fmt.Errorf("%w: body of %d bytes, at most %d allowed", ErrMalformedFrame, n, max)
	}
	f.Body = room(int(n))
	if _, err := io.ReadFull(r, f.Body); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, err
	}
	return f, nil
}
