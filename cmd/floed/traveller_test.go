package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// traveller does what a page does, with nothing of the page's own code: she
// speaks the relay's API and Sui's and Walrus' formats.
type traveller struct {
	t       *testing.T
	d       *daemon
	key     ed25519.PrivateKey
	address suitx.Address
	net     api.Network
	ids     api.NetworkIDs
}

// cargo is a blob with what the network knows of it.
type cargo struct {
	data   []byte
	id     codec.BlobID
	meta   *codec.Metadata
	pairs  []codec.SliverPair
	object *suitx.Object
	cert   api.Certificate
}

func newTraveller(t *testing.T, d *daemon) *traveller {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := &traveller{t: t, d: d, key: key, address: suitx.AddressOf(key.Public().(ed25519.PublicKey))}
	v.get(api.PathNetwork, &v.net)
	v.ids, _ = api.Networks(api.Local)
	return v
}

// sealed is data that begins as an age file.
func sealed(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	copy(b, "age-encryption.org/v1\n")
	return b
}

func (v *traveller) pack(data []byte) *cargo {
	v.t.Helper()
	e, err := codec.NewEncoder(v.net.NShards)
	if err != nil {
		v.t.Fatal(err)
	}
	meta, pairs, err := e.Encode(data)
	if err != nil {
		v.t.Fatal(err)
	}
	return &cargo{data: data, id: meta.BlobID(), meta: meta, pairs: pairs}
}

func (v *traveller) get(path string, out any) {
	v.t.Helper()
	status, body := v.d.request("GET", path, "", nil)
	if status != 200 {
		v.t.Fatalf("GET %s: status %d: %s", path, status, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		v.t.Fatal(err)
	}
}

func (v *traveller) post(path string, in, out any) {
	v.t.Helper()
	if status, body := v.tryPost(path, in, out); status != 200 {
		v.t.Fatalf("POST %s: status %d: %s", path, status, body)
	}
}

func (v *traveller) tryPost(path string, in, out any) (int, []byte) {
	v.t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		v.t.Fatal(err)
	}
	status, body := v.d.request("POST", path, "application/json", b)
	if status == 200 && out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			v.t.Fatal(err)
		}
	}
	return status, body
}

// register gets Blob objects for all cargo.
func (v *traveller) register(cargo ...*cargo) {
	v.t.Helper()
	req := api.RegisterRequest{Owner: v.address.String(), Epochs: 2}
	for i, c := range cargo {
		root := c.meta.RootHash()
		b := api.RegisterBlob{BlobID: c.id.String(), RootHash: root[:], Size: c.meta.Size}
		if i == 0 {
			b.First, b.Prefix = true, c.data[:64]
		}
		req.Blobs = append(req.Blobs, b)
	}
	var res api.RegisterResponse
	v.post(api.PathRegister, req, &res)
	for i, c := range cargo {
		o, err := suitx.UnmarshalObject(res.Objects[i])
		if err != nil || o.Owner.Address != v.address {
			v.t.Fatalf("blob object %d: %v, owned by %s", i, err, o.Owner.Address)
		}
		c.object = o
	}
}

// store posts one batch to every node, all at once, and returns how many
// frames each acknowledged.
func (v *traveller) store(c *cargo) (acked []int) {
	v.t.Helper()
	acked = make([]int, len(v.net.Nodes))
	var wg sync.WaitGroup
	for _, n := range v.net.Nodes {
		body := api.AppendFrame(nil, api.Frame{Kind: api.FrameMetadata, BlobID: c.id, Body: c.meta.MarshalBCS()})
		for _, shard := range n.Shards {
			pair := codec.PairOf(c.id, shard, v.net.NShards)
			body = api.AppendFrame(body, api.Frame{Kind: api.FramePrimary, BlobID: c.id, Index: uint16(pair), Body: c.pairs[pair].Primary.MarshalBCS()})
			body = api.AppendFrame(body, api.Frame{Kind: api.FrameSecondary, BlobID: c.id, Index: uint16(pair), Body: c.pairs[pair].Secondary.MarshalBCS()})
		}
		if len(body) > api.MaxBatch {
			v.t.Errorf("node %d's batch has %d bytes", n.Index, len(body))
		}
		wg.Go(func() {
			status, answer, err := v.d.try("POST", fmt.Sprint(api.PathStore, n.Index), "application/octet-stream", body)
			if err != nil || status != 200 {
				v.t.Errorf("node %d: status %d, %v: %s", n.Index, status, err, answer)
				return
			}
			for _, f := range parseFrames(v.t, answer) {
				if f.Status/100 == 2 {
					acked[n.Index]++
				}
			}
		})
	}
	wg.Wait()
	return acked
}

