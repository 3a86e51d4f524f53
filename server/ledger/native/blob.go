package native

import (
	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that walrus::blob aborts with.
const (
	blobNotCertified       = 0
	blobNotDeletable       = 1
	blobResourceBounds     = 2
	blobResourceSize       = 3
	blobAlreadyCertified   = 5
	blobInvalidID          = 6
	blobDuplicateMetadata  = 7
	blobMissingMetadata    = 8
	blobInvalidPersistence = 9
	blobInvalidObject      = 10
)

// Blob is walrus::blob::Blob.
type Blob struct {
	ID              suitx.Address
	RegisteredEpoch uint32
	BlobID          [32]byte
	Size            uint64 // unencoded
	Encoding        uint8
	CertifiedEpoch  *uint32
	Storage         Storage
	Deletable       bool
}

func (v *Blob) Read(r *bcs.Reader) {
	v.ID, v.RegisteredEpoch, v.BlobID, v.Size, v.Encoding = readAddress(r), r.U32(), r.U256(), r.U64(), r.U8()
	if r.Option() {
		epoch := r.U32()
		v.CertifiedEpoch = &epoch
	}
	v.Storage.Read(r)
	v.Deletable = r.Bool()
}

func (v *Blob) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U32(v.RegisteredEpoch)
	w.U256(v.BlobID)
	w.U64(v.Size)
	w.U8(v.Encoding)
	w.Option(v.CertifiedEpoch != nil)
	if v.CertifiedEpoch != nil {
		w.U32(*v.CertifiedEpoch)
	}
	v.Storage.Write(w)
	w.Bool(v.Deletable)
}

type blobModule struct {
	*move.Module
	x    *walrus
	blob *move.Struct
}

func (x *walrus) declareBlob(p *move.Package) {
	m := &blobModule{Module: p.Module("blob"), x: x}
	x.blob = m
	m.blob = m.Struct("Blob", move.Key|move.Store, x.id(),
		move.Field{Name: "registered_epoch", Type: move.U32}, move.Field{Name: "blob_id", Type: move.U256},
		move.Field{Name: "size", Type: move.U64}, move.Field{Name: "encoding_type", Type: move.U8},
		move.Field{Name: "certified_epoch", Type: x.f.option.Of(move.U32)},
		move.Field{Name: "storage", Type: x.storage.storage.Of()}, move.Field{Name: "deletable", Type: move.Bool})
	m.Struct("BlobIdDerivation", move.Drop, move.Field{Name: "encoding_type", Type: move.U8},
		move.Field{Name: "size", Type: move.U64}, move.Field{Name: "root_hash", Type: move.U256})
	m.declareViews()
	m.declareAttributes()
	m.Func("burn", move.Params(move.Val(m.blob.Of())), nil, func(c *move.Call) error {
		b := m.get(c, 0)
		if err := m.dropMetadata(c, b.ID); err != nil {
			return err
		}
		c.State.DeleteID(b.ID)
		c.State.DeleteID(b.Storage.ID)
		return nil
	})
}

func (m *blobModule) declareViews() {
	self := m.blob.Of()
	view := func(name string, t move.Type, write func(*bcs.Writer, *Blob)) {
		m.Func(name, move.Params(move.Imm(self)), move.Returns(move.Val(t)), func(c *move.Call) error {
			b := m.get(c, 0)
			c.ReturnWith(func(w *bcs.Writer) { write(w, b) })
			return nil
		})
	}
	view("object_id", m.x.f.id.Of(), func(w *bcs.Writer, b *Blob) { writeAddress(w, b.ID) })
	view("registered_epoch", move.U32, func(w *bcs.Writer, b *Blob) { w.U32(b.RegisteredEpoch) })
	view("blob_id", move.U256, func(w *bcs.Writer, b *Blob) { w.U256(b.BlobID) })
	view("size", move.U64, func(w *bcs.Writer, b *Blob) { w.U64(b.Size) })
	view("encoding_type", move.U8, func(w *bcs.Writer, b *Blob) { w.U8(b.Encoding) })
	m.Func("certified_epoch", move.Params(move.Imm(self)), move.Returns(move.Imm(m.x.f.option.Of(move.U32))), nil)
	m.Func("storage", move.Params(move.Imm(self)), move.Returns(move.Imm(m.x.storage.storage.Of())), nil)
	view("is_deletable", move.Bool, func(w *bcs.Writer, b *Blob) { w.Bool(b.Deletable) })
	view("end_epoch", move.U32, func(w *bcs.Writer, b *Blob) { w.U32(b.Storage.End) })
	m.Func("encoded_size", move.Params(move.Imm(self), move.Val(move.U16)), move.Returns(move.Val(move.U64)), func(c *move.Call) error {
		b := m.get(c, 0)
		n, err := m.x.encodedLength(b.Size, b.Encoding, c.U16(1))
		if err == nil {
			c.ReturnU64(n)
		}
		return err
	})
	m.Func("derive_blob_id", move.Params(move.Val(move.U256), move.Val(move.U8), move.Val(move.U64)),
		move.Returns(move.Val(move.U256)), func(c *move.Call) error {
			id := DeriveBlobID(c.U256(0), c.U8(1), c.U64(2))
			c.ReturnBytes(id[:])
			return nil
		})
}

