package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
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

// batch is all that one node gets of a blob, framed.
func (v *traveller) batch(c *cargo, n api.Node) []byte {
	body := api.AppendFrame(nil, api.Frame{Kind: api.FrameMetadata, BlobID: c.id, Body: c.meta.MarshalBCS()})
	for _, shard := range n.Shards {
		pair := codec.PairOf(c.id, shard, v.net.NShards)
		body = api.AppendFrame(body, api.Frame{Kind: api.FramePrimary, BlobID: c.id, Index: uint16(pair), Body: c.pairs[pair].Primary.MarshalBCS()})
		body = api.AppendFrame(body, api.Frame{Kind: api.FrameSecondary, BlobID: c.id, Index: uint16(pair), Body: c.pairs[pair].Secondary.MarshalBCS()})
	}
	return body
}

// store posts one batch to every node, all at once, and returns how many
// frames each acknowledged.
func (v *traveller) store(c *cargo) (acked []int) {
	v.t.Helper()
	acked, errs := v.tryStore(c)
	for node, err := range errs {
		if err != nil {
			v.t.Errorf("node %d: %v", node, err)
		}
	}
	return acked
}

// storeQuietly expects that floed may go away meanwhile.
func (v *traveller) storeQuietly(c *cargo) (acked []int) {
	acked, _ = v.tryStore(c)
	return acked
}

func (v *traveller) tryStore(c *cargo) (acked []int, errs []error) {
	acked, errs = make([]int, len(v.net.Nodes)), make([]error, len(v.net.Nodes))
	var wg sync.WaitGroup
	for i, n := range v.net.Nodes {
		body := v.batch(c, n)
		if len(body) > api.MaxBatch {
			v.t.Errorf("node %d's batch has %d bytes", i, len(body))
		}
		wg.Go(func() {
			status, answer, err := v.d.try("POST", fmt.Sprint(api.PathStore, i), "application/octet-stream", body)
			if err == nil && status != 200 {
				err = fmt.Errorf("status %d: %s", status, answer)
			}
			errs[i] = err
			if status != 200 {
				return
			}
			for r := bytes.NewReader(answer); ; {
				f, err := api.ReadFrame(r, api.MaxBatch)
				if err != nil {
					return // the end, or where floed was cut off
				}
				if f.Status/100 == 2 {
					acked[i]++
				}
			}
		})
	}
	wg.Wait()
	return acked, errs
}

// held counts what a node says that it stores of a blob.
func (v *traveller) held(c *cargo, node int) (n int) {
	v.t.Helper()
	paths := []string{"metadata"}
	for _, shard := range v.net.Nodes[node].Shards {
		pair := codec.PairOf(c.id, shard, v.net.NShards)
		paths = append(paths, fmt.Sprintf("slivers/%d/primary", pair), fmt.Sprintf("slivers/%d/secondary", pair))
	}
	for _, p := range paths {
		status, body := v.d.request("GET", fmt.Sprintf("/node/%d/v1/blobs/%s/%s/status", node, c.id, p), "", nil)
		if status == 200 && bytes.Contains(body, []byte(`"stored"`)) {
			n++
		}
	}
	return n
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
	return v.create(grant, cargo...)
}

// create makes a parcel of what is stored.
func (v *traveller) create(grant []byte, cargo ...*cargo) suitx.Address {
	v.t.Helper()
	tx := v.gas(v.parcelTx(grant, cargo...))
	var res api.ExecuteResponse
	v.post(api.PathExecute, v.signed(tx), &res)
	if e, err := suitx.UnmarshalEffects(res.Effects); err != nil || !e.Status.Success() {
		v.t.Fatalf("effects: %+v, %v", e, err)
	}
	return suitx.DerivedObjectID(suitx.TransactionDigest(tx), 0)
}
