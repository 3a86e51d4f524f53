package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that walrus::storage_resource aborts with.
const (
	storageInvalidEpoch       = 0
	storageIncompatibleEpochs = 1
	storageIncompatibleAmount = 2
	storageInvalidEpochRange  = 3
)

// Storage is walrus::storage_resource::Storage: space from an epoch up to, but without, another.
type Storage struct {
	ID         suitx.Address
	Start, End uint32
	Size       uint64
}

func (v *Storage) Read(r *bcs.Reader) {
	v.ID, v.Start, v.End, v.Size = readAddress(r), r.U32(), r.U32(), r.U64()
}

func (v *Storage) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.U32(v.Start)
	w.U32(v.End)
	w.U64(v.Size)
}

type storageModule struct {
	*move.Module
	storage *move.Struct
}

func (x *walrus) declareStorage(p *move.Package) {
	m := &storageModule{Module: p.Module("storage_resource")}
	x.storage = m
	m.storage = m.Struct("Storage", move.Key|move.Store, x.id(),
		move.Field{Name: "start_epoch", Type: move.U32}, move.Field{Name: "end_epoch", Type: move.U32},
		move.Field{Name: "storage_size", Type: move.U64})
	self := m.storage.Of()
	view := func(name string, t move.Type, from, to int) {
		m.Func(name, move.Params(move.Imm(self)), move.Returns(move.Val(t)), func(c *move.Call) error {
			c.ReturnBytes(c.Args[0][from:to])
			return nil
		})
	}
	view("start_epoch", move.U32, 32, 36)
	view("end_epoch", move.U32, 36, 40)
	view("size", move.U64, 40, 48)
	m.Func("split_by_epoch", move.Params(move.Mut(self), move.Val(move.U32), x.f.ctx()), move.Returns(move.Val(self)), m.splitByEpoch)
	m.Func("split_by_size", move.Params(move.Mut(self), move.Val(move.U64), x.f.ctx()), move.Returns(move.Val(self)), m.splitBySize)
	fuse := func(name string, do func(c *move.Call, first, second *Storage) error) {
		m.Func(name, move.Params(move.Mut(self), move.Val(self)), nil, func(c *move.Call) error {
			var first, second Storage
			c.Get(0, &first)
			c.Get(1, &second)
			if err := do(c, &first, &second); err != nil {
				return err
			}
			c.Set(0, &first)
			return nil
		})
	}
	fuse("fuse_periods", m.fusePeriods)
	fuse("fuse_amount", m.fuseAmount)
	fuse("fuse", func(c *move.Call, first, second *Storage) error {
		if first.Start == second.Start {
			return m.fuseAmount(c, first, second)
		}
		return m.fusePeriods(c, first, second)
	})
	m.Func("destroy", move.Params(move.Val(self)), nil, func(c *move.Call) error {
		c.State.DeleteID(objectID(c, 0))
		return nil
	})
}

func (m *storageModule) create(c *move.Call, start, end uint32, size uint64) (*Storage, error) {
	if start >= end {
		return nil, m.Abort("create_storage", storageInvalidEpochRange)
	}
	return &Storage{ID: c.State.NewID(), Start: start, End: end, Size: size}, nil
}

func (m *storageModule) splitByEpoch(c *move.Call) error {
	var self Storage
	c.Get(0, &self)
	at := c.U32(1)
	if at <= self.Start || at >= self.End {
		return m.Abort("split_by_epoch", storageInvalidEpoch)
	}
	rest := &Storage{ID: c.State.NewID(), Start: at, End: self.End, Size: self.Size}
	self.End = at
	c.Set(0, &self)
	c.Return(rest)
	return nil
}

func (m *storageModule) splitBySize(c *move.Call) error {
	var self Storage
	c.Get(0, &self)
	size := c.U64(1)
	if self.Size < size {
		return m.Abort("split_by_size", storageIncompatibleAmount)
	}
	rest := &Storage{ID: c.State.NewID(), Start: self.Start, End: self.End, Size: self.Size - size}
	self.Size = size
	c.Set(0, &self)
	c.Return(rest)
	return nil
}

func (m *storageModule) fusePeriods(c *move.Call, first, second *Storage) error {
	c.State.DeleteID(second.ID)
	if first.Size != second.Size {
		return m.Abort("fuse_periods", storageIncompatibleAmount)
	}
	switch {
	case first.End == second.Start:
		first.End = second.End
	case first.Start == second.End:
		first.Start = second.Start
	default:
		return m.Abort("fuse_periods", storageIncompatibleEpochs)
	}
	return nil
}

func (m *storageModule) fuseAmount(c *move.Call, first, second *Storage) error {
	c.State.DeleteID(second.ID)
	if first.Start != second.Start || first.End != second.End {
		return m.Abort("fuse_amount", storageIncompatibleEpochs)
	}
	if first.Size+second.Size < first.Size {
		return m.Arithmetic("fuse_amount")
	}
	first.Size += second.Size
	return nil
}