func parseFrames(t *testing.T, b []byte) (frames []api.Frame) {
	t.Helper()
	for r := bytes.NewReader(b); ; {
		f, err := api.ReadFrame(r, api.MaxBatch)
		if err == io.EOF {
			return frames
		}
		if err != nil {
			t.Errorf("%v", err)
			return frames
		}
		frames = append(frames, f)
	}
}

func (v *traveller) certify(cargo ...*cargo) {
	v.t.Helper()
	var req api.CertificateRequest
	for _, c := range cargo {
		req.Blobs = append(req.Blobs, api.CertificateBlob{BlobID: c.id.String(), ObjectID: c.object.ID().String()})
	}
	var res api.CertificateResponse
	v.post(api.PathCertificate, req, &res)
	for i, c := range cargo {
		c.cert = res.Certificates[i]
	}
}

// parcelTx certifies the cargo and creates a parcel of it with one grant.
func (v *traveller) parcelTx(grant []byte, cargo ...*cargo) *suitx.TransactionData {
	v.t.Helper()
	st := api.Statement{EndEpoch: v.net.Epoch + 2}
	slot := [32]byte{1}
	st.PutSlot(slot, grant)
	b := &suitx.Builder{}
	system := b.Shared(v.ids.System, v.net.SystemVersion, false)
	for _, c := range cargo {
		st.Blobs = append(st.Blobs, api.StatementBlob{BlobID: c.id, Size: c.meta.Size})
		b.Call(v.ids.WalrusPackage, "system", "certify_blob", system, b.Object(c.object.Ref()), b.Bytes(c.cert.Signature), b.Bytes(c.cert.Signers), b.Bytes(c.cert.Message))
	}
	statement, err := st.Marshal()
	if err != nil {
		v.t.Fatal(err)
	}
	p := b.Call(v.ids.FloePackage, "parcel", "create", b.Bytes(statement))
	b.Call(v.ids.FloePackage, "parcel", "put_grant", p, b.Bytes(slot[:]), b.Bytes(grant))
	b.Call(v.ids.FloePackage, "parcel", "keep", p)
	t, err := b.Build(v.address)
	if err != nil {
		v.t.Fatal(err)
	}
	if t.Gas.Owner, err = suitx.ParseAddress(v.net.Sponsor); err != nil {
		v.t.Fatal(err)
	}
	return t
}

// gas has a transaction sponsored.
func (v *traveller) gas(t *suitx.TransactionData) []byte {
	v.t.Helper()
	var res api.GasResponse
	v.post(api.PathGas, api.GasRequest{Transaction: t.Marshal()}, &res)
	return res.Transaction
}

// signed is what execute takes.
func (v *traveller) signed(tx []byte) api.ExecuteRequest {
	return api.ExecuteRequest{Transaction: tx, Signature: suitx.SignTransaction(v.key, tx)}
}

// send does all of it and returns the parcel's ID.
func (v *traveller) send(grant []byte, cargo ...*cargo) suitx.Address {
	v.t.Helper()
	v.register(cargo...)
	for _, c := range cargo {
		v.store(c)
	}
	v.certify(cargo...)
	tx := v.gas(v.parcelTx(grant, cargo...))
	var res api.ExecuteResponse
	v.post(api.PathExecute, v.signed(tx), &res)
	if e, err := suitx.UnmarshalEffects(res.Effects); err != nil || !e.Status.Success() {
		v.t.Fatalf("effects: %+v, %v", e, err)
	}
	return suitx.DerivedObjectID(suitx.TransactionDigest(tx), 0)
}

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
