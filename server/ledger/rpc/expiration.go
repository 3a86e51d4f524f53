package rpc

import (
	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

func expiration(e suitx.Expiration) *pb.TransactionExpiration {
	switch e.Kind {
	case suitx.ExpirationNone:
		return &pb.TransactionExpiration{Kind: pb.TransactionExpiration_NONE.Enum()}
	case suitx.ExpirationEpoch:
		return &pb.TransactionExpiration{Kind: pb.TransactionExpiration_EPOCH.Enum(), Epoch: proto.Uint64(e.Epoch)}
	}
	out := &pb.TransactionExpiration{Kind: expirationValidDuring.Enum(), Epoch: e.MaxEpoch}
	var r raw
	if e.MinEpoch != nil {
		r.number(expirationMinEpoch, *e.MinEpoch)
	}
	if e.MinTimestamp != nil {
		r.bytes(expirationMinTimestamp, timestamp(*e.MinTimestamp))
	}
	if e.MaxTimestamp != nil {
		r.bytes(expirationMaxTimestamp, timestamp(*e.MaxTimestamp))
	}
	r.bytes(expirationChain, []byte(e.Chain.String()))
	r.number(expirationNonce, uint64(e.Nonce))
	if e.Kind == suitx.ExpirationValidity {
		out.Kind = expirationValidity.Enum()
		if p := e.Proposers; p != nil {
			r.bytes(expirationProposers, proposers(p))
		}
	}
	r.addTo(out)
	return out
}

func proposers(p *suitx.AllowedProposers) []byte {
	var r raw
	var packed []byte
	for _, i := range p.Indices {
		packed = protowire.AppendVarint(packed, uint64(i))
	}
	r.number(proposersEpoch, p.Epoch)
	r.bytes(proposersIndices, packed)
	return r
}

// readExpiration reads what a client asks for; without it a transaction has no expiration.
func readExpiration(e *pb.TransactionExpiration) (suitx.Expiration, *connect.Error) {
	switch e.GetKind() {
	case pb.TransactionExpiration_TRANSACTION_EXPIRATION_KIND_UNKNOWN, pb.TransactionExpiration_NONE:
		return suitx.Expiration{}, nil
	case pb.TransactionExpiration_EPOCH:
		return suitx.Expiration{Kind: suitx.ExpirationEpoch, Epoch: e.GetEpoch()}, nil
	case expirationValidDuring:
	default:
		return suitx.Expiration{}, unimplemented("transaction.expiration of kind %d isn't served by the embedded ledger", e.GetKind())
	}
	f := unknown(e)
	out := suitx.Expiration{
		Kind:         suitx.ExpirationValidDuring,
		MinEpoch:     f.optional(expirationMinEpoch),
		MaxEpoch:     e.Epoch,
		MinTimestamp: f.milliseconds(expirationMinTimestamp),
		MaxTimestamp: f.milliseconds(expirationMaxTimestamp),
		Nonce:        uint32(f.numbers[expirationNonce]),
	}
	chain, err := suitx.ParseDigest(string(f.strings[expirationChain]))
	if err != nil {
		return out, invalid("transaction.expiration.chain", "invalid chain: %v", err)
	}
	out.Chain = chain
	return out, nil
}
