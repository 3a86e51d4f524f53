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
// split and merge coins, transfer, register blobs (fakerun_test.go). Calls of
// package parcel and certify_blob do nothing but cost gas. In all else it is held
// to what a ledger promises (conformance_test.go). Tests set its fields to make
// it fail.
type fakeLedger struct {
	mu       sync.Mutex
	objects  map[suitx.Address]*suitx.Object
	done     map[suitx.Digest]*Result
	callee   suitx.Address // Walrus' package to call
	made     uint64
	executed int
	spent    uint64 // MIST, by anybody

	locked  map[suitx.ObjectRef]bool // by transactions that never end
	abort   *suitx.ExecutionFailure  // outcome of simulations and executions
	execErr []error                  // what the next calls of Execute return
	hold    chan struct{}            // when set, Execute waits for it
	blind   bool                     // Owned fails
	com     *api.Committee
}

const fakeGas = 1_000_000

var fakeNow = Moment{ChainID: "fake", Epoch: 9, GasPrice: 1000}

var testIDs, _ = api.Networks(api.Local)

func newFakeLedger() *fakeLedger {
	l := &fakeLedger{objects: make(map[suitx.Address]*suitx.Object), done: make(map[suitx.Digest]*Result), locked: make(map[suitx.ObjectRef]bool)}
	l.com = fakeCommittee(13, 8)
	l.upgrade(testIDs.WalrusPackage)
	return l
}

// upgrade makes another package the one to call for Walrus' functions.
func (l *fakeLedger) upgrade(walrus suitx.Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.callee = walrus
	system := append([]byte{}, testIDs.System[:]...)
	system = binary.LittleEndian.AppendUint64(system, 1)
	system = append(system, walrus[:]...)
	system = append(system, 0)
	l.put(&suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.StructTag{Address: testIDs.WalrusPackage, Module: "system", Name: "System"}, Version: 7, Contents: system},
		Owner: suitx.Owner{Kind: suitx.SharedOwner, Version: 5},
	})
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
	o := fakeCoin(l.newID(), owner, typ, balance)
	l.put(o)
	return o
}

func fakeCoin(id, owner suitx.Address, typ suitx.StructTag, balance uint64) *suitx.Object {
	return &suitx.Object{
		Move:  &suitx.MoveObject{Type: typ, HasPublicTransfer: true, Version: 1, Contents: binary.LittleEndian.AppendUint64(id[:], balance)},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
}

// blob makes a Blob object that lives for long.
func (l *fakeLedger) blob(owner suitx.Address, id codec.BlobID, size uint64, deletable bool) *suitx.Object {
	o := fakeBlob(l.newID(), owner, id, size, deletable)
	l.put(o)
	return o
}

func fakeBlob(oid, owner suitx.Address, id codec.BlobID, size uint64, deletable bool) *suitx.Object {
	var w bcs.Writer
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
	return &suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.StructTag{Address: testIDs.WalrusPackage, Module: "blob", Name: "Blob"}, Version: 1, Contents: w.Data()},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
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
	if l.blind {
		return nil, fmt.Errorf("couldn't read objects of %s: no answer", owner)
	}
	for _, o := range l.objects {
		if o.Owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) && o.Move.Type.Equal(typ) {
			out = append(out, o)
		}
	}
	return out, nil
}

func (l *fakeLedger) Now(context.Context) (Moment, error) {
	return fakeNow, nil
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

func (l *fakeLedger) Simulate(ctx context.Context, tx []byte) (*Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, err := l.check(tx)
	if err != nil {
		return nil, err
	}
	return l.newRun(t, tx).result, ctx.Err()
}

// check holds a transaction against the objects and the rules there are.
func (l *fakeLedger) check(tx []byte) (*suitx.TransactionData, error) {
	t, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		return nil, errors.Join(ErrRefused, err)
	}
	paid := uint64(0)
	for _, r := range t.Gas.Payment {
		o, err := l.owned(r, t.Gas.Owner)
		if err != nil {
			return nil, err
		}
		paid += balanceOf(o)
	}
	for _, in := range t.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned {
			if _, err := l.owned(in.Object.Ref, t.Sender); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case len(t.Gas.Payment) == 0, t.Gas.Budget > paid, t.Gas.Budget < fakeGas, t.Gas.Price < fakeNow.GasPrice:
		return nil, fmt.Errorf("%w: gas %+v of %d", ErrRefused, t.Gas, paid)
	case t.Expiration.Kind == suitx.ExpirationEpoch && t.Expiration.Epoch < fakeNow.Epoch:
		return nil, fmt.Errorf("%w: expired", ErrRefused)
	}
	return t, nil
}

// owned is an input, if it is the owner's and of that version.
func (l *fakeLedger) owned(r suitx.ObjectRef, owner suitx.Address) (*suitx.Object, error) {
	o := l.objects[r.ID]
	if o == nil || o.Ref() != r {
		return nil, fmt.Errorf("%w: object %s", ErrConflict, r.ID)
	}
	if o.Owner != (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) {
		return nil, fmt.Errorf("%w: object %s is another's", ErrRefused, r.ID)
	}
	return o, nil
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
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(l.execErr) > 0 {
		err := l.execErr[0]
		l.execErr = l.execErr[1:]
		if err != nil {
			return nil, err
		}
	}
	t, err := suitx.UnmarshalTransactionData(tx)
	if err != nil {
		return nil, errors.Join(ErrRefused, err)
	}
	if err := checkSignatures(t, tx, sigs); err != nil {
		return nil, err
	}
	if r := l.done[suitx.TransactionDigest(tx)]; r != nil {
		return r, nil
	}
	if t, err = l.check(tx); err != nil {
		return nil, err
	}
	for _, r := range t.Gas.Payment {
		if l.locked[r] {
			return nil, fmt.Errorf("%w: object %s is locked", ErrConflict, r.ID)
		}
	}
	for _, in := range t.Inputs {
		if in.Kind == suitx.InputObject && l.locked[in.Object.Ref] {
			return nil, fmt.Errorf("%w: object %s is locked", ErrConflict, in.Object.Ref.ID)
		}
	}
	run := l.newRun(t, tx)
	run.apply()
	l.executed++
	l.spent += fakeGas
	l.done[run.result.Digest] = run.result
	return run.result, nil
}

// checkSignatures wants the sender's, and the gas owner's if that is another.
func checkSignatures(t *suitx.TransactionData, tx []byte, sigs [][]byte) error {
	signers := []suitx.Address{t.Sender}
	if t.Gas.Owner != t.Sender {
		signers = append(signers, t.Gas.Owner)
	}
	if len(sigs) != len(signers) {
		return fmt.Errorf("%w: %d signatures of %d", ErrRefused, len(sigs), len(signers))
	}
	for i, signer := range signers {
		if err := suitx.VerifyTransaction(tx, sigs[i], signer); err != nil {
			return fmt.Errorf("%w: signature %d: %w", ErrRefused, i, err)
		}
	}
	return nil
}

func balanceOf(o *suitx.Object) uint64 { return binary.LittleEndian.Uint64(o.Move.Contents[32:]) }
