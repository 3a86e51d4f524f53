package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// eventsModule is walrus::events.
type eventsModule struct {
	*move.Module
	registered, certified, deleted, invalid *move.Struct
	started, done, selected, prices         *move.Struct
}

func (x *walrus) declareEvents(p *move.Package) {
	m := &eventsModule{Module: p.Module("events")}
	x.events = m
	epoch, blob := move.Field{Name: "epoch", Type: move.U32}, move.Field{Name: "blob_id", Type: move.U256}
	end, deletable := move.Field{Name: "end_epoch", Type: move.U32}, move.Field{Name: "deletable", Type: move.Bool}
	object := move.Field{Name: "object_id", Type: x.f.id.Of()}
	event := func(name string, fields ...move.Field) *move.Struct {
		return m.Struct(name, move.Copy|move.Drop, fields...)
	}
	m.registered = event("BlobRegistered", epoch, blob, move.Field{Name: "size", Type: move.U64},
		move.Field{Name: "encoding_type", Type: move.U8}, end, deletable, object)
	m.certified = event("BlobCertified", epoch, blob, end, deletable, object,
		move.Field{Name: "is_extension", Type: move.Bool})
	m.deleted = event("BlobDeleted", epoch, blob, end, object, move.Field{Name: "was_certified", Type: move.Bool})
	m.invalid = event("InvalidBlobID", epoch, blob)
	m.started = event("EpochChangeStart", epoch)
	m.done = event("EpochChangeDone", epoch)
	m.selected = event("EpochParametersSelected", move.Field{Name: "next_epoch", Type: move.U32})
	m.prices = event("PricesUpdated", epoch, move.Field{Name: "storage_price", Type: move.U64},
		move.Field{Name: "write_price", Type: move.U64})
}

func (m *eventsModule) emitRegistered(c *move.Call, b *Blob) {
	c.Emit(m.registered, func(w *bcs.Writer) {
		w.U32(b.RegisteredEpoch)
		w.U256(b.BlobID)
		w.U64(b.Size)
		w.U8(b.Encoding)
		w.U32(b.Storage.End)
		w.Bool(b.Deletable)
		writeAddress(w, b.ID)
	})
}

func (m *eventsModule) emitCertified(c *move.Call, b *Blob, extension bool) {
	c.Emit(m.certified, func(w *bcs.Writer) {
		w.U32(*b.CertifiedEpoch)
		w.U256(b.BlobID)
		w.U32(b.Storage.End)
		w.Bool(b.Deletable)
		writeAddress(w, b.ID)
		w.Bool(extension)
	})
}

func (m *eventsModule) emitDeleted(c *move.Call, epoch uint32, b *Blob) {
	c.Emit(m.deleted, func(w *bcs.Writer) {
		w.U32(epoch)
		w.U256(b.BlobID)
		w.U32(b.Storage.End)
		writeAddress(w, b.ID)
		w.Bool(b.CertifiedEpoch != nil)
	})
}

// emitEpoch emits an event that holds an epoch alone.
func (m *eventsModule) emitEpoch(c *move.Call, s *move.Struct, epoch uint32) {
	c.Emit(s, func(w *bcs.Writer) { w.U32(epoch) })
}

func (m *eventsModule) emitPrices(c *move.Call, epoch uint32, storage, write uint64) {
	c.Emit(m.prices, func(w *bcs.Writer) {
		w.U32(epoch)
		w.U64(storage)
		w.U64(write)
	})
}

func (m *eventsModule) emitInvalid(c *move.Call, epoch uint32, blob [32]byte) {
	c.Emit(m.invalid, func(w *bcs.Writer) {
		w.U32(epoch)
		w.U256(blob)
	})
}

// objectID returns the ID of the object that is argument i.
func objectID(c *move.Call, i int) suitx.Address { return suitx.Address(c.Args[i][:32]) }
