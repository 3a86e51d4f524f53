package walrus

import (
	"testing"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// The figures of Walrus' own documentation: 17 bytes at n = 1000 take
// 66,034,000 bytes of storage, which cost 132,300 FROST when they were written.
func TestPriceIsWalrusOwn(t *testing.T) {
	p, err := codec.NewParams(1000)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Want(codec.BlobID{1}, [32]byte{2}, 17, p)
	if err != nil || w.Encoded != 66_034_000 {
		t.Fatalf("17 bytes take %d, %v", w.Encoded, err)
	}
	com := &api.Committee{StoragePrice: 100, WritePrice: 2000}
	if got := Price([]Wanted{w}, com, 1); got != 132_300 {
		t.Errorf("they cost %d, want 132,300", got)
	}
	if got := Price([]Wanted{w, w}, com, 10); got != 2*63*3000 {
		t.Errorf("two for ten epochs cost %d", got)
	}
}

func TestMissing(t *testing.T) {
	p, _ := codec.NewParams(26)
	w, _ := Want(codec.BlobID{1}, [32]byte{}, 100, p)
	object := func(change func(*Blob)) *suitx.Object {
		b := Blob{BlobID: w.ID, Size: w.Size, Encoding: encodingRS2, Start: 1, End: 9, StorageSize: w.Encoded, Deletable: true}
		change(&b)
		return blobObject(b)
	}
	for name, c := range map[string]struct {
		change  func(*Blob)
		missing int
	}{
		"as asked":       {func(*Blob) {}, 0},
		"longer":         {func(b *Blob) { b.End = 20 }, 0},
		"certified":      {func(b *Blob) { b.Certified = true }, 0},
		"shorter":        {func(b *Blob) { b.End = 8 }, 1},
		"permanent":      {func(b *Blob) { b.Deletable = false }, 1},
		"another blob":   {func(b *Blob) { b.BlobID = codec.BlobID{2} }, 1},
		"of other bytes": {func(b *Blob) { b.Size++ }, 1},
	} {
		if got := Missing([]Wanted{w}, []*suitx.Object{nil, object(c.change)}, 9, true); len(got) != c.missing {
			t.Errorf("%s: %d missing, want %d", name, len(got), c.missing)
		}
	}
}

// blobObject is what ParseBlob reads.
func blobObject(b Blob) *suitx.Object {
	var w bcs.Writer
	w.Fixed(b.ID[:])
	w.U32(b.Start)
	w.U256(b.BlobID)
	w.U64(b.Size)
	w.U8(b.Encoding)
	w.Option(b.Certified)
	if b.Certified {
		w.U32(b.Start)
	}
	w.Fixed(make([]byte, 32))
	w.U32(b.Start)
	w.U32(b.End)
	w.U64(b.StorageSize)
	w.Bool(b.Deletable)
	return &suitx.Object{Move: &suitx.MoveObject{Contents: w.Data()}}
}
