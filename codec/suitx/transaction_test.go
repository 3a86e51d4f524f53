package suitx

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"runtime"
	"testing"

	"floe/codec/bcs"
)

func fill(n byte) (b [32]byte) {
	for i := range b {
		b[i] = n
	}
	return b
}

func testRef(n byte) ObjectRef {
	return ObjectRef{ID: fill(n), Version: 1000 + uint64(n), Digest: fill(n)}
}

// The builder makes what the SDK's builder made of the same calls.
func TestBuilderEqualsSDK(t *testing.T) {
	want := readVectors(t).Transactions["built"]
	var b Builder
	system := b.Shared(fill(0x22), 7, false)
	wal := b.Object(testRef(0x11))
	part := b.Split(wal, 500)
	u256 := [32]byte{0: 1, 31: 0x80}
	blob := b.Call(fill(0xaa), "system", "register_blob", b.Shared(fill(0x22), 7, true),
		b.U256(u256), b.U32(9), b.Bool(true), b.Bytes([]byte{1, 2, 3}), b.Text("größe"), part, b.Object(testRef(0x11)))
	b.Transfer(fill(0x66), blob)
	tx, err := b.Build(want.Sender)
	if err != nil {
		t.Fatal(err)
	}
	tx.Gas = GasData{Payment: []ObjectRef{testRef(0x44)}, Owner: fill(0x55), Price: 1000, Budget: 2000000}
	tx.Expiration = Expiration{Kind: ExpirationEpoch, Epoch: 3}
	if !bytes.Equal(tx.Marshal(), want.BCS) {
		t.Errorf("built\n%x, not\n%x", tx.Marshal(), want.BCS)
	}
	if system != (Argument{Kind: ArgInput}) || len(tx.Inputs) != 9 {
		t.Errorf("%d inputs, the shared object is %+v", len(tx.Inputs), system)
	}
}

// Every variant stands for what the generator wrote there.
func TestTransactionMeaning(t *testing.T) {
	tx, err := UnmarshalTransactionData(readVectors(t).Transactions["validity"].BCS)
	if err != nil {
		t.Fatal(err)
	}
	pure, _ := base64.StdEncoding.DecodeString("AQIDBA==")
	shared := ObjectRef{ID: fill(0x23), Version: 8}
	switch {
	case !bytes.Equal(tx.Inputs[0].Pure, pure), tx.Inputs[2].Object.Ref != testRef(0x11),
		!tx.Inputs[3].Object.Mutable, tx.Inputs[4].Object != ObjectArg{Kind: Shared, Ref: shared},
		tx.Inputs[5].Object.Kind != Receiving, tx.Inputs[8].Withdrawal.Allowance != fill(2),
		tx.Inputs[7].Withdrawal.From != FromSponsor, tx.Inputs[6].Withdrawal.MaxAmount != 5:
		t.Errorf("inputs are %+v", tx.Inputs)
	}
	call := tx.Commands[0].(*MoveCall)
	if call.Package != fill(0xaa) || call.Module != "parcel" || call.Function != "create" || len(call.TypeArgs) != 9 ||
		call.Args[2] != (Argument{ArgNestedResult, 2, 3}) || call.Args[3] != GasCoin {
		t.Errorf("call is %+v", call)
	}
	vec, upgrade := tx.Commands[7].(*MakeMoveVec), tx.Commands[8].(*Upgrade)
	if vec.Type.Kind != TypeU64 || tx.Commands[6].(*MakeMoveVec).Type != nil || upgrade.Package != fill(0xbb) {
		t.Errorf("commands are %+v, %+v", vec, upgrade)
	}
	e := tx.Expiration
	if *e.MinEpoch != 1 || e.MaxEpoch != nil || *e.MaxTimestamp != 4 || e.Nonce != 77 || e.Chain != fill(9) ||
		e.Proposers.Epoch != 5 || e.Proposers.Indices[2] != 300 {
		t.Errorf("expiration is %+v", e)
	}
}

func TestBuilderRefusesOneObjectInTwoWays(t *testing.T) {
	var b Builder
	b.Object(testRef(1))
	b.Shared(fill(1), 7, true)
	if _, err := b.Build(fill(9)); err == nil {
		t.Error("an object was both owned and shared")
	}
}

func TestProposersAscend(t *testing.T) {
	for _, indices := range [][]uint32{nil, {2, 2}, {3, 1}} {
		tx := TransactionData{Expiration: Expiration{Kind: ExpirationValidity, Proposers: &AllowedProposers{Indices: indices}}}
		if _, err := UnmarshalTransactionData(tx.Marshal()); !errors.Is(err, bcs.ErrMalformed) {
			t.Errorf("proposers %v: %v", indices, err)
		}
	}
}

func TestSignAndVerify(t *testing.T) {
	v := readVectors(t)
	tx := v.Transactions["epoch"]
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	if got := SignTransaction(key, tx.BCS); !bytes.Equal(got, tx.Signature) {
		t.Errorf("signature is %x, not %x", got, tx.Signature)
	}
	if AddressOf(key.Public().(ed25519.PublicKey)) != tx.Sender {
		t.Error("address differs")
	}
	flipped := bytes.Clone(tx.Signature)
	flipped[9] ^= 1
	for name, c := range map[string]struct {
		sig    []byte
		signer Address
		want   error
	}{
		"another signer":        {tx.Signature, fill(1), ErrBadSignature},
		"another transaction's": {v.Transactions["none"].Signature, tx.Sender, ErrBadSignature},
		"flipped bit":           {flipped, tx.Sender, ErrBadSignature},
		"cut":                   {tx.Signature[:96], tx.Sender, ErrBadSignature},
		"longer":                {append(bytes.Clone(tx.Signature), 0), tx.Sender, ErrBadSignature},
		"empty":                 {nil, tx.Sender, ErrBadSignature},
		"personal message":      {v.Personal, tx.Sender, ErrBadSignature},
		"secp256k1":             {v.Secp256k1, tx.Sender, ErrBadSignature},
		"zkLogin":               {[]byte{SchemeZkLogin, 1}, tx.Sender, ErrUnsupportedScheme},
		"unknown flag":          {[]byte{99}, tx.Sender, ErrUnsupportedScheme},
	} {
		if err := VerifyTransaction(tx.BCS, c.sig, c.signer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnmarshalRefusesTooLong: many small inputs would take hundreds of times
// their length in memory.
func TestUnmarshalRefusesTooLong(t *testing.T) {
	long := append([]byte{0, 0, 0x80, 0x80, 0x80, 0x01}, make([]byte, 4<<20)...)
	for name, read := range map[string]func([]byte) (*TransactionData, error){
		"transaction": UnmarshalTransactionData, "kind": func(b []byte) (*TransactionData, error) { return UnmarshalKind(b[1:]) },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := read(long); !errors.Is(err, bcs.ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		if took > 64<<10 {
			t.Errorf("%s: refusing took %d bytes", name, took)
		}
	}
}
