package client

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"filippo.io/age"

	"floe/codec"
	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
	"floe/wasm/client/zip"
)

// A relay that lies to those who open: each answer is well-formed and signed by
// somebody, but isn't what this parcel's sender signed last.

// lies opens the link with the parcel's answer changed.
func lies(t *testing.T, f *fake, l string, change func(*api.Parcel)) {
	t.Helper()
	f.lieInAnswers(onParcel(t, change))
	wantCode(t, f.client(), OpenRequest{Link: l}, CodeLiar)
	f.lieInAnswers(nil)
}

func onParcel(t *testing.T, change func(*api.Parcel)) func(string, []byte) []byte {
	return onPath(t, api.PathParcels, change)
}

// onPath changes the JSON of answers below a path.
func onPath[T any](t *testing.T, prefix string, change func(*T)) func(string, []byte) []byte {
	return func(path string, body []byte) []byte {
		if len(path) < len(prefix) || path[:len(prefix)] != prefix {
			return body
		}
		v := new(T)
		if err := json.Unmarshal(body, v); err != nil {
			t.Fatal(err)
		}
		change(v)
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func (f *fake) shown(s *Sent) api.Parcel {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.parcels[s.Parcel].show()
}

// two sends two parcels by one sender; the second is what the relay lies with.
func two(t *testing.T, f *fake) (mine, other *Sent) {
	req := request(map[string][]byte{"a": noise("a", 3000)})
	mine = mustSend(t, f.client(), req)
	req = request(map[string][]byte{"a": noise("b", 3000)})
	req.Index = 1
	return mine, mustSend(t, f.client(), req)
}

func TestLieAnotherParcel(t *testing.T) {
	f := newFake(t)
	mine, other := two(t, f)
	shown := f.shown(other)
	lies(t, f, link(mine), func(p *api.Parcel) { *p = shown })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Object = shown.Object })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Change = shown.Creation })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Creation = shown.Creation })
}

func TestLieAnotherGrant(t *testing.T) {
	f := newFake(t)
	mine, other := two(t, f)
	grants := f.shown(other).Grants
	lies(t, f, link(mine), func(p *api.Parcel) {
		for i := range p.Grants {
			p.Grants[i].Grant = grants[i].Grant
		}
	})
	lies(t, f, link(mine), func(p *api.Parcel) { // the sender's own in the link's place
		p.Grants[0].Grant, p.Grants[1].Grant = p.Grants[1].Grant, p.Grants[0].Grant
	})
}

// TestGrantOfAnotherParcel: a sender's statement lists a grant that names other
// blobs than the statement does.
func TestGrantOfAnotherParcel(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 100)}))
	key := (crypto.Seed{1, 2, 3}).ParcelKey(0)
	p := f.parcels[sent.Parcel]
	next := *p.statement
	next.Sequence++
	next.Blobs = []api.StatementBlob{{BlobID: [32]byte{1}, Size: 1}}
	c := f.client()
	net, err := c.network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := next.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	tx, err := changeTx(net, p.object.Owner.Address, p.object.Ref(), signed, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.transact(context.Background(), net, tx, key, nil); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeLiar)
}

// restate returns the object with another statement in it.
func restate(t *testing.T, raw []byte, change func(*api.Statement)) []byte {
	o, err := suitx.UnmarshalObject(raw)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := readParcelObject(o, o.Move.Type.Address)
	if err != nil {
		t.Fatal(err)
	}
	st, err := api.ParseStatement(fields.statement)
	if err != nil {
		t.Fatal(err)
	}
	change(st)
	signed, err := st.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	o.Move.Contents = bytes.Replace(o.Move.Contents, fields.statement, signed, 1)
	return o.Marshal()
}

func TestLieAnotherBlobList(t *testing.T) {
	f := newFake(t)
	mine, _ := two(t, f)
	lies(t, f, link(mine), func(p *api.Parcel) {
		p.Object = restate(t, p.Object, func(s *api.Statement) { s.Blobs[0].BlobID = [32]byte{9} })
	})
	lies(t, f, link(mine), func(p *api.Parcel) { // in what was signed, too: then the signature is nobody's
		tx, err := suitx.UnmarshalTransactionData(p.Creation.Transaction)
		if err != nil {
			t.Fatal(err)
		}
		for i, in := range tx.Inputs {
			if bytes.Contains(in.Pure, mine.Blobs[0].BlobID[:]) {
				tx.Inputs[i].Pure = bytes.Replace(in.Pure, mine.Blobs[0].BlobID[:], make([]byte, 32), 1)
			}
		}
		p.Creation.Transaction = tx.Marshal()
		p.Change = p.Creation
	})
}

func TestLieSignatures(t *testing.T) {
	f := newFake(t)
	mine, other := two(t, f)
	shown := f.shown(other)
	lies(t, f, link(mine), func(p *api.Parcel) { p.Creation.Signatures = nil })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Creation.Signatures = shown.Creation.Signatures })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Change.Signatures[0] = flip(p.Change.Signatures[0], 7) })
	lies(t, f, link(mine), func(p *api.Parcel) { p.Object = nil }) // "deleted"
	f.lieInAnswers(onParcel(t, func(p *api.Parcel) { p.Creation.Signatures[0][0] = suitx.SchemeZkLogin }))
	wantCode(t, f.client(), OpenRequest{Link: link(mine)}, CodeUnsupported)
}

// changed sends a parcel, grants it to somebody, and returns how it was shown
// before and after.
func changed(t *testing.T, f *fake) (sent *Sent, before, after api.Parcel) {
	sent = mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 3000)}))
	before = f.shown(sent)
	bob := crypto.Seed{7}
	req := ChangeRequest{Link: link(sent), Seed: crypto.Seed{1, 2, 3}}
	if err := f.client().Grant(context.Background(), req, bob.Identity().Recipient().String()); err != nil {
		t.Fatal(err)
	}
	return sent, before, f.shown(sent)
}

