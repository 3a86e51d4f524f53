package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// fakeLedger holds objects and runs just what the relay's own transactions do:
// split and merge coins, transfer, register blobs. Calls of package parcel and
// certify_blob do nothing but cost gas. It checks versions and signatures as a
// ledger does. Tests set its fields to make it fail.
type fakeLedger struct {
	mu       sync.Mutex
	objects  map[suitx.Address]*suitx.Object
	done     map[suitx.Digest]*Result
	made     uint64
	executed int
	spent    uint64 // MIST, by anybody

	abort   *suitx.ExecutionFailure // outcome of simulations and executions
	execErr []error                 // what the next calls of Execute return
	hold    chan struct{}           // when set, Execute waits for it
	com     *api.Committee
}

const fakeGas = 1_000_000

var testIDs, _ = api.Networks(api.Local)

func newFakeLedger() *fakeLedger {
	l := &fakeLedger{objects: make(map[suitx.Address]*suitx.Object), done: make(map[suitx.Digest]*Result)}
	l.com = fakeCommittee(13, 8)
	system := append([]byte{}, testIDs.System[:]...)
	system = binary.LittleEndian.AppendUint64(system, 1)
	system = append(system, testIDs.WalrusPackage[:]...)
	system = append(system, 0)
	l.put(&suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.StructTag{Address: testIDs.WalrusPackage, Module: "system", Name: "System"}, Version: 7, Contents: system},
		Owner: suitx.Owner{Kind: suitx.SharedOwner, Version: 5},
	})
	return l
}

func fakeCommittee(nodes, each int) *api.Committee {
	c := &api.Committee{Epoch: 3, NShards: nodes * each, StoragePrice: 100, WritePrice: 20, EpochStart: time.Now().Add(-time.Hour), EpochDuration: 24 * time.Hour}
	for i := range nodes {
		m := api.Member{Index: i, ID: api.EmbeddedPool(i), Name: fmt.Sprintf("Node %d", i+1), Address: fmt.Sprintf("node.test/%d", i)}
		for s := range each {
			m.Shards = append(m.Shards, i*each+s)
		}
		c.Members = append(c.Members, m)
	}
	return c
}

func (l *fakeLedger) put(o *suitx.Object) { l.objects[o.ID()] = o }

func (l *fakeLedger) newID() suitx.Address {
	l.made++
	return suitx.DerivedObjectID(suitx.Digest{1}, l.made)
}

func (l *fakeLedger) coin(owner suitx.Address, typ suitx.StructTag, balance uint64) *suitx.Object {
	id := l.newID()
	o := &suitx.Object{
		Move:  &suitx.MoveObject{Type: typ, HasPublicTransfer: true, Version: 1, Contents: binary.LittleEndian.AppendUint64(id[:], balance)},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
	l.put(o)
	return o
}

func (l *fakeLedger) Objects(_ context.Context, ids ...suitx.Address) ([]*suitx.Object, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]*suitx.Object, len(ids))
	for i, id := range ids {
		out[i] = l.objects[id]
	}
	return out, nil
}

func (l *fakeLedger) Owned(_ context.Context, owner suitx.Address, typ suitx.StructTag) (out []*suitx.Object, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.objects {
		if o.Owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) && o.Move.Type.Equal(typ) {
			out = append(out, o)
		}
	}
	return out, nil
}

func (l *fakeLedger) Now(context.Context) (Moment, error) {
	return Moment{ChainID: "fake", Epoch: 9, GasPrice: 1000}, nil
}

func (l *fakeLedger) Committee(context.Context) (*api.Committee, error) { return l.com, nil }

func (l *fakeLedger) Parcel(context.Context, suitx.Address) (*api.Parcel, error) {
	return nil, ErrNotFound
}

func (l *fakeLedger) Transaction(_ context.Context, d suitx.Digest) (*Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.done[d]; r != nil {
		return r, nil
	}
	return nil, ErrNotFound
}

func (l *fakeLedger) Simulate(_ context.Context, tx []byte) (*Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.check(tx); err != nil {
		return nil, err
	}
	return l.result(tx), nil
}

// check holds a transaction's objects against the versions there are.
func (l *fakeLedger) check(tx []byte) (*suitx.TransactionData, error) {
	t, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		return nil, errors.Join(ErrRefused, err)
	}
	refs := append([]suitx.ObjectRef{}, t.Gas.Payment...)
	for _, in := range t.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned {
			refs = append(refs, in.Object.Ref)
		}
	}
	for _, r := range refs {
		o := l.objects[r.ID]
		if o == nil || o.Ref() != r {
			return nil, fmt.Errorf("%w: object %s", ErrConflict, r.ID)
		}
	}
	return t, nil
}

func (l *fakeLedger) result(tx []byte) *Result {
	e := &suitx.Effects{TransactionDigest: suitx.TransactionDigest(tx), GasUsed: suitx.GasCost{Computation: fakeGas}}
	e.Status.Failure = l.abort
	return &Result{Digest: e.TransactionDigest, Effects: e}
}

