package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// sharedBlob is walrus::shared_blob::SharedBlob: a blob that anyone may extend.
type sharedBlob struct {
	ID    suitx.Address
	Blob  Blob
	Funds uint64 // a Balance<WAL>
}

func (v *sharedBlob) Read(r *bcs.Reader) {
	v.ID = readAddress(r)
	v.Blob.Read(r)
	v.Funds = r.U64()
}

func (v *sharedBlob) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	v.Blob.Write(w)
	w.U64(v.Funds)
}

func (x *walrus) declareSharedBlob(p *move.Package) {
	m := p.Module("shared_blob")
	s := m.Struct("SharedBlob", move.Key|move.Store, x.id(), move.Field{Name: "blob", Type: x.blob.blob.Of()},
		move.Field{Name: "funds", Type: x.wal.balance()})
	blob, coin := move.Val(x.blob.blob.Of()), move.Val(x.wal.coin())
	share := func(c *move.Call, funds uint64) {
		v := &sharedBlob{ID: c.State.NewID(), Blob: *x.blob.get(c, 0), Funds: funds}
		c.State.Transfer(move.Object{Type: s.Tag(), Contents: move.Marshal(v)}, suitx.Owner{Kind: suitx.SharedOwner})
	}
	m.Func("new", move.Params(blob, x.f.ctx()), nil, func(c *move.Call) error {
		share(c, 0)
		return nil
	})
	m.Func("new_funded", move.Params(blob, coin, x.f.ctx()), nil, func(c *move.Call) error {
		var funds Coin
		c.Get(1, &funds)
		c.State.DeleteID(funds.ID)
		share(c, funds.Balance)
		return nil
	})
	m.Func("fund", move.Params(move.Mut(s.Of()), coin), nil, func(c *move.Call) (err error) {
		var self sharedBlob
		var added Coin
		c.Get(0, &self)
		c.Get(1, &added)
		c.State.DeleteID(added.ID)
		if self.Funds, err = x.f.balance.add(self.Funds, added.Balance); err != nil {
			return err
		}
		c.Set(0, &self)
		return nil
	})
	m.Func("extend", move.Params(move.Mut(s.Of()), move.Mut(x.system.system.Of()), move.Val(move.U32), x.f.ctx()), nil, x.extendShared)
	m.Func("blob", move.Params(move.Imm(s.Of())), move.Returns(move.Imm(x.blob.blob.Of())), nil)
	m.Func("funds", move.Params(move.Imm(s.Of())), move.Returns(move.Imm(x.wal.balance())), nil)
}

// extendShared pays from the blob's own funds, through a coin of their whole
// amount: its ID counts, although the coin doesn't last.
func (x *walrus) extendShared(c *move.Call) error {
	var self sharedBlob
	c.Get(0, &self)
	v, err := x.system.load(c, 1)
	if err != nil {
		return err
	}
	coin := &Coin{ID: c.State.NewID(), Balance: self.Funds}
	if err := x.system.extend(c, v, &self.Blob, c.U32(2), coin); err != nil {
		return err
	}
	c.State.DeleteID(coin.ID)
	self.Funds = coin.Balance
	x.system.store(c, 1, v)
	c.Set(0, &self)
	return nil
}