func (m *blobModule) get(c *move.Call, i int) *Blob {
	b := &Blob{}
	c.Get(i, b)
	return b
}

// DeriveBlobID is BLAKE2b-256 of encoding type, size and root hash.
func DeriveBlobID(root [32]byte, encoding uint8, size uint64) [32]byte {
	var w bcs.Writer
	w.U8(encoding)
	w.U64(size)
	w.U256(root)
	return blake2b.Sum256(w.Data())
}

// create gives b, whose other fields are set, its ID and registers it.
func (m *blobModule) create(c *move.Call, b *Blob, root [32]byte, n uint16) error {
	b.ID = c.State.NewID()
	if b.RegisteredEpoch < b.Storage.Start || b.RegisteredEpoch >= b.Storage.End {
		return m.Abort("new", blobResourceBounds)
	}
	size, err := m.x.encodedLength(b.Size, b.Encoding, n)
	if err != nil {
		return err
	}
	if size > b.Storage.Size {
		return m.Abort("new", blobResourceSize)
	}
	if DeriveBlobID(root, b.Encoding, b.Size) != b.BlobID {
		return m.Abort("new", blobInvalidID)
	}
	m.x.events.emitRegistered(c, b)
	return nil
}

func (m *blobModule) certify(c *move.Call, b *Blob, epoch uint32, msg *blobMessage) error {
	const function = "certify_with_certified_msg"
	if b.BlobID != msg.blobID {
		return m.Abort(function, blobInvalidID)
	}
	if b.CertifiedEpoch != nil {
		return m.Abort(function, blobAlreadyCertified)
	}
	if epoch >= b.Storage.End {
		return m.Abort(function, blobResourceBounds)
	}
	if b.Deletable != msg.deletable {
		return m.Abort(function, blobInvalidPersistence)
	}
	if b.Deletable && b.ID != msg.objectID {
		return m.Abort(function, blobInvalidObject)
	}
	b.CertifiedEpoch = &epoch
	m.x.events.emitCertified(c, b, false)
	return nil
}

func (m *blobModule) assertCertifiedNotExpired(b *Blob, epoch uint32) error {
	if b.CertifiedEpoch == nil {
		return m.Abort("assert_certified_not_expired", blobNotCertified)
	}
	if epoch >= b.Storage.End {
		return m.Abort("assert_certified_not_expired", blobResourceBounds)
	}
	return nil
}

// delete ends a blob and gives its storage back.
func (m *blobModule) delete(c *move.Call, b *Blob, epoch uint32) error {
	if err := m.dropMetadata(c, b.ID); err != nil {
		return err
	}
	if !b.Deletable {
		return m.Abort("delete", blobNotDeletable)
	}
	if b.Storage.End <= epoch {
		return m.Abort("delete", blobResourceBounds)
	}
	c.State.DeleteID(b.ID)
	m.x.events.emitDeleted(c, epoch, b)
	c.Return(&b.Storage)
	return nil
}

func (m *blobModule) extendWithResource(c *move.Call, b *Blob, extension *Storage, epoch uint32) error {
	if err := m.assertCertifiedNotExpired(b, epoch); err != nil {
		return err
	}
	if extension.End <= b.Storage.End {
		return m.Abort("extend_with_resource", blobResourceBounds)
	}
	if err := m.x.storage.fusePeriods(c, &b.Storage, extension); err != nil {
		return err
	}
	m.x.events.emitCertified(c, b, true)
	return nil
}
