package rpc

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// executed is x as far as m asks for it.
func (s *server) executed(x *ledger.Executed, m mask) (*pb.ExecutedTransaction, error) {
	out := &pb.ExecutedTransaction{
		Digest:     proto.String(x.Digest.String()),
		Checkpoint: proto.Uint64(x.Checkpoint),
		Timestamp:  timestamppb.New(x.Time),
	}
	if m.has("transaction") {
		t, err := transaction(x.Transaction)
		if err != nil {
			return nil, fmt.Errorf("couldn't read transaction %s: %w", x.Digest, err)
		}
		out.Transaction = t
	}
	s.fill(out, x, m)
	if m.has("transaction_index") {
		if err := s.addIndex(out, x); err != nil {
			return nil, err
		}
	}
	s.schema.prune(m, out)
	return out, nil
}

// addIndex adds x's place in its checkpoint.
func (s *server) addIndex(out *pb.ExecutedTransaction, x *ledger.Executed) error {
	c, err := s.ledger.Checkpoint(x.Checkpoint)
	if err != nil {
		return err
	}
	var r raw
	r.number(transactionIndex, uint64(slices.Index(c.Transactions, x.Digest)))
	r.addTo(out)
	return nil
}

// fill adds what an executed and a simulated transaction have in common.
func (s *server) fill(out *pb.ExecutedTransaction, x *ledger.Executed, m mask) {
	if m.has("signatures") {
		out.Signatures = signatures(x.Signatures)
	}
	if m.has("effects") {
		out.Effects = effects(x)
	}
	if m.has("events") && x.Effects.EventsDigest != nil {
		out.Events = s.events(x.Events, m.sub("events").sub("events").has("json"))
	}
	if m.has("balance_changes") {
		for _, b := range x.Balances {
			out.BalanceChanges = append(out.BalanceChanges, &pb.BalanceChange{
				Address:  proto.String(b.Address.String()),
				CoinType: proto.String(b.CoinType.String()),
				Amount:   proto.String(strconv.FormatInt(b.Amount, 10)),
			})
		}
	}
	if m.has("objects") {
		out.Objects = s.objectSet(m.sub("objects").sub("objects"), x)
	}
}

// objectSet holds every version of an object that the transactions read or
// wrote, in the order of ID and version.
func (s *server) objectSet(m mask, executed ...*ledger.Executed) *pb.ObjectSet {
	type key struct {
		id      suitx.Address
		version uint64
	}
	set := map[key]*suitx.Object{}
	for _, x := range executed {
		for _, o := range slices.Concat(x.Inputs, x.Outputs) {
			set[key{o.ID(), o.Version()}] = o
		}
	}
	keys := make([]key, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		if c := bytes.Compare(a.id[:], b.id[:]); c != 0 {
			return c
		}
		return int(int64(a.version - b.version))
	})
	out := &pb.ObjectSet{}
	for _, k := range keys {
		out.Objects = append(out.Objects, s.object(set[k], m))
	}
	return out
}

func (s *server) events(events []suitx.Event, withJSON bool) *pb.TransactionEvents {
	out := &pb.TransactionEvents{
		Bcs:    named("TransactionEvents", suitx.MarshalEvents(events)),
		Digest: proto.String(suitx.EventsDigest(events).String()),
	}
	for _, e := range events {
		out.Events = append(out.Events, s.event(e, withJSON))
	}
	return out
}

func (s *server) event(e suitx.Event, withJSON bool) *pb.Event {
	out := &pb.Event{
		PackageId: proto.String(e.Package.String()),
		Module:    proto.String(e.Module),
		Sender:    proto.String(e.Sender.String()),
		EventType: proto.String(e.Type.String()),
		Contents:  named(e.Type.String(), e.Contents),
	}
	if withJSON {
		out.Json = s.json(e.Type.Tag(), e.Contents)
	}
	return out
}
