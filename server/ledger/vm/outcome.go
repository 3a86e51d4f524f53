package vm

import (
	"bytes"
	"maps"
	"slices"

	"floe/codec/suitx"
)

// outcome makes effects of a delta.
func (m *machine) outcome(d *delta, gas suitx.GasCost, f *failure) (*Outcome, error) {
	if err := m.refund(d, gas); err != nil {
		return nil, err
	}
	e := &suitx.Effects{ExecutedEpoch: m.env.Epoch, GasUsed: gas, TransactionDigest: m.tx.Digest,
		Dependencies: m.dependencies(), LamportVersion: d.lamport}
	out := &Outcome{Effects: e, Results: m.results}
	if f != nil {
		e.Status.Failure = (*suitx.ExecutionFailure)(f)
	} else if out.Events = m.session.events; len(out.Events) > 0 {
		digest := suitx.EventsDigest(out.Events)
		e.EventsDigest = &digest
	}
	out.Published = m.session.published
	for _, id := range d.ids() {
		if id == m.tx.Gas[0].ID() {
			index := uint32(len(e.ChangedObjects))
			e.GasObjectIndex = &index
		}
		d.change(id, out)
	}
	m.unchanged(d, out)
	out.Balances = balanceChanges(d)
	return out, nil
}

// change adds what became of one object.
func (d *delta) change(id suitx.Address, out *Outcome) {
	c := suitx.ChangedObject{ID: id}
	before, after := d.before[id], d.after[id]
	if before != nil {
		c.Input = &suitx.ObjectIn{Version: before.Version(), Digest: before.Digest(), Owner: before.Owner}
		out.Inputs = append(out.Inputs, before)
	}
	if after != nil {
		c.Output = suitx.ObjectOut{Kind: suitx.OutputObject, Digest: after.Digest(), Owner: after.Owner}
		if after.Package != nil {
			c.Output = suitx.ObjectOut{Kind: suitx.OutputPackage, Digest: after.Digest(), Version: after.Version()}
		}
		out.Written = append(out.Written, after)
	}
	switch {
	case d.created[id]:
		c.IDOperation = suitx.IDCreated
	case d.deleted[id]:
		c.IDOperation = suitx.IDDeleted
	}
	if after == nil && (before != nil || d.deleted[id]) {
		out.Removed = append(out.Removed, Removal{id, !d.deleted[id]})
	}
	out.Effects.ChangedObjects = append(out.Effects.ChangedObjects, c)
}

// unchanged adds what was read and not changed; of that, effects name shared objects.
func (m *machine) unchanged(d *delta, out *Outcome) {
	for i, o := range m.tx.Inputs {
		if o == nil || m.mutable(i) || m.isReceiving(i) {
			continue
		}
		out.Inputs = append(out.Inputs, o)
		if o.Owner.Kind == suitx.SharedOwner {
			out.Effects.UnchangedObjects = append(out.Effects.UnchangedObjects, suitx.UnchangedObject{
				ID: o.ID(), Kind: suitx.ReadOnlyRoot, Version: o.Version(), Digest: o.Digest()})
		}
	}
}

// dependencies are the transactions that made the inputs, in order.
func (m *machine) dependencies() []suitx.Digest {
	all := make(map[suitx.Digest]bool)
	for i, o := range slices.Concat(m.tx.Inputs, m.tx.Gas, m.tx.Packages) {
		if i < len(m.tx.Inputs) && m.isReceiving(i) && m.session.received[o.ID()] == nil {
			continue
		}
		if o != nil && !o.PreviousTransaction.IsZero() {
			all[o.PreviousTransaction] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b suitx.Digest) int { return bytes.Compare(a[:], b[:]) })
}

// BalanceChange is what an address gained or lost of a coin; never 0.
type BalanceChange struct {
	Address  suitx.Address
	CoinType suitx.TypeTag
	Amount   int64 // in its smallest unit: no supply here exceeds 63 bits
}

// balanceChanges sums up coins of addresses, ordered by address and type.
func balanceChanges(d *delta) (all []BalanceChange) {
	type key struct {
		address suitx.Address
		coin    string
	}
	sums, types := make(map[key]int64), make(map[key]suitx.TypeTag)
	add := func(o *suitx.Object, sign int64) {
		if !IsCoin(o) || o.Owner.Kind != suitx.AddressOwner {
			return
		}
		t := o.Move.Type.Params[0]
		k := key{o.Owner.Address, t.String()}
		sums[k] += sign * int64(coinBalance(o.Move.Contents))
		types[k] = t
	}
	for _, o := range d.before {
		add(o, -1)
	}
	for _, o := range d.after {
		add(o, 1)
	}
	for k, sum := range sums {
		if sum != 0 {
			all = append(all, BalanceChange{k.address, types[k], sum})
		}
	}
	slices.SortFunc(all, func(a, b BalanceChange) int {
		if c := bytes.Compare(a.Address[:], b.Address[:]); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a.CoinType.String()), []byte(b.CoinType.String()))
	})
	return all
}

// IsCoin says whether o is a coin of any type.
func IsCoin(o *suitx.Object) bool {
	return o.Move != nil && o.Move.Type.Is(suitx.FrameworkAddress(2), "coin", "Coin") &&
		len(o.Move.Type.Params) == 1 && len(o.Move.Contents) == 40
}

// CoinBalance returns the balance of a coin.
func CoinBalance(o *suitx.Object) uint64 { return coinBalance(o.Move.Contents) }
