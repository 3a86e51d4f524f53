package api

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
)

func randomStatement(r *rand.Rand, blobs, slots int) *Statement {
	s := &Statement{Sequence: r.Uint64(), EndEpoch: r.Uint32()}
	for range blobs {
		s.Blobs = append(s.Blobs, StatementBlob{BlobID: random32(r), Size: r.Uint64()})
	}
	for range slots {
		grant := random32(r)
		s.PutSlot(random32(r), grant[:])
	}
	return s
}

func random32(r *rand.Rand) (b [32]byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestStatementRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range [][2]int{{0, 0}, {1, 1}, {3, 0}, {0, 5}, {2, 127}, {130, 128}} {
		s := randomStatement(r, n[0], n[1])
		b, err := s.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != s.Size() {
			t.Errorf("%v: %d bytes, Size says %d", n, len(b), s.Size())
		}
		got, err := ParseStatement(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, s) {
			t.Errorf("%v: got %+v, want %+v", n, got, s)
		}
	}
}

// The bytes are on the chain and signed: this one statement never changes.
func TestStatementBytesArePinned(t *testing.T) {
	s := &Statement{Sequence: 2, EndEpoch: 0x01020304, Blobs: []StatementBlob{{BlobID: [32]byte{0xaa}, Size: 5}}}
	s.PutSlot([32]byte{9}, []byte("grant"))
	b, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	zeros := hex.EncodeToString(make([]byte, 31))
	hash := GrantHash([]byte("grant"))
	want := "01" + "0200000000000000" + "04030201" + "01" + "aa" + zeros + "0500000000000000" +
		"01" + "09" + zeros + hex.EncodeToString(hash[:])
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := hex.EncodeToString(hash[:]), "3d08287a8a7fc247ea508f442d9876a1c87ba9fa9348bf22286f75cfbdd5935a"; got != want {
		t.Errorf("grant hash is %s, want %s", got, want)
	}
}

func TestStatementSlots(t *testing.T) {
	var s Statement
	for _, b := range []byte{5, 1, 9, 3, 1} {
		s.PutSlot([32]byte{b}, []byte{b})
	}
	if len(s.Slots) != 4 {
		t.Fatalf("%d slots, want 4", len(s.Slots))
	}
	if h, ok := s.GrantHash([32]byte{3}); !ok || h != GrantHash([]byte{3}) {
		t.Error("slot 3 isn't found with its hash")
	}
	s.PutSlot([32]byte{3}, []byte("another"))
	if h, _ := s.GrantHash([32]byte{3}); h != GrantHash([]byte("another")) {
		t.Error("slot 3 kept its former hash")
	}
	if !s.TakeSlot([32]byte{3}) || s.TakeSlot([32]byte{3}) {
		t.Error("slot 3 isn't taken exactly once")
	}
	if _, ok := s.GrantHash([32]byte{3}); ok {
		t.Error("slot 3 is still there")
	}
	if _, err := s.Marshal(); err != nil {
		t.Error(err)
	}
}

func TestBlobsHashBindsCountAndOrder(t *testing.T) {
	a, b := StatementBlob{BlobID: [32]byte{1}, Size: 1}, StatementBlob{BlobID: [32]byte{2}, Size: 2}
	seen := map[[32]byte]bool{}
	for _, blobs := range [][]StatementBlob{nil, {a}, {b}, {a, b}, {b, a}, {a, a}} {
		s := Statement{Blobs: blobs, Sequence: uint64(len(seen))}
		if h := s.BlobsHash(); seen[h] {
			t.Errorf("%v has a hash seen before", blobs)
		} else {
			seen[h] = true
		}
	}
	if (&Statement{Blobs: []StatementBlob{a}}).BlobsHash() != (&Statement{Sequence: 7, Blobs: []StatementBlob{a}}).BlobsHash() {
		t.Error("the hash depends on more than the blobs")
	}
}

func TestParseStatementRefuses(t *testing.T) {
	s := randomStatement(rand.New(rand.NewPCG(3, 4)), 2, 3)
	good, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	slots := len(good) - 3*statementSlotSize
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for name, b := range map[string][]byte{
		"empty":         {},
		"other version": change(func(b []byte) []byte { b[0] = 2; return b }),
		"left over":     append(bytes.Clone(good), 0),
		"long count":    change(func(b []byte) []byte { return append(append(b[:13:13], 0x82, 0x00), good[14:]...) }),
		"huge count": change(func(b []byte) []byte {
			return append(append(b[:13:13], 0xff, 0xff, 0xff, 0xff, 0x0f), good[14:]...)
		}),
		"swapped slots": change(func(b []byte) []byte {
			copy(b[slots:], good[slots+statementSlotSize:slots+2*statementSlotSize])
			copy(b[slots+statementSlotSize:], good[slots:slots+statementSlotSize])
			return b
		}),
		"slot twice": change(func(b []byte) []byte {
			copy(b[slots+statementSlotSize:], good[slots:slots+statementSlotSize])
			return b
		}),
	} {
		if _, err := ParseStatement(b); !errors.Is(err, ErrMalformedStatement) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(good) {
		if _, err := ParseStatement(good[:n]); !errors.Is(err, ErrMalformedStatement) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestStatementTooLarge(t *testing.T) {
	most := (MaxStatement - 16) / statementBlobSize
	s := randomStatement(rand.New(rand.NewPCG(5, 6)), most, 0)
	b, err := s.Marshal()
	if err != nil {
		t.Fatalf("%d blobs: %v", most, err)
	}
	s.Blobs = append(s.Blobs, StatementBlob{}, StatementBlob{})
	if _, err := s.Marshal(); !errors.Is(err, ErrStatementTooLarge) {
		t.Errorf("%d bytes: %v", s.Size(), err)
	}
	if _, err := ParseStatement(append(b, make([]byte, MaxStatement)...)); !errors.Is(err, ErrStatementTooLarge) {
		t.Errorf("parsing: %v", err)
	}
}

func TestMarshalRefusesUnsortedSlots(t *testing.T) {
	s := Statement{Slots: []StatementSlot{{Slot: [32]byte{2}}, {Slot: [32]byte{1}}}}
	if _, err := s.Marshal(); !errors.Is(err, ErrMalformedStatement) {
		t.Errorf("got %v", err)
	}
}

// What ParseStatement takes, Marshal gives back byte for byte: no two encodings
// mean the same statement.
func FuzzStatementRoundTrip(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range [][2]int{{0, 0}, {1, 1}, {2, 3}, {130, 2}} {
		b, err := randomStatement(r, n[0], n[1]).Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(binary.LittleEndian.AppendUint64([]byte{1}, 1<<63))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseStatement(b)
		if err != nil {
			if !errors.Is(err, ErrMalformedStatement) && !errors.Is(err, ErrStatementTooLarge) {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		again, err := s.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}
