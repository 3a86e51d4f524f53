package vm

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// settle puts back what is left of inputs and gas when all commands have run.
func (m *machine) settle() error {
	for i, b := range m.values.inputs {
		if b != nil && m.mutable(i) {
			o := m.tx.Inputs[i]
			m.session.written[o.ID()] = owned{move.Object{Type: o.Move.Type, Contents: b}, o.Owner}
		}
	}
	gas := m.tx.Gas[0]
	if m.values.gas != nil {
		m.session.written[gas.ID()] = owned{move.Object{Type: gas.Move.Type, Contents: m.values.gas}, gas.Owner}
	}
	if err := m.settleShared(); err != nil {
		return err
	}
	for _, id := range sorted(m.session.written) {
		w := m.session.written[id]
		if w.owner.Kind == suitx.SharedOwner && w.owner.Version == 0 && !m.session.created[id] {
			return sharedTooLate()
		}
	}
	return m.session.checkSizes()
}

// checkSizes bounds what an object and all objects take.
func (s *session) checkSizes() error {
	var total uint64
	add := func(size int) error {
		if size > maxObjectBytes {
			return &failure{Kind: suitx.MoveObjectTooBig, Size: uint64(size), Limit: maxObjectBytes}
		}
		if total += uint64(size); total > maxWritten {
			return &failure{Kind: suitx.WrittenObjectsTooLarge, Size: total, Limit: maxWritten}
		}
		return nil
	}
	for _, id := range sorted(s.written) {
		if err := add(len(s.written[id].Contents)); err != nil {
			return err
		}
	}
	for _, id := range sorted(s.children) {
		if c := s.children[id]; c.changed && c.now != nil {
			if err := add(len(c.now.Contents)); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleShared checks that shared objects taken by value were deleted or shared
// again; they count as shared since they first were.
func (m *machine) settleShared() error {
	for _, o := range m.tx.Inputs {
		if o == nil || !m.session.shared[o.ID()] {
			continue
		}
		w, written := m.session.written[o.ID()]
		switch {
		case written && w.owner.Kind == suitx.SharedOwner:
			w.owner = o.Owner
			m.session.written[o.ID()] = w
		case !m.session.deleted[o.ID()]:
			return fail(suitx.SharedObjectOperationNotAllowed)
		}
	}
	return nil
}

// sharedTooLate is the abort of 0x2::transfer when an object is shared that
// wasn't created by the transaction.
func sharedTooLate() error {
	function := "share_object_impl"
	return &failure{Kind: suitx.MoveAbort, Location: &suitx.MoveLocation{
		Package: suitx.FrameworkAddress(2), Module: "transfer", FunctionName: &function}}
}

// sorted returns the keys of a map by ID in order.
func sorted[V any](all map[suitx.Address]V) []suitx.Address {
	return slices.SortedFunc(maps.Keys(all), func(a, b suitx.Address) int { return bytes.Compare(a[:], b[:]) })
}

// before returns every object that the transaction changes whatever it does:
// the payment, and the inputs that it may change.
func (m *machine) before() map[suitx.Address]*suitx.Object {
	all := make(map[suitx.Address]*suitx.Object)
	for _, o := range m.tx.Gas {
		all[o.ID()] = o
	}
	for i, o := range m.tx.Inputs {
		if o != nil && m.mutable(i) {
			all[o.ID()] = o
		}
	}
	return all
}

// finish turns what the session holds into an outcome, after f if it isn't nil.
func (m *machine) finish(f *failure) (*Outcome, error) {
	if f == nil {
		d := m.delta()
		gas, ok := m.meter.summary(d.price())
		if ok {
			return m.outcome(d, gas, nil)
		}
		f = &failure{Kind: suitx.InsufficientGas}
	}
	m.session = m.emptySession()
	if _, err := m.smash(); err != nil {
		return nil, err
	}
	d := m.delta()
	gas, ok := m.meter.summary(d.price())
	if !ok {
		gas = m.withoutStorage(d)
	}
	return m.outcome(d, gas, f)
}

// emptySession is a session as it was before the first command.
func (m *machine) emptySession() *session {
	s := newSession(m.env.Objects)
	s.sender, s.digest = m.tx.Data.Sender, m.tx.Digest
	for id, o := range m.before() {
		if id == m.tx.Gas[0].ID() || !m.isGas(id) {
			s.written[id] = owned{move.Object{Type: o.Move.Type, Contents: o.Move.Contents}, o.Owner}
		}
	}
	total := uint64(0)
	for _, o := range m.tx.Gas {
		total += coinBalance(o.Move.Contents)
	}
	gas := m.tx.Gas[0]
	s.written[gas.ID()] = owned{move.Object{Type: gas.Move.Type,
		Contents: coinBytes(gas.ID(), total-m.meter.budget)}, gas.Owner}
	return s
}

func (m *machine) isGas(id suitx.Address) bool {
	return slices.ContainsFunc(m.tx.Gas, func(o *suitx.Object) bool { return o.ID() == id })
}

// withoutStorage is the cost when the budget doesn't even cover the inputs'
// storage: all of the budget, nothing for storage. The objects keep the
// rebates they have; those of coins that were merged are lost.
func (m *machine) withoutStorage(d *delta) suitx.GasCost {
	gas := suitx.GasCost{Computation: m.meter.budget}
	for _, o := range d.after {
		o.StorageRebate = d.before[o.ID()].StorageRebate
	}
	for id, o := range d.before {
		if d.after[id] == nil {
			gas.NonRefundable += o.StorageRebate
		}
	}
	return gas
}

// delta is all objects that change, before and after.
type delta struct {
	before, after    map[suitx.Address]*suitx.Object
	created, deleted map[suitx.Address]bool
	lamport          uint64
}

func (m *machine) delta() *delta {
	s := m.session
	d := &delta{before: m.before(), after: make(map[suitx.Address]*suitx.Object),
		created: s.created, deleted: s.deleted, lamport: m.lamport()}
	maps.Copy(d.before, s.received)
	for id, w := range s.written {
		d.after[id] = m.object(w, d.lamport)
	}
	for id, c := range s.children {
		if !c.changed {
			continue
		}
		if c.before != nil {
			d.before[id] = c.before
		}
		if c.now != nil {
			owner := suitx.Owner{Kind: suitx.ObjectOwner, Address: c.parent}
			d.after[id] = m.object(owned{*c.now, owner}, d.lamport)
		}
	}
	for _, p := range s.published {
		o := &suitx.Object{Owner: suitx.Owner{Kind: suitx.ImmutableOwner}, PreviousTransaction: m.tx.Digest, Package: p.Object}
		o.StorageRebate = storageSize(o) * storageByte
		d.after[p.Object.ID] = o
	}
	return d
}

func (m *machine) object(w owned, lamport uint64) *suitx.Object {
	if w.owner.Kind == suitx.SharedOwner && w.owner.Version == 0 {
		w.owner.Version = lamport
	}
	a, err := m.env.Packages.Abilities(w.Type.Tag())
	o := &suitx.Object{Owner: w.owner, PreviousTransaction: m.tx.Digest, Move: &suitx.MoveObject{
		Type: w.Type, HasPublicTransfer: err == nil && a.Has(move.Store), Version: lamport, Contents: w.Contents}}
	o.StorageRebate = storageSize(o) * storageByte
	return o
}

// lamport is one more than the highest version among the inputs.
func (m *machine) lamport() uint64 {
	var highest uint64
	for _, o := range slices.Concat(m.tx.Inputs, m.tx.Gas) {
		if o != nil {
			highest = max(highest, o.Version())
		}
	}
	return highest + 1
}

// price sums up storage: paid for all after, got back for all before.
func (d *delta) price() (s storage) {
	for _, o := range d.after {
		s.cost += o.StorageRebate
	}
	for _, o := range d.before {
		s.old += o.StorageRebate
	}
	return s
}

// ids returns all IDs of the delta in order.
func (d *delta) ids() []suitx.Address {
	all := make(map[suitx.Address]bool)
	maps.Copy(all, d.created)
	maps.Copy(all, d.deleted)
	for id := range d.before {
		all[id] = true
	}
	for id := range d.after {
		all[id] = true
	}
	return sorted(all)
}

// refund puts the budget back into the gas coin and takes the cost out.
func (m *machine) refund(d *delta, gas suitx.GasCost) error {
	o := d.after[m.tx.Gas[0].ID()]
	if o == nil {
		return fmt.Errorf("the gas coin of %s is gone", m.tx.Digest)
	}
	balance := coinBalance(o.Move.Contents) + m.meter.budget + gas.Rebate - gas.Computation - gas.Storage
	o.Move.Contents = coinBytes(o.ID(), balance)
	return nil
}
