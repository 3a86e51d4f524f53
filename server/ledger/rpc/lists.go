package rpc

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"floe/server/ledger"
)

// maxScan is how many checkpoints and transactions one list looks at. There is
// no index: who looks for something rare is told how far the search came, and
// goes on from there.
const maxScan = 10_000

// A found is something that a list returns.
type found struct {
	at    position
	build func() (proto.Message, error)
}

// A search finds what a checkpoint holds, in order, and says how many
// transactions it looked at.
type search func(c *ledger.Checkpoint) (all []found, scanned int, err error)

// list answers one of LedgerService's List methods: the messages that search
// finds in the request's range, each in the answer's field item.
func (s *server) list(ctx context.Context, r record, items limits, answer, item protoreflect.Name, find search, send func(record) error) error {
	last, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return s.failed(err, "Checkpoint")
	}
	over, failure := readSpan(r, last, items)
	if failure != nil {
		return failure
	}
	frame := frames{s.schema, answer, item, nil}
	left, scanned := over.limit, 0
	for n, whole := range over.checkpoints {
		if err := ctx.Err(); err != nil {
			return s.failed(err, "Checkpoint")
		}
		all, more, err := s.findIn(n, find)
		if err != nil {
			return s.failed(err, "Checkpoint %d", n)
		}
		if over.descending {
			slices.Reverse(all)
		}
		for _, one := range all {
			if !over.holds(one.at) {
				continue
			}
			m, err := one.build()
			if err != nil {
				return s.failed(err, "Transaction")
			}
			out := frame.make(one.at, m)
			if left--; left == 0 {
				frame.end(out, endItemLimit)
			}
			if err := send(out); err != nil || left == 0 {
				return err
			}
		}
		if whole {
			frame.covered = &n
		}
		if scanned += 1 + more; scanned >= s.scan && over.after(n) != over.farthest() {
			out := frame.make(over.after(n), nil)
			frame.end(out, endScanLimit)
			return send(out)
		}
	}
	out := frame.make(over.farthest(), nil)
	frame.end(out, over.farEnd)
	return send(out)
}

func (s *server) findIn(sequence uint64, find search) ([]found, int, error) {
	c, err := s.ledger.Checkpoint(sequence)
	if err != nil {
		return nil, 0, err
	}
	return find(c)
}

// frames makes a stream's messages: each has a watermark.
type frames struct {
	schema       *schema
	answer, item protoreflect.Name
	covered      *uint64 // the last checkpoint that was covered whole
}

func (f *frames) make(at position, item proto.Message) record {
	out, mark := recordOf(f.schema.make(f.answer)), f.schema.make("Watermark")
	recordOf(mark).set("cursor", at.cursor())
	if f.covered != nil {
		recordOf(mark).set("checkpoint", *f.covered)
	}
	out.put("watermark", mark)
	if item != nil {
		out.put(f.item, item)
	}
	return out
}

// end marks a list's last message.
func (f *frames) end(out record, why protoreflect.EnumNumber) {
	end := f.schema.make("QueryEnd")
	recordOf(end).set("reason", why)
	out.put("end", end)
}

func (s *server) listTransactions(ctx context.Context, r record, send func(record) error) error {
	find, err := s.transactionSearch(r)
	if err != nil {
		return err
	}
	return s.list(ctx, r, limits{50, 500}, "ListTransactionsResponse", "transaction", find, send)
}

func (s *server) listEvents(ctx context.Context, r record, send func(record) error) error {
	find, err := s.eventSearch(r)
	if err != nil {
		return err
	}
	return s.list(ctx, r, limits{50, 1000}, "ListEventsResponse", "event", find, send)
}

func (s *server) listCheckpoints(ctx context.Context, r record, send func(record) error) error {
	find, err := s.checkpointSearch(r)
	if err != nil {
		return err
	}
	return s.list(ctx, r, limits{10, 100}, "ListCheckpointsResponse", "checkpoint", find, send)
}
