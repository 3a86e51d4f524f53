package client

import (
	"context"
	"fmt"
	"io"
	"math"
	"testing"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// What a sender may sign that her own program never would.

// TestStatedSizes: a sender may state any sizes for her blobs. Their sum must
// not overflow, nor any of them take a reader's memory.
func TestStatedSizes(t *testing.T) {
	for _, sizes := range [][]uint64{
		{0}, {0, 5000}, {1 << 63}, {math.MaxUint64, 5000}, {math.MaxInt64, math.MaxInt64, 2, 5000},
		{math.MaxInt64, 5000}, {1 << 62, 1 << 62, 1 << 62, 1 << 62, 5000}, {maxSegment + 1},
	} {
		f := newFake(t)
		sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 100)}))
		restateParcel(t, f, sent, func(s *api.Statement) {
			s.Blobs = nil
			for i, size := range sizes {
				s.Blobs = append(s.Blobs, api.StatementBlob{BlobID: [32]byte{byte(i)}, Size: size})
			}
		})
		_, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
		if CodeOf(err) != CodeDamaged {
			t.Errorf("blobs of %d bytes: got %v, want damaged", sizes, err)
		}
	}
}

// restateParcel has the sender sign another statement, and grants that fit it.
func restateParcel(t *testing.T, f *fake, sent *Sent, change func(*api.Statement)) {
	t.Helper()
	seed := crypto.Seed{1, 2, 3}
	key, p := seed.ParcelKey(0), f.parcels[sent.Parcel]
	next := *p.statement
	next.Sequence++
	change(&next)
	parcel, err := crypto.ParseParcelIdentity(string(identityOf(t, sent.Note)))
	if err != nil {
		t.Fatal(err)
	}
	opener, err := sent.Link.Secret.Identity("")
	if err != nil {
		t.Fatal(err)
	}
	terms := crypto.Grant{Network: f.net.Name, Sender: p.object.Owner.Address.String(), BlobsHash: next.BlobsHash(), Parcel: parcel}
	sealed, err := crypto.SealGrant(terms, seed.Identity(), opener.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	next.Slots = nil
	next.PutSlot(sent.Link.Secret.Slot(), sealed)
	signed, err := next.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	c := f.client()
	net, err := c.network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := changeTx(net, p.object.Owner.Address, p.object.Ref(), signed, nil, []grant{{sent.Link.Secret.Slot(), sealed}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.transact(context.Background(), net, tx, key, nil); err != nil {
		t.Fatal(err)
	}
}

// TestLieUndeleted: an object that its sender deleted is shown as if it were
// still there.
func TestLieUndeleted(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 100)}))
	restateParcel(t, f, sent, func(*api.Statement) {})
	p := f.parcels[sent.Parcel]
	key := (crypto.Seed{1, 2, 3}).ParcelKey(0)
	tx, err := suitx.UnmarshalTransactionData(p.change.Transaction)
	if err != nil {
		t.Fatal(err)
	}
	object := tx.Commands[0].(*suitx.MoveCall).Args[0]
	tx.Commands = append(tx.Commands, &suitx.MoveCall{Package: suitx.Address(f.ids.FloePackage), Module: moduleParcel, Function: callDelete, Args: []suitx.Argument{object}})
	signed := tx.Marshal()
	p.change = api.SignedTransaction{Transaction: signed, Signatures: [][]byte{suitx.SignTransaction(key, signed)}}
	p.object.PreviousTransaction = suitx.TransactionDigest(signed)
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeLiar)
}

// TestManyFiles: what reading one file takes doesn't grow with the number of
// the others, or reading all would take for ever.
func TestManyFiles(t *testing.T) {
	f := newFake(t)
	files := map[string][]byte{}
	for i := range 5000 {
		files[fmt.Sprintf("folder/with/many/files/%d.txt", i)] = []byte("x")
	}
	sent := mustSend(t, f.client(), request(files))
	p, err := f.client().Open(context.Background(), OpenRequest{Link: link(sent)})
	if err != nil {
		t.Fatal(err)
	}
	const reads = 10
	took := allocated(func() {
		for i := range reads {
			if err := p.WriteFile(context.Background(), i*499, io.Discard, ReadRequest{}); err != nil {
				t.Fatal(err)
			}
		}
	})
	if took > reads<<20 {
		t.Errorf("reading one of 5,000 small files allocates %d KiB", took/reads>>10)
	}
}
