package ledger

import (
	"testing"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/native"
)

// testBlob is what a test registers.
type testBlob struct {
	id, root [32]byte
	size     uint64
	encoded  uint64
}

func someBlob(seed byte, size uint64) testBlob {
	b := testBlob{size: size, root: [32]byte{seed}}
	b.id = native.DeriveBlobID(b.root, 1, size)
	p := must(codec.NewParams(testShards))
	b.encoded = must(p.EncodedSize(size))
	return b
}

// units is what prices count.
func (b testBlob) units() uint64 { return (b.encoded + 1<<20 - 1) >> 20 }

// walrus calls a function of Walrus' package.
func (n *network) walrus(b *suitx.Builder, module, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(n.ids.WalrusPackage, module, function, args...)
}

func (n *network) reserve(b *suitx.Builder, wal suitx.Argument, size uint64, epochs uint32) suitx.Argument {
	return n.walrus(b, "system", "reserve_space", n.system(b, true), b.U64(size), b.U32(epochs), wal)
}

// register adds the commands that register a blob to b.
func (n *network) register(b *suitx.Builder, wal suitx.Argument, blob testBlob, epochs uint32, deletable bool) suitx.Argument {
	return n.registerIn(b, n.reserve(b, wal, blob.encoded, epochs), wal, blob, 1, deletable)
}

func (n *network) registerIn(b *suitx.Builder, s, wal suitx.Argument, blob testBlob, encoding uint8, deletable bool) suitx.Argument {
	return n.walrus(b, "system", "register_blob", n.system(b, true), s, b.U256(blob.id), b.U256(blob.root),
		b.U64(blob.size), b.U8(encoding), b.Bool(deletable), wal)
}

// registered registers a blob for a.
func (n *network) registered(a account, blob testBlob, epochs uint32, deletable bool) (*native.Blob, suitx.ObjectRef) {
	n.t.Helper()
	var b suitx.Builder
	b.Transfer(a.Address, n.register(&b, n.wal(&b, a), blob, epochs, deletable))
	o := created(n.ok(n.send(&b, a)), "blob", "Blob")[0]
	return readAs(o, &native.Blob{}), o.Ref()
}

// certified registers and certifies a blob for a.
func (n *network) certified(a account, blob testBlob, epochs uint32) (*native.Blob, suitx.ObjectRef) {
	n.t.Helper()
	v, ref := n.registered(a, blob, epochs, true)
	c := n.certificate(bls.Confirmation{Epoch: n.walrusEpoch(), BlobID: blob.id, Deletable: true, ObjectID: v.ID}, 0, 1, 2, 3)
	var b suitx.Builder
	n.certify(&b, b.Object(ref), c)
	o := output(n.ok(n.send(&b, a)), v.ID)
	return readAs(o, &native.Blob{}), o.Ref()
}

func (n *network) walrusEpoch() uint32 {
	n.t.Helper()
	e, err := n.CurrentEpoch()
	if err != nil {
		n.t.Fatal(err)
	}
	return uint32(e.Epoch) + 1
}

// certificate signs a blob's confirmation by some of the nodes.
func (n *network) certificate(c bls.Confirmation, nodes ...int) api.Certificate {
	n.t.Helper()
	return n.signMessage(c.Marshal(), nodes...)
}

func (n *network) signMessage(message []byte, nodes ...int) api.Certificate {
	cert := api.Certificate{Message: message, Signers: make([]byte, (testNodes+7)/8)}
	var sigs [][]byte
	for _, i := range nodes {
		sigs = append(sigs, must(n.nodes[i].Sign(cert.Message)))
		cert.Signers[i/8] |= 1 << (i % 8)
	}
	cert.Signature = must(bls.Aggregate(sigs))
	return cert
}

func (n *network) certify(b *suitx.Builder, blob suitx.Argument, c api.Certificate) {
	n.walrus(b, "system", "certify_blob", n.system(b, false), blob, b.Bytes(c.Signature), b.Bytes(c.Signers), b.Bytes(c.Message))
}

