package walrus

import (
	"errors"
	"fmt"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
)

// Blob is walrus::blob::Blob.
//
//	id 32 ‖ registered epoch u32 ‖ blob ID u256 ‖ size u64 ‖ encoding u8
//	‖ certified epoch Option<u32> ‖ storage { id 32 ‖ start u32 ‖ end u32 ‖ size u64 } ‖ deletable bool
type Blob struct {
	ID          suitx.Address
	BlobID      codec.BlobID
	Size        uint64
	Encoding    uint8
	Certified   bool
	Start, End  uint32 // epochs; End is the first in which it is no longer stored
	StorageSize uint64
	Deletable   bool
}

// ParseBlob reads a Blob object. Its type is the caller's to check.
func ParseBlob(o *suitx.Object) (b Blob, err error) {
	if o == nil || o.Move == nil {
		return b, errors.New("couldn't read a Blob: the object isn't one")
	}
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(b.ID[:])
	r.U32()
	b.BlobID = codec.BlobID(r.U256())
	b.Size, b.Encoding = r.U64(), r.U8()
	if b.Certified = r.Option(); b.Certified {
		r.U32()
	}
	var storage [32]byte
	r.Fixed(storage[:])
	b.Start, b.End, b.StorageSize = r.U32(), r.U32(), r.U64()
	b.Deletable = r.Bool()
	if err := r.Done(); err != nil {
		return b, fmt.Errorf("couldn't read Blob %s: %w", o.ID(), err)
	}
	return b, nil
}

// BlobType is the type of Blob objects; types is the package that defined it
// first, whatever is called today.
func BlobType(types suitx.Address) suitx.StructTag {
	return suitx.StructTag{Address: types, Module: "blob", Name: "Blob"}
}

// Wanted is a blob that is to be registered.
type Wanted struct {
	ID      codec.BlobID
	Root    [32]byte
	Size    uint64
	Encoded uint64 // what is paid for
}

// Want says what a blob of that ID takes.
func Want(id codec.BlobID, root [32]byte, size uint64, p codec.Params) (Wanted, error) {
	encoded, err := p.EncodedSize(size)
	return Wanted{ID: id, Root: root, Size: size, Encoded: encoded}, err
}

// In finds the blob among objects that live long enough and were registered the
// same way; nil if it isn't there.
func (w Wanted) In(objects []*suitx.Object, end uint32, deletable bool) *suitx.Object {
	for _, o := range objects {
		b, err := ParseBlob(o)
		if err == nil && b.BlobID == w.ID && b.Size == w.Size && b.End >= end && b.Deletable == deletable {
			return o
		}
	}
	return nil
}

// Missing returns those of the blobs that aren't among objects.
func Missing(blobs []Wanted, objects []*suitx.Object, end uint32, deletable bool) (missing []Wanted) {
	for _, w := range blobs {
		if w.In(objects, end, deletable) == nil {
			missing = append(missing, w)
		}
	}
	return missing
}
