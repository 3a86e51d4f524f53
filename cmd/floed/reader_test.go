package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// parcel reads a parcel and checks that its creation is v's.
func (v *traveller) parcel(id suitx.Address) (p api.Parcel, st *api.Statement) {
	v.t.Helper()
	v.get(api.PathParcels+id.String(), &p)
	tx := p.Creation.Transaction
	if suitx.DerivedObjectID(suitx.TransactionDigest(tx), 0) != id {
		v.t.Error("the parcel's ID isn't its creation's")
	}
	if err := suitx.VerifyTransaction(tx, p.Creation.Signatures[0], v.address); err != nil {
		v.t.Error(err)
	}
	o, err := suitx.UnmarshalObject(p.Object)
	if err != nil {
		v.t.Fatal(err)
	}
	t, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, in := range t.Inputs { // the statement is one of the pure arguments, and kept in the object
		if in.Kind == suitx.InputPure && len(in.Pure) > 2 && bytes.Contains(o.Move.Contents, in.Pure[2:]) {
			for skip := range 3 {
				if s, err := api.ParseStatement(in.Pure[skip:]); err == nil {
					st = s
				}
			}
		}
	}
	if st == nil {
		v.t.Fatal("the creating transaction holds no statement that the object keeps")
	}
	return p, st
}

// readBack gets a blob through the relay and compares it. It returns the nodes
// that failed.
func (v *traveller) readBack(id codec.BlobID, want []byte) (failed []int) {
	v.t.Helper()
	got, failed := v.fetch(id)
	if !bytes.Equal(got, want) {
		v.t.Errorf("read back %d bytes, want %d others", len(got), len(want))
	}
	return failed
}

// readAny gets a blob that somebody else made.
func (v *traveller) readAny(id codec.BlobID) []byte {
	v.t.Helper()
	got, _ := v.fetch(id)
	return got
}

// fetch asks for all primary slivers of a blob, which is more than are needed,
// and decodes what comes.
func (v *traveller) fetch(id codec.BlobID) (data []byte, failed []int) {
	v.t.Helper()
	ask := api.ReadRequest{BlobID: id.String(), Metadata: true}
	for i := range v.net.NShards {
		ask.Primary = append(ask.Primary, i)
	}
	b, _ := json.Marshal(ask)
	status, body := v.d.request("POST", api.PathRead, "application/json", b)
	if status != http.StatusOK {
		v.t.Fatalf("read: status %d: %s", status, body)
	}
	frames := parseFrames(v.t, body)
	if n := len(frames); n == 0 || frames[n-1].Kind != api.FrameEnd {
		v.t.Fatalf("%d frames, without an end", n)
	}
	var d *codec.Decoder
	for _, f := range frames[:len(frames)-1] {
		if f.Status != 200 {
			if !slices.Contains(failed, int(f.Node)) {
				failed = append(failed, int(f.Node))
			}
			continue
		}
		var err error
		if f.Kind == api.FrameMetadata {
			var meta *codec.Metadata
			if meta, err = codec.UnmarshalMetadata(f.Body); err == nil {
				d, err = codec.NewDecoder(id, meta)
			}
		} else {
			var s *codec.Sliver
			if s, err = codec.UnmarshalSliver(codec.Primary, f.Body); err == nil {
				err = d.Add(s)
			}
		}
		if err != nil {
			v.t.Fatalf("kind %d, index %d of node %d: %v", f.Kind, f.Index, f.Node, err)
		}
	}
	data, err := d.Decode()
	if err != nil {
		v.t.Error(err)
	}
	slices.Sort(failed)
	return data, failed
}