func TestRegisteringCostsToTheUnit(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	for _, size := range []uint64{0, 1, 1 << 20, 2_949_030} {
		blob := someBlob(byte(size%251), size)
		before := must(n.Balance(alice.Address, n.world.WAL())).Total
		v, _ := n.registered(alice, blob, 3, true)
		want := blob.units()*100_000*3 + blob.units()*20_000
		if got := before - must(n.Balance(alice.Address, n.world.WAL())).Total; got != want {
			t.Errorf("%d bytes cost %d FROST, want %d", size, got, want)
		}
		if v.BlobID != blob.id || v.Size != size || v.RegisteredEpoch != 1 || v.CertifiedEpoch != nil || !v.Deletable ||
			v.Storage.Start != 1 || v.Storage.End != 4 || v.Storage.Size != blob.encoded {
			t.Errorf("registered %+v", v)
		}
	}
}

func TestRegisterEventsAndEffects(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	blob := someBlob(1, 5000)
	var b suitx.Builder
	b.Transfer(alice.Address, n.register(&b, n.wal(&b, alice), blob, 1, false))
	e := n.ok(n.send(&b, alice))
	if len(e.Events) != 1 || e.Events[0].Type.Name != "BlobRegistered" || e.Events[0].Type.Module != "events" ||
		e.Events[0].Module != "system" || e.Events[0].Sender != alice.Address {
		t.Fatalf("events %+v", e.Events)
	}
	if *e.Effects.EventsDigest != suitx.EventsDigest(e.Events) {
		t.Error("the effects name other events")
	}
	blobObject := created(e, "blob", "Blob")[0]
	storage := readAs(blobObject, &native.Blob{}).Storage.ID
	for _, c := range e.Effects.ChangedObjects {
		if c.ID == storage && (c.IDOperation != suitx.IDCreated || c.Input != nil || c.Output.Kind != suitx.OutputNotExist) {
			t.Errorf("storage that was created and wrapped: %+v", c)
		}
		if c.ID == n.ids.System && (c.Input == nil || c.Output.Kind != suitx.OutputObject) {
			t.Errorf("the System object: %+v", c)
		}
	}
	if _, err := n.Object(storage, 0); err != ErrNotFound {
		t.Errorf("wrapped storage gives %v", err)
	}
	for _, o := range e.Outputs {
		if err := n.Packages().Check(o.Move.Type.Tag(), o.Move.Contents); err != nil {
			t.Errorf("%s isn't what its type says: %v", o.Move.Type, err)
		}
	}
}

