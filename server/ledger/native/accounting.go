package native

import (
	"math/bits"

	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// accountingTooFar is what walrus::storage_accounting aborts with.
const accountingTooFar = 0

// accounting is what one epoch has sold: space, and what was paid for it.
type accounting struct {
	Epoch   uint32
	Used    uint64
	Rewards uint64 // a Balance<WAL>
}

// ring holds the accounts of the current epoch and those ahead, in a buffer
// that begins at Current.
type ring struct {
	Current, Length uint32
	Entries         []accounting
}

func (v *ring) Read(r *bcs.Reader) {
	v.Current, v.Length = r.U32(), r.U32()
	v.Entries = bcs.ReadSeq(r, 20, func(r *bcs.Reader) accounting { return accounting{r.U32(), r.U64(), r.U64()} })
	if r.Err() == nil && (uint32(len(v.Entries)) != v.Length || v.Current >= v.Length) {
		r.Fail("ring of %d holds %d", v.Length, len(v.Entries))
	}
}

func (v *ring) Write(w *bcs.Writer) {
	w.U32(v.Current)
	w.U32(v.Length)
	bcs.WriteSeq(w, v.Entries, func(w *bcs.Writer, a accounting) {
		w.U32(a.Epoch)
		w.U64(a.Used)
		w.U64(a.Rewards)
	})
}

func (x *walrus) declareAccounting(p *move.Package) {
	x.account = p.Module("storage_accounting")
	entry := x.account.Struct("FutureAccounting", move.Store, move.Field{Name: "epoch", Type: move.U32},
		move.Field{Name: "used_capacity", Type: move.U64},
		move.Field{Name: "rewards_to_distribute", Type: x.wal.balance()})
	x.account.Struct("FutureAccountingRingBuffer", move.Store, move.Field{Name: "current_index", Type: move.U32},
		move.Field{Name: "length", Type: move.U32}, move.Field{Name: "ring_buffer", Type: move.Vector(entry.Of())})
}

// newRing returns the accounts at the beginning of epoch 1: epoch 0's slot has
// been used again for the epoch that is length ahead.
func newRing(length uint32) ring {
	v := ring{Current: 1, Length: length, Entries: make([]accounting, length)}
	for i := range v.Entries {
		v.Entries[i].Epoch = uint32(i)
	}
	v.Entries[0].Epoch = length
	return v
}

// ahead returns the accounts of the epoch that is so far ahead of the current one.
func (x *walrus) ahead(v *ring, epochs uint32) (*accounting, error) {
	if epochs >= v.Length {
		return nil, x.account.Abort("ring_lookup_mut", accountingTooFar)
	}
	return &v.Entries[(epochs+v.Current)%v.Length], nil
}

// pop takes the current epoch's accounts out and makes place at the far end.
func (v *ring) pop() accounting {
	a := v.Entries[v.Current]
	v.Entries[v.Current] = accounting{Epoch: a.Epoch + v.Length}
	v.Current = (v.Current + 1) % v.Length
	return a
}

// use adds to the space used in an epoch.
func (x *walrus) use(a *accounting, amount uint64) error {
	if a.Used+amount < a.Used {
		return x.account.Arithmetic("increase_used_capacity")
	}
	a.Used += amount
	return nil
}

// mulDiv is a*b/c in u128, as Move computes it; c isn't 0 and the result fits.
func mulDiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}
