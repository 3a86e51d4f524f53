package client

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// sentOnce is a parcel with one change, as the server shows it.
func sentOnce(t testing.TB) (*network, suitx.Address, api.Parcel) {
	f := newFake(t)
	c := f.client()
	sent, err := c.Send(context.Background(), request(map[string][]byte{"a": []byte("b")}))
	if err != nil {
		t.Fatal(err)
	}
	bob := crypto.Seed{7}
	req := ChangeRequest{Link: link(sent), Seed: crypto.Seed{1, 2, 3}}
	if err := c.Grant(context.Background(), req, bob.Identity().Recipient().String()); err != nil {
		t.Fatal(err)
	}
	net, err := c.network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return net, sent.Parcel, f.shown(sent)
}

// FuzzVerifyParcelNeverAcceptsTampered changes one byte of what the server
// shows: either that is noticed, or it made no difference to what is believed.
func FuzzVerifyParcelNeverAcceptsTampered(f *testing.F) {
	net, id, honest := sentOnce(f)
	want, err := verifyParcel(net, id, &honest)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := json.Marshal(honest)
	if err != nil {
		f.Fatal(err)
	}
	for part := range 8 {
		f.Add(uint8(part), uint16(0), byte(1))
		f.Add(uint8(part), uint16(77), byte(0x80))
	}
	f.Fuzz(func(t *testing.T, part uint8, at uint16, change byte) {
		var p api.Parcel
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		parts := [][]byte{p.Object, p.Creation.Transaction, p.Creation.Signatures[0], p.Change.Transaction, p.Change.Signatures[0]}
		for _, g := range p.Grants {
			parts = append(parts, g.Slot, g.Grant)
		}
		b := parts[int(part)%len(parts)]
		b[int(at)%len(b)] ^= change
		got, err := verifyParcel(net, id, &p)
		if err != nil {
			return
		}
		if got.sender != want.sender || !same(t, got.current, want.current) || !same(t, got.created, want.created) {
			t.Errorf("byte %d of part %d changed what is believed", at, part)
		}
		for slot, sealed := range got.grants {
			if !bytes.Equal(sealed, want.grants[slot]) {
				t.Errorf("byte %d of part %d changed a grant", at, part)
			}
		}
	})
}

func same(t *testing.T, a, b *api.Statement) bool {
	x, err := a.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}

// TestDeletedIsProven: a parcel without an object is only gone if its sender
// signed that.
func TestDeletedIsProven(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": []byte("b")}))
	p := f.parcels[sent.Parcel]
	last := *p.statement
	last.Sequence, last.Slots = 1, nil
	signed, err := last.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	key := (crypto.Seed{1, 2, 3}).ParcelKey(0)
	deletion := func(id suitx.Address) api.SignedTransaction {
		var b suitx.Builder
		ref := p.object.Ref()
		ref.ID = id
		object := b.Object(ref)
		b.Call(f.ids.FloePackage, moduleParcel, callChange, object, b.Bytes(signed))
		b.Call(f.ids.FloePackage, moduleParcel, callDelete, object)
		tx, err := b.Build(p.object.Owner.Address)
		if err != nil {
			t.Fatal(err)
		}
		return api.SignedTransaction{Transaction: tx.Marshal(), Signatures: [][]byte{suitx.SignTransaction(key, tx.Marshal())}}
	}
	f.lieInAnswers(onParcel(t, func(p *api.Parcel) { p.Object, p.Change = nil, deletion(sent.Parcel) }))
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeWithdrawn)
	lies(t, f, link(sent), func(p *api.Parcel) { p.Object, p.Change = nil, deletion(suitx.Address{1}) })
}