func TestLieOlderStatement(t *testing.T) {
	f := newFake(t)
	sent, before, _ := changed(t, f)
	seen := &shelf{}
	mustOpen(t, f.clientWith(seen), OpenRequest{Link: link(sent)}, map[string][]byte{"a": noise("a", 3000)})
	f.lieInAnswers(onParcel(t, func(p *api.Parcel) { *p = before }))
	wantCode(t, f.clientWith(seen), OpenRequest{Link: link(sent)}, CodeLiar)
	// A first visitor can't know better, and the README says so.
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, map[string][]byte{"a": noise("a", 3000)})
}

func TestLieSplicedStatement(t *testing.T) {
	f := newFake(t)
	sent, before, after := changed(t, f)
	lies(t, f, link(sent), func(p *api.Parcel) { p.Object = before.Object })
	lies(t, f, link(sent), func(p *api.Parcel) { p.Change = before.Change })
	lies(t, f, link(sent), func(p *api.Parcel) { p.Change = api.SignedTransaction{} })
	lies(t, f, link(sent), func(p *api.Parcel) { // the new object, said to come from the old transaction
		o, err := suitx.UnmarshalObject(after.Object)
		if err != nil {
			t.Fatal(err)
		}
		o.PreviousTransaction = suitx.TransactionDigest(before.Change.Transaction)
		p.Object, p.Change = o.Marshal(), before.Change
	})
}

// TestLieAlignedSwap: another recipient knows the parcel's identity, seals other
// files to it, and has the relay show their slivers, cut at the same places.
func TestLieAlignedSwap(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 3000)}))
	parcel, err := crypto.ParseParcelIdentity(string(identityOf(t, sent.Note)))
	if err != nil {
		t.Fatal(err)
	}
	forged := sealedZip(t, parcel, noise("forged", 3000))
	if int64(len(forged)) != size(sent) {
		t.Fatalf("the forgery has %d bytes, not %d", len(forged), size(sent))
	}
	encoder, err := codec.NewEncoder(fakeShards)
	if err != nil {
		t.Fatal(err)
	}
	meta, pairs, err := encoder.Encode(forged)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(metadata bool) func(api.Frame) (api.Frame, bool) {
		return func(frame api.Frame) (api.Frame, bool) {
			switch frame.Kind {
			case api.FrameMetadata:
				if metadata {
					frame.Body = meta.MarshalBCS()
				}
			case api.FramePrimary:
				frame.Body = pairs[frame.Index].Primary.MarshalBCS()
			case api.FrameSecondary:
				frame.Body = pairs[frame.Index].Secondary.MarshalBCS()
			}
			return frame, true
		}
	}
	f.lieInFrames(swap(true))
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeLiar)
	f.lieInFrames(swap(false))
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeLiar)
}

// TestLieFrames: answers to a read that don't fit the question.
func TestLieFrames(t *testing.T) {
	f := newFake(t)
	sent := mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 3000)}))
	for name, change := range map[string]func(*api.Frame){
		"another kind": func(frame *api.Frame) { frame.Kind = 5 - frame.Kind },
		"no such kind": func(frame *api.Frame) { frame.Kind = 9 },
		"another blob": func(frame *api.Frame) { frame.BlobID[0] ^= 1 },
		"another pair": func(frame *api.Frame) { frame.Index ^= 1 },
		"no such pair": func(frame *api.Frame) { frame.Index = fakeShards },
		"a bit":        func(frame *api.Frame) { frame.Body = flip(frame.Body, len(frame.Body)/2) },
	} {
		t.Run(name, func(t *testing.T) {
			f.lieInFrames(func(frame api.Frame) (api.Frame, bool) {
				if frame.Status == 200 && frame.Kind != api.FrameMetadata {
					change(&frame)
				}
				return frame, true
			})
			wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeLiar)
		})
	}
}

// TestLieTwiceAtOnce: a wrong sliver that comes right behind the right one, while
// that isn't a row yet, isn't taken for it.
func TestLieTwiceAtOnce(t *testing.T) {
	c := newFake(t).client()
	net, err := c.network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	blob := noise("a", 3000)
	x, err := new(hereCoder).Expand(t.Context(), fakeShards, blob, true)
	if err != nil {
		t.Fatal(err)
	}
	g := newSegment(newSource(c, net, []api.StatementBlob{{BlobID: x.Metadata().BlobID(), Size: uint64(len(blob))}}), 0)
	if err := g.learn(x.Metadata()); err != nil {
		t.Fatal(err)
	}
	right := x.Sliver(codec.Primary, 0)
	wrong := *right
	wrong.Data = flip(bytes.Clone(right.Data), 5)
	if err := g.decoder.Add(right); err != nil {
		t.Fatal(err)
	}
	if err := g.add(&wrong); err == nil && !bytes.Equal(g.rows[right.Index], right.Data) {
		t.Error("a row is what nobody verified")
	}
}

// sealedZip is what a sender of data would store, sealed to parcel.
func sealedZip(t *testing.T, parcel *age.HybridIdentity, data []byte) []byte {
	a, err := planArchive([]File{testFile("a", data)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := crypto.Seal(&out, parcel.Recipient())
	if err == nil {
		err = a.SumFrom(w, zip.Sum{}, nil, newFilesReader(context.Background(), a).write)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// size is how long a parcel's ciphertext is.
func size(s *Sent) (n int64) {
	for _, b := range s.Blobs {
		n += int64(b.Size)
	}
	return n
}
