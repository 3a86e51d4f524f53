package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
)

// blobObject is walrus::blob::Blob.
//
//	id 32 ‖ registered epoch u32 ‖ blob ID u256 ‖ size u64 ‖ encoding u8
//	‖ certified epoch Option<u32> ‖ storage ‖ deletable bool
type blobObject struct {
	id         suitx.Address
	registered uint32
	blobID     codec.BlobID
	size       uint64
	encoding   uint8
	certified  *uint32
	storage    storageObject
	deletable  bool
	ref        suitx.ObjectRef
}

// storageObject is walrus::storage_resource::Storage.
//
//	id 32 ‖ start epoch u32 ‖ end epoch u32 ‖ size u64
type storageObject struct {
	id         suitx.Address
	start, end uint32 // end is the first epoch that isn't paid
	size       uint64
	ref        suitx.ObjectRef
}

func readStorage(r *bcs.Reader) storageObject {
	return storageObject{id: r.U256(), start: r.U32(), end: r.U32(), size: r.U64()}
}

func readBlobObject(r *bcs.Reader) (b blobObject) {
	b.id, b.registered, b.blobID = r.U256(), r.U32(), r.U256()
	b.size, b.encoding = r.U64(), r.U8()
	if r.Option() {
		epoch := r.U32()
		b.certified = &epoch
	}
	b.storage, b.deletable = readStorage(r), r.Bool()
	return b
}

func (d *Daemon) blobType() suitx.StructTag {
	return suitx.StructTag{Address: d.cfg.IDs.WalrusPackage, Module: "blob", Name: "Blob"}
}

func (d *Daemon) storageType() suitx.StructTag {
	return suitx.StructTag{Address: d.cfg.IDs.WalrusPackage, Module: "storage_resource", Name: "Storage"}
}

func (d *Daemon) sharedType() suitx.StructTag {
	return suitx.StructTag{Address: d.cfg.IDs.WalrusPackage, Module: "shared_blob", Name: "SharedBlob"}
}

// blobOf reads a Blob, or the Blob in a SharedBlob, whose ID comes before it.
func (d *Daemon) blobOf(o *suitx.Object) (b blobObject, err error) {
	if o == nil || o.Move == nil {
		return b, fmt.Errorf("no object: %w", ErrNotFound)
	}
	r := bcs.NewReader(o.Move.Contents)
	switch {
	case o.Move.Type.Equal(d.blobType()):
		b = readBlobObject(r)
		err = r.Done()
	case o.Move.Type.Equal(d.sharedType()):
		r.U256()
		b = readBlobObject(r)
		err = r.Err()
	default:
		return b, fmt.Errorf("object %s is no Blob: %w", o.ID(), ErrNotFound)
	}
	b.ref = o.Ref()
	return b, err
}

// storageOf reads a Storage object.
func storageOf(o *suitx.Object) (s storageObject, err error) {
	if o == nil || o.Move == nil {
		return s, fmt.Errorf("no object: %w", ErrNotFound)
	}
	r := bcs.NewReader(o.Move.Contents)
	s = readStorage(r)
	s.ref = o.Ref()
	return s, r.Done()
}

func (d *Daemon) object(ctx context.Context, id suitx.Address) (*suitx.Object, error) {
	objects, err := d.cfg.Ledger.Objects(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("couldn't read object %s: %w", id, err)
	}
	if len(objects) != 1 {
		return nil, errors.New("couldn't read an object: the ledger answered others")
	}
	return objects[0], nil
}

func (d *Daemon) blobObject(ctx context.Context, id suitx.Address) (blobObject, error) {
	o, err := d.object(ctx, id)
	if err != nil {
		return blobObject{}, err
	}
	return d.blobOf(o)
}

// attributes reads a blob's Metadata, a dynamic field of its object under
// b"metadata":
//
//	id 32 ‖ key bytes ‖ [{ key string ‖ value string }]
func (d *Daemon) attributes(ctx context.Context, blob suitx.Address) (map[string]string, error) {
	var key bcs.Writer
	key.Bytes([]byte("metadata"))
	o, err := d.object(ctx, suitx.DynamicFieldID(blob, suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8}), key.Data()))
	if err != nil || o == nil || o.Move == nil {
		return nil, err
	}
	r := bcs.NewReader(o.Move.Contents)
	r.U256()
	r.Bytes()
	out := make(map[string]string)
	for range r.Len(2) {
		k := r.String()
		out[k] = r.String()
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read attributes of %s: %w", blob, err)
	}
	return out, nil
}

// headersAllowed are the headers that attributes and tags may set, which are
// those of upstream by default.
var headersAllowed = []string{"Content-Type", "Authorization", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Link"}

// setAttributes sets headers that aren't there yet. Names count in any case, the
// first in the order of bytes if they differ in that alone; what can't stand in a
// header is left out, and so are types of several parts, each of which would bring
// headers of its own.
func setAttributes(h http.Header, attributes map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(attributes)) {
		v, name := attributes[k], http.CanonicalHeaderKey(k)
		bad := strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c >= 0x7f })
		bad = bad || name == "Content-Type" && strings.Contains(strings.ToLower(v), "multipart/")
		if slices.Contains(headersAllowed, name) && !bad && h.Get(name) == "" {
			h.Set(name, v)
		}
	}
}
