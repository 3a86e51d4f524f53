package server

import (
	"fmt"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
)

// blobObject is walrus::blob::Blob as far as the relay needs it.
//
//	id 32 ‖ registered epoch u32 ‖ blob ID u256 ‖ size u64 ‖ encoding u8
//	‖ certified epoch Option<u32> ‖ storage { id 32 ‖ start u32 ‖ end u32 ‖ size u64 } ‖ deletable bool
type blobObject struct {
	id        suitx.Address
	blobID    codec.BlobID
	size      uint64
	end       uint32 // first epoch in which it is no longer stored
	deletable bool
}

func blobOf(o *suitx.Object) (b blobObject, err error) {
	if o == nil || o.Move == nil {
		return b, fmt.Errorf("couldn't read a Blob: the object isn't one")
	}
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(b.id[:])
	r.U32()
	b.blobID = codec.BlobID(r.U256())
	b.size = r.U64()
	r.U8()
	if r.Option() {
		r.U32()
	}
	var storage [32]byte
	r.Fixed(storage[:])
	r.U32()
	b.end = r.U32()
	r.U64()
	b.deletable = r.Bool()
	if err := r.Done(); err != nil {
		return b, fmt.Errorf("couldn't read Blob %s: %w", o.ID(), err)
	}
	return b, nil
}

// wanted is one blob of a register request.
type wanted struct {
	id      codec.BlobID
	root    [32]byte
	size    uint64
	encoded uint64
}

// isIn finds the blob among objects that live long enough and were registered
// the same way.
func (w wanted) isIn(objects []*suitx.Object, end uint32, deletable bool) *suitx.Object {
	for _, o := range objects {
		b, err := blobOf(o)
		if err == nil && b.blobID == w.id && b.size == w.size && b.end >= end && b.deletable == deletable {
			return o
		}
	}
	return nil
}
