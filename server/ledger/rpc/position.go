package rpc

import (
	"cmp"
	"encoding/binary"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"

	"floe/server/ledger"
)

// A position is a place in the ledger's order. Those of transactions and events
// in their list count from 1, so that the position of a checkpoint alone comes
// before all that is in it.
type position struct {
	checkpoint         uint64
	transaction, event uint32
}

// beginning is where a checkpoint begins.
func beginning(checkpoint uint64) position { return position{checkpoint: checkpoint} }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.checkpoint, q.checkpoint), cmp.Compare(p.transaction, q.transaction), cmp.Compare(p.event, q.event))
}

// A cursor is the position in big-endian numbers: 8, 4 and 4 bytes.
func (p position) cursor() []byte {
	b := binary.BigEndian.AppendUint64(nil, p.checkpoint)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, p.transaction), p.event)
}

func readCursor(field string, b []byte) (position, *connect.Error) {
	if len(b) != 16 {
		return position{}, invalid(field, "invalid cursor in %s", field)
	}
	return position{binary.BigEndian.Uint64(b), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])}, nil
}

// Why a list ends: the values of QueryEndReason.
const (
	endItemLimit       = protoreflect.EnumNumber(1)
	endScanLimit       = protoreflect.EnumNumber(2)
	endCheckpointBound = protoreflect.EnumNumber(3)
	endCursorBound     = protoreflect.EnumNumber(4)
	endLedgerTip       = protoreflect.EnumNumber(5)
)

// A span is what a list goes over: all between lower and upper, both excluded.
type span struct {
	lower, upper position
	descending   bool
	limit        int
	farEnd       protoreflect.EnumNumber // why it ends when it comes to the far end
}

// limits are how many items a list has unless asked otherwise, and at most.
type limits struct{ usual, most uint64 }

// readSpan reads a list's range and options.
func readSpan(r record, last *ledger.Checkpoint, items limits) (span, *connect.Error) {
	options := r.sub("options")
	out := span{upper: beginning(last.Sequence + 1), descending: options.enum("ordering") == 1, limit: int(items.usual)}
	if n := options.number("limit"); n != nil {
		out.limit = int(max(1, min(*n, items.most)))
	}
	upperEnd, lowerEnd := endLedgerTip, endCheckpointBound
	if n := r.number("start_checkpoint"); n != nil {
		out.lower = beginning(*n)
	}
	if n := r.number("end_checkpoint"); n != nil && *n <= last.Sequence+1 {
		out.upper, upperEnd = beginning(*n), endCheckpointBound
	}
	if b := options.bytes("after"); b != nil {
		p, failure := readCursor("options.after", b)
		if failure != nil {
			return out, failure
		}
		if p.compare(out.lower) > 0 {
			out.lower, lowerEnd = p, endCursorBound
		}
	}
	if b := options.bytes("before"); b != nil {
		p, failure := readCursor("options.before", b)
		if failure != nil {
			return out, failure
		}
		if p.compare(out.upper) < 0 {
			out.upper, upperEnd = p, endCursorBound
		}
	}
	out.farEnd = upperEnd
	if out.descending {
		out.farEnd = lowerEnd
	}
	return out, nil
}

func (s span) holds(p position) bool { return p.compare(s.lower) > 0 && p.compare(s.upper) < 0 }

// checkpoints yields the checkpoints that the span touches, in its order, each
// with whether the span covers it to its end.
func (s span) checkpoints(yield func(sequence uint64, whole bool) bool) {
	if s.lower.compare(s.upper) >= 0 {
		return
	}
	first, last := s.lower.checkpoint, s.upper.checkpoint
	if s.upper == beginning(last) {
		last-- // nothing of it is in the span; it isn't 0, or the span would be empty
	}
	if s.descending {
		for n := last; ; n-- {
			if !yield(n, s.lower.compare(beginning(n)) <= 0) || n == first {
				return
			}
		}
	}
	for n := first; n <= last; n++ {
		if !yield(n, s.upper.compare(beginning(n+1)) >= 0) {
			return
		}
	}
}

// after is where to go on from once a checkpoint is done.
func (s span) after(sequence uint64) position {
	if s.descending {
		return beginning(sequence)
	}
	return beginning(sequence + 1)
}

// farthest is where a span that is at its far end would be gone on from.
func (s span) farthest() position {
	if s.descending == (s.lower.compare(s.upper) < 0) {
		return s.lower
	}
	return s.upper
}
