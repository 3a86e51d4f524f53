package sui

import (
	"context"
	"math/rand/v2"
	"net"
	"testing"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// world is an embedded ledger behind its RPC, a client of it, and a sender.
type world struct {
	ledger  *ledger.Ledger
	address string
	client  *Client
	ids     api.NetworkIDs
	sender  rpctest.Account
	shared  uint64 // at which version the System object was shared
}

func newWorld(t *testing.T) *world {
	t.Helper()
	l := rpctest.Ledger(t)
	ids, _ := api.Networks(api.Local)
	w := &world{ledger: l, address: rpctest.Serve(t, l), ids: ids, sender: rpctest.NewAccount(1).Fund(t, l)}
	w.client = w.dial(t, nil)
	system, err := l.Object(ids.System, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.shared = system.Owner.Version
	return w
}

func (w *world) dial(t *testing.T, dialer func(context.Context, string) (net.Conn, error)) *Client {
	t.Helper()
	c, err := Dial(t.Context(), Config{Target: w.address, Dialer: dialer, IDs: w.ids})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// run executes through the client and fails the test unless that succeeds.
func (w *world) run(t *testing.T, by rpctest.Account, b *suitx.Builder) *Result {
	t.Helper()
	tx, sigs := by.Sign(t, w.ledger, b)
	r, err := w.client.Execute(t.Context(), tx, sigs)
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Effects.Status.Failure; f != nil {
		t.Fatalf("the transaction fails: %+v at %+v", f, f.Location)
	}
	return r
}

// created returns the objects of that type that a transaction created.
func (w *world) created(t *testing.T, r *Result, pkg suitx.Address, module, name string) []*suitx.Object {
	t.Helper()
	var ids []suitx.Address
	for _, c := range r.Effects.ChangedObjects {
		if c.IDOperation == suitx.IDCreated {
			ids = append(ids, c.ID)
		}
	}
	objects, err := w.client.Objects(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	var out []*suitx.Object
	for _, o := range objects {
		if o != nil && o.Move != nil && o.Move.Type.Is(pkg, module, name) {
			out = append(out, o)
		}
	}
	return out
}

// blob is a blob with its metadata.
type blob struct {
	id      codec.BlobID
	root    codec.Hash
	size    uint64
	encoded uint64
}

func randomBlob(t *testing.T, seed uint64, size int) blob {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(r.Uint32())
	}
	e, err := codec.NewEncoder(rpctest.Shards)
	if err != nil {
		t.Fatal(err)
	}
	m, err := e.Metadata(content)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := e.Params().EncodedSize(uint64(size))
	if err != nil {
		t.Fatal(err)
	}
	return blob{m.BlobID(), m.RootHash(), uint64(size), encoded}
}

// register registers a deletable blob and returns its object.
func (w *world) register(t *testing.T, b blob) *suitx.Object {
	t.Helper()
	wal := suitx.StructTag{Address: w.ids.WALPackage, Module: "wal", Name: "WAL"}.Tag()
	coins, err := w.client.Coins(t.Context(), w.sender.Address, wal)
	if err != nil || len(coins) == 0 {
		t.Fatalf("no WAL: %v", err)
	}
	tx := &suitx.Builder{}
	system, coin := tx.Shared(w.ids.System, w.shared, true), tx.Object(coins[0].Ref)
	storage := tx.Call(w.ids.WalrusPackage, "system", "reserve_space", system, tx.U64(b.encoded), tx.U32(3), coin)
	made := tx.Call(w.ids.WalrusPackage, "system", "register_blob", system, storage, tx.U256(b.id.U256LE()), tx.U256(b.root),
		tx.U64(b.size), tx.U8(1), tx.Bool(true), coin)
	tx.Transfer(w.sender.Address, made)
	objects := w.created(t, w.run(t, w.sender, tx), w.ids.WalrusPackage, "blob", "Blob")
	if len(objects) != 1 {
		t.Fatalf("%d Blob objects", len(objects))
	}
	return objects[0]
}

// certify signs for all nodes.
func (w *world) certify(t *testing.T, b blob, o *suitx.Object) {
	t.Helper()
	message := bls.Confirmation{Epoch: 1, BlobID: b.id, Deletable: true, ObjectID: o.ID()}.Marshal()
	var sigs [][]byte
	for _, k := range rpctest.Keys(t) {
		sig, err := k.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		sigs = append(sigs, sig)
	}
	sum, err := bls.Aggregate(sigs)
	if err != nil {
		t.Fatal(err)
	}
	tx := &suitx.Builder{}
	tx.Call(w.ids.WalrusPackage, "system", "certify_blob", tx.Shared(w.ids.System, w.shared, false), tx.Object(o.Ref()),
		tx.Bytes(sum), tx.Bytes([]byte{1<<rpctest.Nodes - 1}), tx.Bytes(message))
	w.run(t, w.sender, tx)
}

// remove deletes the blob.
func (w *world) remove(t *testing.T, id suitx.Address) {
	t.Helper()
	objects, err := w.client.Objects(t.Context(), id)
	if err != nil || objects[0] == nil {
		t.Fatalf("no blob: %v", err)
	}
	tx := &suitx.Builder{}
	storage := tx.Call(w.ids.WalrusPackage, "system", "delete_blob", tx.Shared(w.ids.System, w.shared, false), tx.Object(objects[0].Ref()))
	tx.Transfer(w.sender.Address, storage)
	w.run(t, w.sender, tx)
}
