package sui

import (
	"bytes"
	"errors"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// parcels makes parcels and remembers what they should look like.
type parcels struct {
	*world
	id        suitx.Address
	statement api.Statement
}

func (p *parcels) call(b *suitx.Builder, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(p.ids.FloePackage, "parcel", function, args...)
}

func (p *parcels) bytes(t *testing.T) []byte {
	t.Helper()
	b, err := p.statement.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (p *parcels) object(t *testing.T, b *suitx.Builder) suitx.Argument {
	t.Helper()
	o, err := p.client.Objects(t.Context(), p.id)
	if err != nil || o[0] == nil {
		t.Fatalf("no parcel: %v", err)
	}
	return b.Object(o[0].Ref())
}

func (p *parcels) create(t *testing.T, slot [32]byte, grant []byte) suitx.Digest {
	t.Helper()
	p.statement = api.Statement{EndEpoch: 4, Blobs: []api.StatementBlob{{BlobID: [32]byte{7}, Size: 9}}}
	p.statement.PutSlot(slot, grant)
	b := &suitx.Builder{}
	parcel := p.call(b, "create", b.Bytes(p.bytes(t)))
	p.call(b, "put_grant", parcel, b.Bytes(slot[:]), b.Bytes(grant))
	p.call(b, "keep", parcel)
	r := p.run(t, p.sender, b)
	p.id = suitx.DerivedObjectID(r.Digest, 0)
	return r.Digest
}

// change states what p.statement holds and puts the grant, if any.
func (p *parcels) change(t *testing.T, slot [32]byte, grant []byte) suitx.Digest {
	t.Helper()
	p.statement.Sequence++
	b := &suitx.Builder{}
	parcel := p.object(t, b)
	p.call(b, "change", parcel, b.Bytes(p.bytes(t)))
	if grant != nil {
		p.call(b, "put_grant", parcel, b.Bytes(slot[:]), b.Bytes(grant))
	}
	return p.run(t, p.sender, b).Digest
}

func (p *parcels) check(t *testing.T, c *Client, created, changed suitx.Digest, grants map[[32]byte]string) {
	t.Helper()
	got, err := c.Parcel(t.Context(), p.id)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		got  api.SignedTransaction
		want suitx.Digest
	}{"creation": {got.Creation, created}, "change": {got.Change, changed}} {
		if d := suitx.TransactionDigest(x.got.Transaction); d != x.want {
			t.Errorf("%s is %s, wanted %s", name, d, x.want)
		}
		if err := suitx.VerifyTransaction(x.got.Transaction, x.got.Signatures[0], p.sender.Address); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(got.Grants) != len(grants) {
		t.Errorf("%d grants, wanted %d", len(got.Grants), len(grants))
	}
	for _, g := range got.Grants {
		if want, ok := grants[[32]byte(g.Slot)]; !ok || string(g.Grant) != want {
			t.Errorf("slot %x holds %q", g.Slot, g.Grant)
		}
	}
	if got.Object == nil {
		return
	}
	o, err := suitx.UnmarshalObject(got.Object)
	if err != nil || !bytes.Contains(o.Move.Contents, p.bytes(t)) {
		t.Errorf("object: %v %v", o, err)
	}
}

func TestParcelsLife(t *testing.T) {
	p := &parcels{world: newWorld(t)}
	a, b := [32]byte{1}, [32]byte{2}
	type grants = map[[32]byte]string
	created := p.create(t, a, []byte("for a"))
	p.check(t, p.client, created, created, grants{a: "for a"})

	p.statement.PutSlot(b, []byte("for b"))
	stated := p.change(t, b, nil)
	p.check(t, p.client, created, stated, grants{a: "for a"})

	// A grant that comes later than its statement doesn't change what was stated.
	tx := &suitx.Builder{}
	p.call(tx, "put_grant", p.object(t, tx), tx.Bytes(b[:]), tx.Bytes([]byte("for b")))
	p.run(t, p.sender, tx)
	p.check(t, p.client, created, stated, grants{a: "for a", b: "for b"})

	p.statement.TakeSlot(a)
	stated = p.change(t, a, nil)
	fresh := p.dial(t, nil) // knows nothing of before
	p.check(t, fresh, created, stated, grants{a: "for a", b: "for b"})
	p.check(t, p.client, created, stated, grants{a: "for a", b: "for b"})

	p.statement.TakeSlot(b)
	p.statement.Sequence++
	tx = &suitx.Builder{}
	parcel := p.object(t, tx)
	p.call(tx, "change", parcel, tx.Bytes(p.bytes(t)))
	p.call(tx, "take_grant", parcel, tx.Bytes(a[:]))
	p.call(tx, "take_grant", parcel, tx.Bytes(b[:]))
	p.call(tx, "delete", parcel)
	deleted := p.run(t, p.sender, tx).Digest
	for _, c := range []*Client{p.client, p.dial(t, nil)} {
		p.check(t, c, created, deleted, nil)
		if got, err := c.Parcel(t.Context(), p.id); err != nil || got.Object != nil {
			t.Errorf("it is still there: %v", err)
		}
	}
}

func TestWhatIsNoParcelIsntFound(t *testing.T) {
	w := newWorld(t)
	blob := w.register(t, randomBlob(t, 1, 10))
	coins, err := w.client.Coins(t.Context(), w.sender.Address, suitx.SUI())
	if err != nil {
		t.Fatal(err)
	}
	deleted := blob.ID()
	w.remove(t, deleted)
	for name, id := range map[string]suitx.Address{
		"nothing": {1}, "a coin": coins[0].Ref.ID, "a shared object": w.ids.System, "a deleted blob": deleted, "a package": w.ids.FloePackage,
	} {
		if _, err := w.client.Parcel(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