func TestCertifyChecksTheCertificate(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	blob, other := someBlob(1, 5000), someBlob(2, 5000)
	v, _ := n.registered(alice, blob, 2, true)
	permanent, _ := n.registered(alice, other, 2, false)
	good := bls.Confirmation{Epoch: 1, BlobID: blob.id, Deletable: true, ObjectID: v.ID}
	change := func(f func(*bls.Confirmation)) bls.Confirmation { c := good; f(&c); return c }
	spoil := func(f func(*api.Certificate)) api.Certificate {
		c := n.certificate(good, 0, 1, 2, 3)
		f(&c)
		return c
	}
	raw := func(f func([]byte) []byte) api.Certificate { return n.signMessage(f(good.Marshal()), 0, 1, 2, 3) }
	set := func(i int, b byte) func([]byte) []byte {
		return func(m []byte) []byte { m[i] = b; return m }
	}
	const verify = "abort bls_aggregate::verify_certificate_and_weight "
	for _, c := range []struct {
		name, want string
		blob       suitx.Address
		cert       api.Certificate
	}{
		// Weights are 3, 3, 3, 2, 2 of 13; 9 is the quorum.
		{"eight shards", verify + "2 at 0", v.ID, n.certificate(good, 0, 1, 3)},
		{"a bit past the members", verify + "0 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signers[0] |= 1 << 5 })},
		{"bitmap too long", verify + "0 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signers = append(c.Signers, 0) })},
		{"bitmap empty", verify + "2 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signers = nil })},
		{"signer that didn't sign", verify + "1 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signers[0] |= 1 << 4 })},
		{"signer left out", verify + "1 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signers[0] &^= 1 << 3 })},
		{"signature changed", verify + "1 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signature[9] ^= 1 })},
		{"signature cut", verify + "1 at 0", v.ID, spoil(func(c *api.Certificate) { c.Signature = c.Signature[:95] })},
		{"message changed", verify + "1 at 0", v.ID, spoil(func(c *api.Certificate) { c.Message[20] ^= 1 })},
		{"another epoch", "abort messages::new_certified_message 1 at 0", v.ID, n.certificate(change(func(c *bls.Confirmation) { c.Epoch = 2 }), 0, 1, 2, 3)},
		{"another version", "abort messages::new_certified_message 3 at 0", v.ID, raw(set(1, 1))},
		{"another application", "abort messages::new_certified_message 0 at 0", v.ID, raw(set(2, 4))},
		{"another kind", "abort messages::certify_blob_message 2 at 0", v.ID, raw(set(0, 2))},
		{"another persistence", "abort messages::peel_blob_persistence_type 4 at 0", v.ID, raw(set(39, 2))},
		{"cut in the blob ID", "abort bcs::peel_u256 0 at 0", v.ID, raw(func(m []byte) []byte { return m[:30] })},
		{"cut in the object ID", "abort bcs::peel_address 0 at 0", v.ID, raw(func(m []byte) []byte { return m[:60] })},
		{"cut in the header", "abort bcs::peel_u32 0 at 0", v.ID, raw(func(m []byte) []byte { return m[:5] })},
		{"another blob", "abort blob::certify_with_certified_msg 6 at 0", v.ID, n.certificate(change(func(c *bls.Confirmation) { c.BlobID = other.id }), 0, 1, 2, 3)},
		{"another object", "abort blob::certify_with_certified_msg 10 at 0", v.ID, n.certificate(change(func(c *bls.Confirmation) { c.ObjectID[0] ^= 1 }), 0, 1, 2, 3)},
		{"permanent for a deletable one", "abort blob::certify_with_certified_msg 9 at 0", v.ID, n.certificate(change(func(c *bls.Confirmation) { c.Deletable = false }), 0, 1, 2, 3)},
		{"deletable for a permanent one", "abort blob::certify_with_certified_msg 9 at 0", permanent.ID,
			n.certificate(bls.Confirmation{Epoch: 1, BlobID: other.id, Deletable: true, ObjectID: permanent.ID}, 0, 1, 2, 3)},
		{"permanent", "", permanent.ID, n.certificate(bls.Confirmation{Epoch: 1, BlobID: other.id}, 0, 1, 2)},
		{"deletable", "", v.ID, n.certificate(good, 1, 2, 3, 4)},
		{"certified before", "abort blob::certify_with_certified_msg 5 at 0", v.ID, n.certificate(good, 0, 1, 2, 3)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b suitx.Builder
			n.certify(&b, b.Object(must(n.Object(c.blob, 0)).Ref()), c.cert)
			e := n.send(&b, alice)
			if got := statusText(e); got != c.want {
				t.Fatalf("ended %q, want %q", got, c.want)
			}
			certified := readAs(must(n.Object(c.blob, 0)), &native.Blob{}).CertifiedEpoch
			if c.want == "" && (certified == nil || *certified != 1 || len(e.Events) != 1 || e.Events[0].Type.Name != "BlobCertified") {
				t.Errorf("certified %v with events %v", certified, e.Events)
			}
		})
	}
}

func TestInvalidateBlobID(t *testing.T) {
	n := newNetwork(t)
	alice := n.rich("alice")
	message := append([]byte{2, 0, 3, 1, 0, 0, 0}, make([]byte, 32)...)
	for want, nodes := range map[string][]int{"": {0, 1}, "abort bls_aggregate::verify_certificate_and_weight 2 at 0": {3, 4}} {
		c := n.signMessage(message, nodes...)
		var b suitx.Builder
		n.walrus(&b, "system", "invalidate_blob_id", n.system(&b, false), b.Bytes(c.Signature), b.Bytes(c.Signers), b.Bytes(c.Message))
		if got := statusText(n.send(&b, alice)); got != want {
			t.Errorf("ended %q, want %q", got, want)
		}
	}
}
