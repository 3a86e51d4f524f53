package rpc

import (
	"reflect"
	"testing"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

func u64(v uint64) *uint64 { return &v }

func TestExpirationRoundTrips(t *testing.T) {
	chain := suitx.Digest{1, 2, 3}
	for _, want := range []suitx.Expiration{
		{},
		{Kind: suitx.ExpirationEpoch, Epoch: 9},
		{Kind: suitx.ExpirationValidDuring, Chain: chain, Nonce: 7},
		{Kind: suitx.ExpirationValidDuring, MinEpoch: u64(0), MaxEpoch: u64(1), MinTimestamp: u64(1_700_000_000_123),
			MaxTimestamp: u64(1), Chain: chain, Nonce: 1 << 31},
	} {
		b, err := proto.Marshal(expiration(want))
		if err != nil {
			t.Fatal(err)
		}
		m := &pb.TransactionExpiration{}
		if err := proto.Unmarshal(b, m); err != nil {
			t.Fatal(err)
		}
		got, failure := readExpiration(m)
		if failure != nil {
			t.Fatal(failure)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestValidityIsToldButNotServed(t *testing.T) {
	e := suitx.Expiration{Kind: suitx.ExpirationValidity, Proposers: &suitx.AllowedProposers{Epoch: 3, Indices: []uint32{1, 300}}}
	m := expiration(e)
	f := unknown(m)
	inner := readFields(f.strings[expirationProposers])
	if m.GetKind() != expirationValidity || inner.numbers[proposersEpoch] != 3 || len(inner.strings[proposersIndices]) != 3 {
		t.Errorf("got %v", m)
	}
	if _, failure := readExpiration(m); failure == nil {
		t.Error("it is served")
	}
}

func TestWithdrawalIsSpelledOut(t *testing.T) {
	in := withdrawal(suitx.FundsWithdrawal{MaxAmount: 5, CoinType: suitx.SUI(), From: suitx.FromSenderAllowance,
		Funder: suitx.Address{1}, Allowance: suitx.Address{2}})
	f := readFields(unknown(in).strings[inputWithdrawal])
	if f.numbers[withdrawalAmount] != 5 || f.numbers[withdrawalSource] != 3 ||
		string(f.strings[withdrawalCoinType]) != suitx.SUI().String() ||
		string(f.strings[withdrawalBy]) != (suitx.Address{2}).String() {
		t.Errorf("got %v", f)
	}
}

func TestReadFieldsLeavesOutWhatIsMalformed(t *testing.T) {
	var r raw
	r.number(1, 5)
	r.bytes(2, []byte("text"))
	f := readFields(append(r, 0xff))
	if f.numbers[1] != 5 || string(f.strings[2]) != "text" {
		t.Errorf("got %v", f)
	}
	readFields([]byte{0x0a, 0xff}) // a length without its bytes
}
