package server

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"floe/codec"
	"floe/codec/suitx"
)

// fakeStorage is what any storage costs on the fake ledger, in FROST.
const fakeStorage = 100

// fakeRun is one transaction being run by the fake ledger: on copies, so that
// whoever read an object keeps what she read.
type fakeRun struct {
	l       *fakeLedger
	t       *suitx.TransactionData
	result  *Result
	writes  map[suitx.Address]*suitx.Object // nil: it is no more
	results [][]*suitx.Object
	made    uint64
}

// newRun runs a transaction whose inputs were checked, and changes nothing yet.
func (l *fakeLedger) newRun(t *suitx.TransactionData, tx []byte) *fakeRun {
	r := &fakeRun{l: l, t: t}
	e := &suitx.Effects{TransactionDigest: suitx.TransactionDigest(tx), GasUsed: suitx.GasCost{Computation: fakeGas}}
	r.result = &Result{Digest: e.TransactionDigest, Effects: e}
	r.begin()
	e.Status.Failure = l.abort
	for i, c := range t.Commands {
		if !e.Status.Success() {
			break
		}
		if e.Status.Failure = r.command(c); e.Status.Failure != nil {
			n := uint64(i)
			e.Status.Failure.Command = &n
		}
	}
	if !e.Status.Success() {
		r.begin() // only the gas remains of it
	}
	addBalance(r.gas(), t.Gas.Budget-fakeGas)
	r.finish(e)
	r.result.Raw = e.Marshal()
	return r
}

// begin takes the inputs, and the whole budget off the gas.
func (r *fakeRun) begin() {
	r.writes = make(map[suitx.Address]*suitx.Object)
	for _, in := range r.t.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned {
			r.object(in.Object.Ref.ID)
		}
	}
	gas := r.gas()
	for _, p := range r.t.Gas.Payment[1:] {
		addBalance(gas, balanceOf(r.object(p.ID)))
		r.writes[p.ID] = nil
	}
	setBalance(gas, balanceOf(gas)-r.t.Gas.Budget)
}

func (r *fakeRun) gas() *suitx.Object { return r.object(r.t.Gas.Payment[0].ID) }

func (r *fakeRun) object(id suitx.Address) *suitx.Object {
	if o, ok := r.writes[id]; ok {
		return o
	}
	o := *r.l.objects[id]
	m := *o.Move
	m.Contents = bytes.Clone(m.Contents)
	o.Move = &m
	r.writes[id] = &o
	return &o
}

func (r *fakeRun) arg(a suitx.Argument) *suitx.Object {
	switch a.Kind {
	case suitx.ArgGasCoin:
		return r.gas()
	case suitx.ArgInput:
		return r.object(r.t.Inputs[a.Index].Object.Ref.ID)
	}
	return r.results[a.Index][a.Nested]
}

func (r *fakeRun) pure(a suitx.Argument) []byte { return r.t.Inputs[a.Index].Pure }

func (r *fakeRun) newID() suitx.Address {
	r.made++
	return suitx.DerivedObjectID(r.result.Digest, r.made-1)
}

// command runs one and keeps its results.
func (r *fakeRun) command(c suitx.Command) *suitx.ExecutionFailure {
	var out []*suitx.Object
	switch c := c.(type) {
	case *suitx.SplitCoins:
		for _, a := range c.Amounts {
			n, from := binary.LittleEndian.Uint64(r.pure(a)), r.arg(c.Coin)
			if n > balanceOf(from) {
				return &suitx.ExecutionFailure{Kind: suitx.InsufficientCoinBalance}
			}
			setBalance(from, balanceOf(from)-n)
			out = append(out, fakeCoin(r.newID(), r.t.Sender, from.Move.Type, n))
		}
	case *suitx.MergeCoins:
		for _, a := range c.Sources {
			from := r.arg(a)
			addBalance(r.arg(c.Into), balanceOf(from))
			r.drop(from)
		}
	case *suitx.TransferObjects:
		for _, a := range c.Objects {
			o := r.arg(a)
			o.Owner.Address = suitx.Address(r.pure(c.To))
			r.writes[o.ID()] = o
		}
	case *suitx.MoveCall:
		var failure *suitx.ExecutionFailure
		if out, failure = r.call(c); failure != nil {
			return failure
		}
	}
	r.results = append(r.results, out)
	return nil
}

func (r *fakeRun) call(c *suitx.MoveCall) ([]*suitx.Object, *suitx.ExecutionFailure) {
	if c.Module == "system" && c.Package != r.l.callee {
		return nil, &suitx.ExecutionFailure{Kind: suitx.MoveAbort, Location: &suitx.MoveLocation{Package: c.Package, Module: "system"}, AbortCode: 1}
	}
	switch c.Function {
	case "reserve_space":
		payment := r.arg(c.Args[3])
		if balanceOf(payment) < fakeStorage {
			return nil, &suitx.ExecutionFailure{Kind: suitx.MoveAbort, Location: &suitx.MoveLocation{Package: suitx.FrameworkAddress(2), Module: "balance"}, AbortCode: 2}
		}
		setBalance(payment, balanceOf(payment)-fakeStorage)
	case "register_blob":
		id, size := codec.BlobID(r.pure(c.Args[2])), binary.LittleEndian.Uint64(r.pure(c.Args[4]))
		return []*suitx.Object{fakeBlob(r.newID(), r.t.Sender, id, size, r.pure(c.Args[6])[0] == 1)}, nil
	}
	return nil, nil
}

// drop ends an object; one that was made in this transaction never was.
func (r *fakeRun) drop(o *suitx.Object) {
	if r.l.objects[o.ID()] == nil {
		delete(r.writes, o.ID())
		return
	}
	r.writes[o.ID()] = nil
}

// finish gives all that was written one version and lists it in the effects.
func (r *fakeRun) finish(e *suitx.Effects) {
	for id := range r.writes {
		if was := r.l.objects[id]; was != nil {
			e.LamportVersion = max(e.LamportVersion, was.Version())
		}
	}
	e.LamportVersion++
	for id, o := range r.writes {
		c := suitx.ChangedObject{ID: id}
		if was := r.l.objects[id]; was != nil {
			c.Input = &suitx.ObjectIn{Version: was.Version(), Digest: was.Digest(), Owner: was.Owner}
		} else {
			c.IDOperation = suitx.IDCreated
		}
		if o != nil {
			o.Move.Version, o.PreviousTransaction = e.LamportVersion, r.result.Digest
			c.Output = suitx.ObjectOut{Kind: suitx.OutputObject, Digest: o.Digest(), Owner: o.Owner}
		} else {
			c.IDOperation = suitx.IDDeleted
		}
		e.ChangedObjects = append(e.ChangedObjects, c)
	}
	slices.SortFunc(e.ChangedObjects, func(a, b suitx.ChangedObject) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	i, _ := slices.BinarySearchFunc(e.ChangedObjects, r.t.Gas.Payment[0].ID, func(c suitx.ChangedObject, id suitx.Address) int {
		return cmp.Or(bytes.Compare(c.ID[:], id[:]))
	})
	at := uint32(i)
	e.GasObjectIndex = &at
}

// apply makes it so. The caller holds the ledger's lock.
func (r *fakeRun) apply() {
	for id, o := range r.writes {
		if r.l.objects[id] = o; o == nil {
			delete(r.l.objects, id)
		}
	}
}

func setBalance(o *suitx.Object, n uint64) { binary.LittleEndian.PutUint64(o.Move.Contents[32:], n) }

func addBalance(o *suitx.Object, n uint64) { setBalance(o, balanceOf(o)+n) }
