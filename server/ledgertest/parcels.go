package ledgertest

import (
	"bytes"
	"errors"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/walrus"
)

// A blob that was registered is its owner's at once.
func register(w *world) {
	p, owner := w.rich(), w.person()
	params, err := codec.NewParams(w.shards())
	if err != nil {
		w.Fatal(err)
	}
	e, err := codec.NewEncoder(w.shards())
	if err != nil {
		w.Fatal(err)
	}
	m, err := e.Metadata([]byte("some bytes"))
	if err != nil {
		w.Fatal(err)
	}
	want, err := walrus.Want(m.BlobID(), m.RootHash(), 10, params)
	if err != nil {
		w.Fatal(err)
	}
	contracts, err := walrus.ReadSystem(w.object(w.IDs.System))
	if err != nil {
		w.Fatal(err)
	}
	coin := w.coins(p.address, w.wal())[0]
	b := &suitx.Builder{}
	contracts.Register(b, owner.address, []walrus.Wanted{want}, walrus.Coins(b, coin.Ref()), 2, true)
	r := w.run(p, b)
	got, err := w.Chain.Owned(w.Context(), owner.address, walrus.BlobType(w.IDs.WalrusPackage))
	if err != nil || len(got) != 1 {
		w.Fatalf("%d blobs, %v", len(got), err)
	}
	blob, err := walrus.ParseBlob(got[0])
	if err != nil || blob.BlobID != want.ID || blob.Size != 10 || !blob.Deletable || blob.Certified {
		w.Errorf("blob %+v, %v", blob, err)
	}
	if made := walrus.Made(r.Effects, owner.address); len(made) != 1 || made[0] != got[0].ID() {
		w.Errorf("made %v", made)
	}
	if left := w.object(coin.ID()); balance(w, left) >= balance(w, coin) {
		w.Error("it cost nothing")
	}
}

func (w *world) shards() int {
	w.Helper()
	c, err := w.Chain.Committee(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return c.NShards
}

// What isn't a parcel isn't found as one.
func noParcel(w *world) {
	coin := w.gas(w.rich()).ID()
	for what, id := range map[string]suitx.Address{"a coin": coin, "the System object": w.IDs.System} {
		if p, err := w.Chain.Parcel(w.Context(), id); !errors.Is(err, server.ErrNotFound) {
			w.Errorf("%s: %v, %v", what, p, err)
		}
	}
}

// life is one parcel's.
type life struct {
	*world
	sender    person
	statement api.Statement
	id        suitx.Address
	created   suitx.Digest
}

var slot = [32]byte{5}

func (w *world) newLife() *life {
	l := &life{world: w, sender: w.rich()}
	l.statement = api.Statement{EndEpoch: 9, Blobs: []api.StatementBlob{{BlobID: codec.BlobID{7}, Size: 9}}}
	l.statement.PutSlot(slot, []byte("a grant"))
	b := &suitx.Builder{}
	made := l.call(b, "create", b.Bytes(l.state()))
	l.call(b, "put_grant", made, b.Bytes(slot[:]), b.Bytes([]byte("a grant")))
	l.call(b, "keep", made)
	l.created = w.run(l.sender, b).Digest
	l.id = suitx.DerivedObjectID(l.created, 0)
	return l
}

func (l *life) call(b *suitx.Builder, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(l.IDs.FloePackage, "parcel", function, args...)
}

func (l *life) state() []byte {
	l.Helper()
	b, err := l.statement.Marshal()
	if err != nil {
		l.Fatal(err)
	}
	return b
}

// signed checks that a transaction is the one and carries its sender's signature first.
func (l *life) signed(what string, got api.SignedTransaction, want suitx.Digest) {
	l.Helper()
	if d := suitx.TransactionDigest(got.Transaction); d != want || len(got.Signatures) == 0 {
		l.Fatalf("%s is %s with %d signatures, want %s", what, d, len(got.Signatures), want)
	}
	if err := suitx.VerifyTransaction(got.Transaction, got.Signatures[0], l.sender.address); err != nil {
		l.Errorf("%s: %v", what, err)
	}
}

func (l *life) read() *api.Parcel {
	l.Helper()
	p, err := l.Chain.Parcel(l.Context(), l.id)
	if err != nil {
		l.Fatal(err)
	}
	return p
}

// A parcel is shown as it is at once: object, creation, last change, grants.
func parcel(w *world) {
	if !w.Parcels {
		return
	}
	l := w.newLife()
	p := l.read()
	l.signed("the creation", p.Creation, l.created)
	l.signed("the change", p.Change, l.created)
	if !bytes.Equal(p.Object, w.object(l.id).Marshal()) || len(p.Grants) != 1 || !bytes.Equal(p.Grants[0].Grant, []byte("a grant")) || [32]byte(p.Grants[0].Slot) != slot {
		w.Errorf("parcel %+v", p)
	}
	l.statement.Sequence++
	b := &suitx.Builder{}
	l.statement.TakeSlot(slot)
	object := b.Object(w.object(l.id).Ref())
	l.call(b, "change", object, b.Bytes(l.state()))
	l.call(b, "take_grant", object, b.Bytes(slot[:]))
	changed := w.run(l.sender, b).Digest
	p = l.read()
	l.signed("the creation", p.Creation, l.created)
	l.signed("the change", p.Change, changed)
	if len(p.Grants) != 0 || !bytes.Equal(p.Object, w.object(l.id).Marshal()) {
		w.Errorf("after the change %+v", p)
	}
}

// Of a deleted parcel the transactions are left.
func deletedParcel(w *world) {
	if !w.Parcels {
		return
	}
	l := w.newLife()
	l.statement.Sequence++
	l.statement.TakeSlot(slot)
	b := &suitx.Builder{}
	object := b.Object(w.object(l.id).Ref())
	l.call(b, "change", object, b.Bytes(l.state()))
	l.call(b, "take_grant", object, b.Bytes(slot[:]))
	l.call(b, "delete", object)
	deleted := w.run(l.sender, b).Digest
	p := l.read()
	l.signed("the creation", p.Creation, l.created)
	l.signed("the deletion", p.Change, deleted)
	if len(p.Object) != 0 || len(p.Grants) != 0 {
		w.Errorf("of a deleted parcel %+v is left", p)
	}
}
