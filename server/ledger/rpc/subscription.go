package rpc

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// maxSubscriptions is how many subscriptions may run at a time.
const maxSubscriptions = 1000

var errSubscriptions = errors.New("too many subscriptions run on this server: close some, or try again later")

// A streamer answers a request with messages that it sends.
type streamer func(ctx context.Context, r record, send func(record) error) error

// stream serves a method whose answer is a stream. Its messages are made from
// the schema: sui-go-sdk lacks most of them.
func (s *server) stream(mux *http.ServeMux, method string, f streamer) {
	path := services + method
	_, name, _ := strings.Cut(method, "/")
	mux.Handle(path, connect.NewServerStreamHandler(path,
		func(ctx context.Context, r *connect.Request[dynamicpb.Message], out *connect.ServerStream[dynamicpb.Message]) error {
			return f(ctx, recordOf(r.Msg), func(m record) error { return out.Send(m.m.Interface().(*dynamicpb.Message)) })
		}, s.options(), connect.WithRequestInitializer(func(_ connect.Spec, m any) error {
			*m.(*dynamicpb.Message) = *s.schema.make(protoreflect.Name(name + "Request"))
			return nil
		})))
}

// subscription is stream for as long as there aren't too many.
func (s *server) subscription(mux *http.ServeMux, name string, f streamer) {
	s.stream(mux, "SubscriptionService/"+name, func(ctx context.Context, r record, send func(record) error) error {
		select {
		case s.live <- struct{}{}:
			defer func() { <-s.live }()
		default:
			return connect.NewError(connect.CodeResourceExhausted, errSubscriptions)
		}
		return f(ctx, r, send)
	})
}

// subscribeCheckpoints sends every checkpoint from now on, the last one first,
// until the caller goes. Nothing that isn't asked for is sent: without a mask
// that is all but the cursor, and of a checkpoint that the filter holds back too.
func (s *server) subscribeCheckpoints(ctx context.Context, r record, send func(record) error) error {
	m, err := s.schema.mask(r.readMask(), "", "Checkpoint")
	if !r.has("read_mask") {
		m, err = nil, nil
	}
	if err != nil {
		return err
	}
	wanted, failure := transactionFilter(r)
	if failure != nil {
		return failure
	}
	last, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return s.failed(err, "Checkpoint")
	}
	for c, err := range s.ledger.Subscribe(ctx, last.Sequence) {
		if err != nil {
			return s.failed(err, "Checkpoint")
		}
		out := recordOf(s.schema.make("SubscribeCheckpointsResponse"))
		out.set("cursor", c.Sequence)
		ok, _, err := s.matches(c, wanted)
		if err != nil {
			return s.failed(err, "Checkpoint")
		}
		if ok {
			one, err := s.checkpoint(c, m)
			if err != nil {
				return s.internal(err)
			}
			out.put("checkpoint", one)
		}
		if err := send(out); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) subscribeTransactions(ctx context.Context, r record, send func(record) error) error {
	find, err := s.transactionSearch(r)
	if err != nil {
		return err
	}
	return s.follow(ctx, "SubscribeTransactionsResponse", "transaction", find, send)
}

func (s *server) subscribeEvents(ctx context.Context, r record, send func(record) error) error {
	find, err := s.eventSearch(r)
	if err != nil {
		return err
	}
	return s.follow(ctx, "SubscribeEventsResponse", "event", find, send)
}

// follow sends what search finds in the checkpoints from now on, each in the
// answer's field item. The first message says where it begins; a checkpoint
// without anything is told by its watermark.
func (s *server) follow(ctx context.Context, answer, item protoreflect.Name, find search, send func(record) error) error {
	last, err := s.ledger.LatestCheckpoint()
	if err != nil {
		return s.failed(err, "Checkpoint")
	}
	frame := frames{s.schema, answer, item, &last.Sequence}
	if err := send(frame.make(beginning(last.Sequence+1), nil)); err != nil {
		return err
	}
	for c, err := range s.ledger.Subscribe(ctx, last.Sequence+1) {
		if err != nil {
			return s.failed(err, "Checkpoint")
		}
		all, _, err := find(c)
		if err != nil {
			return s.failed(err, "Checkpoint")
		}
		for _, one := range all {
			m, err := one.build()
			if err != nil {
				return s.failed(err, "Transaction")
			}
			if err := send(frame.make(one.at, m)); err != nil {
				return err
			}
		}
		frame.covered = &c.Sequence
		if err := send(frame.make(beginning(c.Sequence+1), nil)); err != nil {
			return err
		}
	}
	return nil
}
