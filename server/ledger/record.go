package ledger

import (
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// A transaction's record in the store:
//
//	checkpoint u64 ‖ time u64 ‖ transaction bytes ‖ signatures vector<bytes>
//	‖ effects bytes ‖ events bytes ‖ balances vector<{address, type tag bytes, amount u64}>
func writeTransaction(b *pebble.Batch, e *Executed) error {
	var w bcs.Writer
	w.U64(e.Checkpoint)
	w.U64(uint64(e.Time.UnixMilli()))
	w.Bytes(e.Transaction)
	bcs.WriteSeq(&w, e.Signatures, (*bcs.Writer).Bytes)
	w.Bytes(e.Effects.Marshal())
	w.Bytes(suitx.MarshalEvents(e.Events))
	bcs.WriteSeq(&w, e.Balances, func(w *bcs.Writer, c BalanceChange) {
		w.Fixed(c.Address[:])
		w.Bytes(c.CoinType.Marshal())
		w.U64(uint64(c.Amount))
	})
	return b.Set(key(keyTx, e.Digest[:]), w.Data(), nil)
}

// readTransaction returns a transaction without its objects, or ErrNotFound.
func readTransaction(r reader, d suitx.Digest) (*Executed, error) {
	v, err := get(r, key(keyTx, d[:]))
	if err != nil {
		return nil, err
	}
	e := &Executed{Digest: d}
	if err := e.unmarshal(v); err != nil {
		return nil, fmt.Errorf("transaction %s in store: %w", d, err)
	}
	return e, nil
}

func (e *Executed) unmarshal(v []byte) (err error) {
	in := bcs.NewReader(v)
	e.Checkpoint, e.Time = in.U64(), fromMS(in.U64())
	e.Transaction = in.Bytes()
	e.Signatures = bcs.ReadSeq(in, 1, (*bcs.Reader).Bytes)
	effects, events := in.Bytes(), in.Bytes()
	e.Balances = bcs.ReadSeq(in, 41, func(in *bcs.Reader) (c BalanceChange) {
		c.Address = in.U256()
		t, err := suitx.UnmarshalTypeTag(in.Bytes())
		if err != nil {
			in.FailWith(err)
		}
		c.CoinType, c.Amount = t, int64(in.U64())
		return c
	})
	if err := in.Done(); err != nil {
		return err
	}
	if e.Effects, err = suitx.UnmarshalEffects(effects); err != nil {
		return err
	}
	e.Events, err = suitx.UnmarshalEvents(events)
	return err
}

// loadObjects fills in the objects that a transaction read and wrote.
func (e *Executed) loadObjects(r reader) error {
	add := func(to *[]*suitx.Object, id suitx.Address, version uint64) error {
		o, err := readObject(r, id, version)
		if err != nil {
			return fmt.Errorf("object %s of transaction %s: %w", id, e.Digest, err)
		}
		*to = append(*to, o)
		return nil
	}
	changed := make(map[suitx.Address]bool)
	for _, c := range e.Effects.ChangedObjects {
		changed[c.ID] = true
		if c.Input != nil {
			if err := add(&e.Inputs, c.ID, c.Input.Version); err != nil {
				return err
			}
		}
		if c.Output.Kind != suitx.OutputNotExist {
			version := e.Effects.LamportVersion
			if c.Output.Kind == suitx.OutputPackage {
				version = c.Output.Version
			}
			if err := add(&e.Outputs, c.ID, version); err != nil {
				return err
			}
		}
	}
	for _, u := range e.Effects.UnchangedObjects {
		if err := add(&e.Inputs, u.ID, u.Version); err != nil {
			return err
		}
	}
	data, err := suitx.UnmarshalTransactionData(e.Transaction)
	if err != nil {
		return nil // a system transaction: it has no other inputs
	}
	for _, in := range data.Inputs {
		ref := in.Object.Ref
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned && !changed[ref.ID] {
			if err := add(&e.Inputs, ref.ID, ref.Version); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromMS(ms uint64) time.Time { return time.UnixMilli(int64(ms)).UTC() }

func toMS(t time.Time) uint64 { return uint64(max(t.UnixMilli(), 0)) }
