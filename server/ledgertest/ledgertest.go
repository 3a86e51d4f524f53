// Package ledgertest holds implementations of [server.Ledger] and
// [server.Chain] to what these interfaces promise: the clients of an embedded
// and of a remote ledger, and the fakes of other tests, which could otherwise
// lie. A test calls [Run] with a way to open an [Instance]:
//
//	ledgertest.Run(t, func(t *testing.T) ledgertest.Instance { … })
//
// The instances need no more than coins of SUI and WAL, transfers, splits and
// merges, and Walrus' reserve_space and register_blob; where they have parcels
// these are tried as well.
package ledgertest

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
)

// Instance is one network to try. Its two halves are of the same ledger.
type Instance struct {
	Ledger  server.Ledger
	Chain   server.Chain
	IDs     api.NetworkIDs
	Fund    func(t *testing.T, to suitx.Address) // gives some SUI and some WAL, one coin of each at least
	Parcels bool                                 // Floe's package is there and does what it should
}

// Run tries everything. Each part gets an instance of its own.
func Run(t *testing.T, open func(t *testing.T) Instance) {
	t.Helper()
	for name, try := range map[string]func(*world){
		"present":             present,
		"committee":           committee,
		"objects":             objects,
		"owned":               owned,
		"execute":             execute,
		"execute again":       executeAgain,
		"read your writes":    readYourWrites,
		"many at once":        manyAtOnce,
		"simulate":            simulate,
		"failure is a status": failureIsAStatus,
		"abort is a status":   abortIsAStatus,
		"conflict":            conflict,
		"one of two":          oneOfTwo,
		"refused":             refused,
		"sponsored":           sponsored,
		"not found":           notFound,
		"cancelled":           cancelled,
		"register":            register,
		"no parcel":           noParcel,
		"parcel":              parcel,
		"deleted parcel":      deletedParcel,
	} {
		t.Run(name, func(t *testing.T) { try(newWorld(t, open(t))) })
	}
}

// world is an instance in a test.
type world struct {
	*testing.T
	Instance
	now server.Moment
}

func newWorld(t *testing.T, i Instance) *world {
	t.Helper()
	now, err := i.Chain.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, i, now}
}

// person is somebody who signs.
type person struct {
	key     ed25519.PrivateKey
	address suitx.Address
}

func (w *world) person() person {
	w.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	return person{key, suitx.AddressOf(key.Public().(ed25519.PublicKey))}
}

// rich is somebody with coins.
func (w *world) rich() person {
	w.Helper()
	p := w.person()
	w.Fund(w.T, p.address)
	return p
}

func (p person) sign(tx []byte) []byte { return suitx.SignTransaction(p.key, tx) }

// coins are an owner's coins of a kind.
func (w *world) coins(owner suitx.Address, kind suitx.TypeTag) []*suitx.Object {
	w.Helper()
	coins, err := w.Chain.Owned(w.Context(), owner, suitx.CoinOf(kind))
	if err != nil {
		w.Fatal(err)
	}
	return coins
}

func (w *world) wal() suitx.TypeTag {
	return suitx.StructTag{Address: w.IDs.WALPackage, Module: "wal", Name: "WAL"}.Tag()
}

// gas is the coin with which a person pays.
func (w *world) gas(p person) *suitx.Object {
	w.Helper()
	coins := w.coins(p.address, suitx.SUI())
	if len(coins) == 0 {
		w.Fatalf("%s has no SUI", p.address)
	}
	best := coins[0]
	for _, c := range coins {
		if balance(w, c) > balance(w, best) {
			best = c
		}
	}
	return best
}

// budget is more than any transaction here takes.
const budget = 500_000_000

// data is what b builds, paid by its sender.
func (w *world) data(p person, b *suitx.Builder) *suitx.TransactionData {
	w.Helper()
	t, err := b.Build(p.address)
	if err != nil {
		w.Fatal(err)
	}
	t.Gas = suitx.GasData{Owner: p.address, Price: w.now.GasPrice, Budget: budget, Payment: []suitx.ObjectRef{w.gas(p).Ref()}}
	return t
}

// run executes and demands success.
func (w *world) run(p person, b *suitx.Builder) *server.Result {
	w.Helper()
	tx := w.data(p, b).Marshal()
	return w.must(w.Ledger.Execute(w.Context(), tx, [][]byte{p.sign(tx)}))
}

func (w *world) must(r *server.Result, err error) *server.Result {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	if !r.Effects.Status.Success() {
		w.Fatalf("the transaction failed: %+v", r.Effects.Status.Failure)
	}
	return r
}

// object is an object's last version, which must exist.
func (w *world) object(id suitx.Address) *suitx.Object {
	w.Helper()
	o, err := w.Ledger.Objects(w.Context(), id)
	if err != nil || len(o) != 1 || o[0] == nil {
		w.Fatalf("object %s: %v, %v", id, o, err)
	}
	return o[0]
}

// give builds a gift of SUI.
func give(to suitx.Address, amount uint64) *suitx.Builder {
	b := &suitx.Builder{}
	b.Transfer(to, b.Split(suitx.GasCoin, amount))
	return b
}
