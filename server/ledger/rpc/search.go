package rpc

import (
	"strings"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger"
)

const eventMask = "event_type"

// transactionSearch finds the transactions that a request asks for.
func (s *server) transactionSearch(r record) (search, error) {
	m, err := s.schema.mask(r.readMask(), transactionMask, "ExecutedTransaction")
	if err != nil {
		return nil, err
	}
	wanted, failure := transactionFilter(r)
	if failure != nil {
		return nil, failure
	}
	return func(c *ledger.Checkpoint) (all []found, scanned int, err error) {
		for i, d := range c.Transactions {
			if wanted != nil {
				t, err := s.outcome(d)
				if err != nil {
					return nil, scanned, err
				}
				if !wanted.matches(t) {
					continue
				}
			}
			all = append(all, found{position{c.Sequence, uint32(i + 1), 0}, func() (proto.Message, error) {
				x, err := s.recent.get(d, s.ledger.Transaction)
				if err != nil {
					return nil, err
				}
				return s.executed(x, m)
			}})
		}
		return all, len(c.Transactions), nil
	}, nil
}

// eventSearch finds the events that a request asks for.
func (s *server) eventSearch(r record) (search, error) {
	m, err := s.schema.mask(r.readMask(), eventMask, "Event")
	if err != nil {
		return nil, err
	}
	wanted, failure := eventFilter(r)
	if failure != nil {
		return nil, failure
	}
	return func(c *ledger.Checkpoint) (all []found, scanned int, err error) {
		for i, d := range c.Transactions {
			t, err := s.outcome(d)
			if err != nil {
				return nil, scanned, err
			}
			for j, e := range t.Events {
				if wanted == nil || wanted.matches(emitted{t, &e}) {
					at := position{c.Sequence, uint32(i + 1), uint32(j + 1)}
					all = append(all, found{at, func() (proto.Message, error) { return s.listedEvent(d, e, at, m), nil }})
				}
			}
		}
		return all, len(c.Transactions), nil
	}, nil
}

// checkpointSearch finds the checkpoints that a request asks for: those with a
// transaction that its filter lets through.
func (s *server) checkpointSearch(r record) (search, error) {
	m, err := s.schema.mask(r.readMask(), checkpointMask, "Checkpoint")
	if err != nil {
		return nil, err
	}
	wanted, failure := transactionFilter(r)
	if failure != nil {
		return nil, failure
	}
	return func(c *ledger.Checkpoint) ([]found, int, error) {
		ok, scanned, err := s.matches(c, wanted)
		if err != nil || !ok {
			return nil, scanned, err
		}
		at := position{c.Sequence, 1, 0}
		return []found{{at, func() (proto.Message, error) { return s.checkpoint(c, m) }}}, scanned, nil
	}, nil
}

// matches says whether any transaction of a checkpoint does.
func (s *server) matches(c *ledger.Checkpoint, wanted filter[*outcome]) (ok bool, scanned int, err error) {
	if wanted == nil {
		return true, 0, nil
	}
	for i, d := range c.Transactions {
		t, err := s.outcome(d)
		if err != nil {
			return false, i, err
		}
		if wanted.matches(t) {
			return true, i + 1, nil
		}
	}
	return false, len(c.Transactions), nil
}

// An outcome is a transaction, without its objects, as filters look at it.
type outcome struct {
	*ledger.Executed
	data *suitx.TransactionData // nil: of a system transaction
}

func (s *server) outcome(d suitx.Digest) (*outcome, error) {
	x, err := s.ledger.Outcome(d)
	if err != nil {
		return nil, err
	}
	data, err := suitx.UnmarshalTransactionData(x.Transaction)
	if err != nil {
		data = nil // suitx reads all but system transactions
	}
	return &outcome{x, data}, nil
}

// listedEvent is an event with its place in the ledger.
func (s *server) listedEvent(by suitx.Digest, e suitx.Event, at position, m mask) *pb.Event {
	out := s.event(e, m.has("json"))
	var place raw
	place.number(eventCheckpoint, at.checkpoint)
	place.bytes(eventTransaction, []byte(by.String()))
	place.number(eventTransactionIndex, uint64(at.transaction-1))
	place.number(eventIndex, uint64(at.event-1))
	place.addTo(out)
	s.schema.prune(m, out)
	return out
}

// movePath splits package[::module[::name]], of which at most n parts are allowed.
func movePath(text string, n int) (pkg suitx.Address, names []string, ok bool) {
	parts := strings.Split(text, "::")
	if len(parts) > n {
		return pkg, nil, false
	}
	for _, name := range parts[1:] {
		if name == "" {
			return pkg, nil, false
		}
	}
	pkg, err := suitx.ParseAddress(parts[0])
	return pkg, parts[1:], err == nil
}
