package client

import (
	"context"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// register has the relay reserve space for a window and register its blobs, and
// checks that the Blob objects it shows are for these blobs and this parcel's
// address. Asked again, the relay shows the same. What the first pass has read
// counts from then on.
func (s *sending) register(ctx context.Context, blobs []*blob, next mark) error {
	in := api.RegisterRequest{Owner: s.address.String(), Epochs: s.epochs}
	for _, b := range blobs {
		r := api.RegisterBlob{BlobID: b.id.String(), RootHash: b.root[:], Size: uint64(b.size)}
		if b.index == 0 {
			r.First, r.Prefix = true, b.prefix
		}
		in.Blobs = append(in.Blobs, r)
	}
	var out api.RegisterResponse
	if err := s.client.call(ctx, api.PathRegister, in, &out); err != nil {
		return err
	}
	if len(out.Objects) != len(blobs) {
		return fmt.Errorf("the server registered %d of %d blobs", len(out.Objects), len(blobs))
	}
	return s.accept(ctx, blobs, out.Objects, next)
}

// prefixSize is how much of a parcel's first blob the relay looks at.
const prefixSize = 64

// accept checks registered Blob objects and keeps what certifying needs of them.
func (s *sending) accept(ctx context.Context, blobs []*blob, raw [][]byte, next mark) error {
	objects, ends := make([]suitx.ObjectRef, len(blobs)), make([]uint32, len(blobs))
	for i, b := range blobs {
		o, err := suitx.UnmarshalObject(raw[i])
		if err != nil {
			return fmt.Errorf("couldn't read a Blob object: %w", err)
		}
		fields, err := readBlobObject(o, s.net.ids.WalrusPackage)
		if err != nil {
			return err
		}
		if err := s.checkBlob(b, o, fields); err != nil {
			return liar("registered object %s: %w", o.ID(), err)
		}
		if err := s.checkEnd(ctx, fields); err != nil {
			return err
		}
		objects[i], ends[i] = o.Ref(), fields.endEpoch
	}
	s.change(func() {
		s.next = next
		for i, b := range blobs {
			b.object, b.end, b.state = objects[i], ends[i], blobRegistered
		}
	})
	return nil
}

func (s *sending) checkBlob(b *blob, o *suitx.Object, f *blobObject) error {
	encoded, err := s.net.params.EncodedSize(uint64(b.size))
	if err != nil {
		return err
	}
	switch {
	case o.Owner != suitx.Owner{Kind: suitx.AddressOwner, Address: s.address}:
		return fmt.Errorf("its owner is another")
	case f.blobID != b.id:
		return fmt.Errorf("it is for another blob")
	case f.size != uint64(b.size) || f.encoding != encodingRS2:
		return fmt.Errorf("size %d, encoding %d", f.size, f.encoding)
	case f.storageSize < encoded:
		return fmt.Errorf("%d bytes reserved of %d", f.storageSize, encoded)
	case f.deletable != s.deletable:
		return fmt.Errorf("deletable %t", f.deletable)
	case f.certified:
		return fmt.Errorf("it is certified already")
	}
	return nil
}

// checkEnd makes sure that the storage lasts as long as was asked. An epoch may
// have begun since the network was looked at.
func (s *sending) checkEnd(ctx context.Context, f *blobObject) error {
	if f.endEpoch-f.startEpoch != s.epochs || f.startEpoch > f.endEpoch {
		return liar("storage from epoch %d to %d instead of %d epochs", f.startEpoch, f.endEpoch, s.epochs)
	}
	if f.startEpoch > s.now.Load().Epoch {
		if err := s.refresh(ctx); err != nil {
			return err
		}
	}
	// What was registered just before an epoch began is shown again to who asks
	// again; what a wallet bought, however long ago that was.
	if now := s.now.Load().Epoch; f.startEpoch > now || s.paid == nil && f.startEpoch+1 < now {
		return liar("storage begins in epoch %d, now is %d", f.startEpoch, now)
	}
	return nil
}

const encodingRS2 = 1

// blobObject is what walrus::blob::Blob holds:
//
//	id 32 ‖ registered epoch u32 ‖ blob ID u256 ‖ size u64 ‖ encoding u8 ‖ certified epoch Option<u32>
//	‖ storage {id 32 ‖ start epoch u32 ‖ end epoch u32 ‖ size u64} ‖ deletable bool
type blobObject struct {
	blobID               [32]byte
	size                 uint64
	encoding             uint8
	certified            bool
	startEpoch, endEpoch uint32
	storageSize          uint64
	deletable            bool
}

func readBlobObject(o *suitx.Object, walrus suitx.Address) (*blobObject, error) {
	if o.Move == nil || !o.Move.Type.Is(walrus, "blob", "Blob") {
		return nil, liar("object %s is no Blob", o.ID())
	}
	var f blobObject
	var id [32]byte
	r := bcs.NewReader(o.Move.Contents)
	r.Fixed(id[:])
	r.U32() // registered epoch
	f.blobID = r.U256()
	f.size, f.encoding = r.U64(), r.U8()
	if f.certified = r.Option(); f.certified {
		r.U32()
	}
	r.Fixed(id[:])
	f.startEpoch, f.endEpoch, f.storageSize = r.U32(), r.U32(), r.U64()
	f.deletable = r.Bool()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read a Blob object: %w", err)
	}
	return &f, nil
}
