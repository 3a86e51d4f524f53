package rpc

import (
	"time"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// Fields and values of sui.rpc.v2 that sui-go-sdk's messages lack. They travel
// as unknown fields, by number; jsonCodec gives them their names.
const (
	inputFundsWithdrawal = pb.Input_InputKind(5)
	inputMutability      = 7
	inputWithdrawal      = 8

	withdrawalAmount   = 1
	withdrawalCoinType = 2
	withdrawalSource   = 3
	withdrawalFunder   = 4
	withdrawalBy       = 5

	expirationValidDuring  = pb.TransactionExpiration_TransactionExpirationKind(3)
	expirationValidity     = pb.TransactionExpiration_TransactionExpirationKind(4)
	expirationMinEpoch     = 3
	expirationMinTimestamp = 4
	expirationMaxTimestamp = 5
	expirationChain        = 6
	expirationNonce        = 7
	expirationProposers    = 8

	proposersEpoch   = 1
	proposersIndices = 2

	balanceOfAddress = 4
	balanceOfCoins   = 5

	eventCheckpoint       = 7
	eventTransaction      = 8
	eventTransactionIndex = 9
	eventIndex            = 10

	transactionIndex = 10
)

// raw builds a message by number.
type raw []byte

func (r *raw) number(field protowire.Number, v uint64) {
	*r = protowire.AppendVarint(protowire.AppendTag(*r, field, protowire.VarintType), v)
}

func (r *raw) bytes(field protowire.Number, b []byte) {
	*r = protowire.AppendBytes(protowire.AppendTag(*r, field, protowire.BytesType), b)
}

// addTo appends the fields to m.
func (r raw) addTo(m proto.Message) {
	x := m.ProtoReflect()
	x.SetUnknown(append(append([]byte{}, x.GetUnknown()...), r...))
}

// fields are a message's fields by number, the last one of each.
type fields struct {
	numbers map[protowire.Number]uint64
	strings map[protowire.Number][]byte
}

// readFields reads what it can; a malformed rest is left out.
func readFields(b []byte) fields {
	f := fields{map[protowire.Number]uint64{}, map[protowire.Number][]byte{}}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return f
		}
		b = b[n:]
		switch typ {
		case protowire.VarintType:
			f.numbers[num], n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.strings[num], n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return f
		}
		b = b[n:]
	}
	return f
}

func unknown(m proto.Message) fields { return readFields(m.ProtoReflect().GetUnknown()) }

func (f fields) optional(field protowire.Number) *uint64 {
	if v, ok := f.numbers[field]; ok {
		return &v
	}
	return nil
}

// milliseconds reads a google.protobuf.Timestamp.
func (f fields) milliseconds(field protowire.Number) *uint64 {
	b, ok := f.strings[field]
	if !ok {
		return nil
	}
	t := readFields(b)
	v := t.numbers[1]*1000 + t.numbers[2]/1e6
	return &v
}

func timestamp(ms uint64) []byte {
	var r raw
	r.number(1, ms/1000)
	r.number(2, ms%1000*uint64(time.Millisecond))
	return r
}

func setMutability(in *pb.Input, mutable bool) {
	var r raw
	if mutable {
		r.number(inputMutability, 2)
	} else {
		r.number(inputMutability, 1)
	}
	r.addTo(in)
}

func withdrawal(f suitx.FundsWithdrawal) *pb.Input {
	var inner, r raw
	inner.number(withdrawalAmount, f.MaxAmount)
	inner.bytes(withdrawalCoinType, []byte(f.CoinType.String()))
	inner.number(withdrawalSource, uint64(f.From)+1)
	if f.From == suitx.FromSenderAllowance {
		inner.bytes(withdrawalFunder, []byte(f.Funder.String()))
		inner.bytes(withdrawalBy, []byte(f.Allowance.String()))
	}
	r.bytes(inputWithdrawal, inner)
	in := &pb.Input{Kind: inputFundsWithdrawal.Enum()}
	r.addTo(in)
	return in
}

func balance(coinType string, total uint64) *pb.Balance {
	out := &pb.Balance{CoinType: &coinType, Balance: &total}
	var r raw
	r.number(balanceOfAddress, 0)
	r.number(balanceOfCoins, total)
	r.addTo(out)
	return out
}