func (l *fakeLedger) Execute(ctx context.Context, tx []byte, sigs [][]byte) (*Result, error) {
	l.mu.Lock()
	hold := l.hold
	l.mu.Unlock()
	if hold != nil {
		<-hold
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.execErr) > 0 {
		err := l.execErr[0]
		l.execErr = l.execErr[1:]
		if err != nil {
			return nil, err
		}
	}
	if r := l.done[suitx.TransactionDigest(tx)]; r != nil {
		return r, nil
	}
	t, err := l.check(tx)
	if err != nil {
		return nil, err
	}
	for i, signer := range []suitx.Address{t.Sender, t.Gas.Owner} {
		if i == 1 && t.Gas.Owner == t.Sender {
			break
		}
		if len(sigs) <= i || suitx.VerifyTransaction(tx, sigs[i], signer) != nil {
			return nil, fmt.Errorf("%w: signature %d", ErrRefused, i)
		}
	}
	r := l.result(tx)
	l.executed++
	l.spent += fakeGas
	l.run(t, r)
	r.Raw = r.Effects.Marshal()
	l.done[r.Digest] = r
	return r, nil
}

// run applies a transaction whose objects are right.
func (l *fakeLedger) run(t *suitx.TransactionData, r *Result) {
	gas := l.objects[t.Gas.Payment[0].ID]
	for _, p := range t.Gas.Payment[1:] {
		addBalance(gas, int64(balanceOf(l.objects[p.ID])))
		delete(l.objects, p.ID)
	}
	addBalance(gas, -fakeGas)
	bump(gas, r)
	for _, in := range t.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned {
			bump(l.objects[in.Object.Ref.ID], r)
		}
	}
	if !r.Effects.Status.Success() {
		return
	}
	results := make([][]*suitx.Object, len(t.Commands))
	arg := func(a suitx.Argument) *suitx.Object {
		switch a.Kind {
		case suitx.ArgGasCoin:
			return gas
		case suitx.ArgInput:
			return l.objects[t.Inputs[a.Index].Object.Ref.ID]
		}
		return results[a.Index][a.Nested]
	}
	pure := func(a suitx.Argument) []byte { return t.Inputs[a.Index].Pure }
	for i, c := range t.Commands {
		switch c := c.(type) {
		case *suitx.SplitCoins:
			for _, a := range c.Amounts {
				n := binary.LittleEndian.Uint64(pure(a))
				addBalance(arg(c.Coin), -int64(n))
				results[i] = append(results[i], l.coin(t.Sender, arg(c.Coin).Move.Type, n))
			}
		case *suitx.MergeCoins:
			for _, a := range c.Sources {
				addBalance(arg(c.Into), int64(balanceOf(arg(a))))
				delete(l.objects, arg(a).ID())
			}
		case *suitx.TransferObjects:
			for _, a := range c.Objects {
				o := arg(a)
				o.Owner.Address = suitx.Address(pure(c.To))
				o.PreviousTransaction = r.Digest
				r.Effects.ChangedObjects = append(r.Effects.ChangedObjects, suitx.ChangedObject{
					ID: o.ID(), IDOperation: suitx.IDCreated, Output: suitx.ObjectOut{Kind: suitx.OutputObject, Owner: o.Owner, Digest: o.Digest()},
				})
			}
		case *suitx.MoveCall:
			switch c.Function {
			case "reserve_space":
				addBalance(arg(c.Args[3]), -1000)
			case "register_blob":
				o := l.blob(t.Sender, codec.BlobID(pure(c.Args[2])), binary.LittleEndian.Uint64(pure(c.Args[4])), pure(c.Args[6])[0] == 1)
				results[i] = []*suitx.Object{o}
			}
		}
	}
}

// blob makes a Blob object that lives for long.
func (l *fakeLedger) blob(owner suitx.Address, id codec.BlobID, size uint64, deletable bool) *suitx.Object {
	var w bcs.Writer
	oid := l.newID()
	w.Fixed(oid[:])
	w.U32(3)
	w.U256(id)
	w.U64(size)
	w.U8(1)
	w.Option(false)
	w.Fixed(make([]byte, 32))
	w.U32(3)
	w.U32(100)
	w.U64(1)
	w.Bool(deletable)
	o := &suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.StructTag{Address: testIDs.WalrusPackage, Module: "blob", Name: "Blob"}, Version: 1, Contents: w.Data()},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
	l.put(o)
	return o
}

func balanceOf(o *suitx.Object) uint64 { return binary.LittleEndian.Uint64(o.Move.Contents[32:]) }

func addBalance(o *suitx.Object, n int64) {
	binary.LittleEndian.PutUint64(o.Move.Contents[32:], uint64(int64(balanceOf(o))+n))
}

func bump(o *suitx.Object, r *Result) {
	if o == nil {
		return
	}
	m := *o.Move
	m.Version++
	o.Move = &m
	o.PreviousTransaction = r.Digest
}
