package api

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
)

// Statement is a parcel's whole state as its sender signed it: it is a pure
// argument of the transaction that created or last changed the parcel. The Move
// package parses the same bytes and refuses what [ParseStatement] refuses.
//
//	version u8 = 1 ‖ sequence u64 ‖ end epoch u32
//	‖ blobs vector<{blob ID 32, size u64}>
//	‖ slots vector<{slot 32, hash of the grant 32}>      (BCS: integers little-endian, lengths ULEB128)
//
// Slots stand strictly ascending, so that one state has one encoding.
type Statement struct {
	Sequence uint64          // 0 at creation, one more with each change
	EndEpoch uint32          // Walrus epoch in which the blobs are no longer stored
	Blobs    []StatementBlob // in the order of the ciphertext
	Slots    []StatementSlot // strictly ascending by Slot
}

// StatementBlob is one blob of the parcel.
type StatementBlob struct {
	BlobID [32]byte
	Size   uint64 // unencoded
}

// StatementSlot binds the grant that stands in a slot.
type StatementSlot struct {
	Slot      [32]byte
	GrantHash [32]byte // see [GrantHash]
}

const (
	statementVersion  = 1
	statementBlobSize = 32 + 8
	statementSlotSize = 32 + 32
)

// ErrMalformedStatement says that bytes are no statement, or not the only
// encoding of one. ErrStatementTooLarge says that it exceeds MaxStatement.
var (
	ErrMalformedStatement = errors.New("malformed statement")
	ErrStatementTooLarge  = fmt.Errorf("statement exceeds %d bytes", MaxStatement)
)

// GrantHash is what a statement says of a grant: its blake2b256.
func GrantHash(grant []byte) [32]byte { return blake2b.Sum256(grant) }

// PutSlot enters the grant's hash for slot, in its place or in the stead of the
// former one.
func (s *Statement) PutSlot(slot [32]byte, grant []byte) {
	i, found := s.find(slot)
	if !found {
		s.Slots = slices.Insert(s.Slots, i, StatementSlot{Slot: slot})
	}
	s.Slots[i].GrantHash = GrantHash(grant)
}

// TakeSlot removes slot and says whether it was there.
func (s *Statement) TakeSlot(slot [32]byte) bool {
	i, found := s.find(slot)
	if found {
		s.Slots = slices.Delete(s.Slots, i, i+1)
	}
	return found
}

// GrantHash returns the hash that stands for slot.
func (s *Statement) GrantHash(slot [32]byte) (hash [32]byte, ok bool) {
	i, found := s.find(slot)
	if !found {
		return hash, false
	}
	return s.Slots[i].GrantHash, true
}

func (s *Statement) find(slot [32]byte) (int, bool) {
	return slices.BinarySearchFunc(s.Slots, slot, func(e StatementSlot, slot [32]byte) int {
		return bytes.Compare(e.Slot[:], slot[:])
	})
}

// BlobsHash binds count and order of the blobs: blake2b256 over the BCS of the
// vector. Grants repeat it.
func (s *Statement) BlobsHash() [32]byte {
	var w bcs.Writer
	s.writeBlobs(&w)
	return blake2b.Sum256(w.Data())
}

// Size is the length of the encoding.
func (s *Statement) Size() int {
	return 1 + 8 + 4 + ulebSize(len(s.Blobs)) + statementBlobSize*len(s.Blobs) +
		ulebSize(len(s.Slots)) + statementSlotSize*len(s.Slots)
}

// Marshal returns the encoding, or an error if the slots don't ascend or the
// encoding would exceed MaxStatement.
func (s *Statement) Marshal() ([]byte, error) {
	if s.Size() > MaxStatement {
		return nil, ErrStatementTooLarge
	}
	if err := s.checkOrder(); err != nil {
		return nil, err
	}
	var w bcs.Writer
	w.U8(statementVersion)
	w.U64(s.Sequence)
	w.U32(s.EndEpoch)
	s.writeBlobs(&w)
	bcs.WriteSeq(&w, s.Slots, func(w *bcs.Writer, e StatementSlot) {
		w.Fixed(e.Slot[:])
		w.Fixed(e.GrantHash[:])
	})
	return w.Data(), nil
}

func (s *Statement) writeBlobs(w *bcs.Writer) {
	bcs.WriteSeq(w, s.Blobs, func(w *bcs.Writer, b StatementBlob) {
		w.Fixed(b.BlobID[:])
		w.U64(b.Size)
	})
}

// ParseStatement reads a statement. Errors are ErrStatementTooLarge, else they
// wrap ErrMalformedStatement.
func ParseStatement(b []byte) (*Statement, error) {
	if len(b) > MaxStatement {
		return nil, ErrStatementTooLarge
	}
	r := bcs.NewReader(b)
	if v := r.U8(); r.Err() == nil && v != statementVersion {
		return nil, fmt.Errorf("%w: version %d", ErrMalformedStatement, v)
	}
	s := &Statement{Sequence: r.U64(), EndEpoch: r.U32()}
	s.Blobs = bcs.ReadSeq(r, statementBlobSize, func(r *bcs.Reader) (b StatementBlob) {
		r.Fixed(b.BlobID[:])
		b.Size = r.U64()
		return b
	})
	s.Slots = bcs.ReadSeq(r, statementSlotSize, func(r *bcs.Reader) (e StatementSlot) {
		r.Fixed(e.Slot[:])
		r.Fixed(e.GrantHash[:])
		return e
	})
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedStatement, err)
	}
	if err := s.checkOrder(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Statement) checkOrder() error {
	for i := 1; i < len(s.Slots); i++ {
		if bytes.Compare(s.Slots[i-1].Slot[:], s.Slots[i].Slot[:]) >= 0 {
			return fmt.Errorf("%w: slot %d doesn't follow the one before it", ErrMalformedStatement, i)
		}
	}
	return nil
}

func ulebSize(n int) int {
	size := 1
	for n >= 0x80 {
		n >>= 7
		size++
	}
	return size
}
