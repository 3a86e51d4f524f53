package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that walrus::system_state_inner aborts with.
const (
	innerStorageExceeded    = 1
	innerInvalidEpochsAhead = 2
	innerInvalidIDEpoch     = 3
	innerIncorrectCommittee = 4
	innerInvalidAccounting  = 5
	innerInvalidSize        = 11
)

// eventBlob names an event blob; this network's nodes certify none.
type eventBlob struct {
	BlobID     [32]byte
	Checkpoint uint64
}

type eventBlobWeight struct {
	Blob   eventBlob
	Weight uint16
}

// systemState is walrus::system_state_inner::SystemStateInnerV1.
type systemState struct {
	Committee                blsCommittee
	Capacity, Used           uint64
	StoragePrice, WritePrice uint64
	Accounts                 ring
	LatestEventBlob          *eventBlob
	EventBlobs               []eventBlobWeight
	DenyListSizes            suitx.Address // an ExtendedField
}

func (v *systemState) Read(r *bcs.Reader) {
	v.Committee.Read(r)
	v.Capacity, v.Used, v.StoragePrice, v.WritePrice = r.U64(), r.U64(), r.U64(), r.U64()
	v.Accounts.Read(r)
	if r.Option() {
		v.LatestEventBlob = &eventBlob{r.U256(), r.U64()}
	}
	v.EventBlobs = bcs.ReadSeq(r, 42, func(r *bcs.Reader) eventBlobWeight {
		return eventBlobWeight{eventBlob{r.U256(), r.U64()}, r.U16()}
	})
	v.DenyListSizes = readAddress(r)
}

func (v *systemState) Write(w *bcs.Writer) {
	v.Committee.Write(w)
	for _, n := range []uint64{v.Capacity, v.Used, v.StoragePrice, v.WritePrice} {
		w.U64(n)
	}
	v.Accounts.Write(w)
	w.Option(v.LatestEventBlob != nil)
	if v.LatestEventBlob != nil {
		w.U256(v.LatestEventBlob.BlobID)
		w.U64(v.LatestEventBlob.Checkpoint)
	}
	bcs.WriteSeq(w, v.EventBlobs, func(w *bcs.Writer, e eventBlobWeight) {
		w.U256(e.Blob.BlobID)
		w.U64(e.Blob.Checkpoint)
		w.U16(e.Weight)
	})
	writeAddress(w, v.DenyListSizes)
}

type innerModule struct {
	*move.Module
	x     *walrus
	state *move.Struct
}

func (x *walrus) declareInner(p *move.Package) {
	event := p.Module("event_blob")
	blob := event.Struct("EventBlob", move.Copy|move.Drop|move.Store, move.Field{Name: "blob_id", Type: move.U256},
		move.Field{Name: "ending_checkpoint_sequence_number", Type: move.U64})
	event.Struct("EventBlobAttestation", move.Copy|move.Drop|move.Store,
		move.Field{Name: "checkpoint_sequence_num", Type: move.U64}, move.Field{Name: "epoch", Type: move.U32})
	events := event.Struct("EventBlobCertificationState", move.Store,
		move.Field{Name: "latest_certified_blob", Type: x.f.option.Of(blob.Of())},
		move.Field{Name: "aggregate_weight_per_blob", Type: x.f.vecMap.vecMap.Of(blob.Of(), move.U16)})
	m := &innerModule{Module: p.Module("system_state_inner"), x: x}
	x.inner = m
	sizes := x.f.vecMap.vecMap.Of(x.f.id.Of(), move.U64)
	m.state = m.Struct("SystemStateInnerV1", move.Store,
		move.Field{Name: "committee", Type: x.bls.committee.Of()},
		move.Field{Name: "total_capacity_size", Type: move.U64},
		move.Field{Name: "used_capacity_size", Type: move.U64},
		move.Field{Name: "storage_price_per_unit_size", Type: move.U64},
		move.Field{Name: "write_price_per_unit_size", Type: move.U64},
		move.Field{Name: "future_accounting", Type: x.account.FindStruct("FutureAccountingRingBuffer").Of()},
		move.Field{Name: "event_blob_certification_state", Type: events.Of()},
		move.Field{Name: "deny_list_sizes", Type: x.extended.Of(sizes)})
}

// take moves an amount from a coin to an epoch's rewards.
func (m *innerModule) pay(coin *Coin, a *accounting, amount uint64) (err error) {
	if coin.Balance, err = m.x.f.balance.sub(coin.Balance, amount); err != nil {
		return err
	}
	a.Rewards, err = m.x.f.balance.add(a.Rewards, amount)
	return err
}

// payStorage pays for space in the epochs from start up to, but without, end,
// counted from the current one.
func (m *innerModule) payStorage(v *systemState, size uint64, start, end uint32, coin *Coin) error {
	due, ok := mul(v.StoragePrice, storageUnits(size))
	if !ok {
		return m.Arithmetic("process_storage_payments")
	}
	for i := start; i < end; i++ {
		a, err := m.x.ahead(&v.Accounts, i)
		if err != nil {
			return err
		}
		if err := m.pay(coin, a, due); err != nil {
			return err
		}
	}
	return nil
}

// reserve takes space in those epochs; more than the capacity isn't to be had.
func (m *innerModule) reserve(v *systemState, function string, size uint64, start, end uint32) error {
	for i := start; i < end; i++ {
		a, err := m.x.ahead(&v.Accounts, i)
		if err != nil {
			return err
		}
		if err := m.x.use(a, size); err != nil {
			return err
		}
		if i == 0 {
			v.Used = a.Used
		}
		if a.Used > v.Capacity {
			return m.Abort(function, innerStorageExceeded)
		}
	}
	return nil
}

// payWrite pays for the write of encoded bytes.
func (m *innerModule) payWrite(v *systemState, encoded uint64, coin *Coin) error {
	due, ok := mul(v.WritePrice, storageUnits(encoded))
	if !ok {
		return m.Arithmetic("write_price")
	}
	a, err := m.x.ahead(&v.Accounts, 0)
	if err != nil {
		return err
	}
	return m.pay(coin, a, due)
}

func mul(a, b uint64) (uint64, bool) {
	if a != 0 && a*b/a != b {
		return 0, false
	}
	return a * b, true
}

// loadState returns the state behind the versioned shared object that is
// argument i, or aborts if the object is of another version.
func loadState[T any, P interface {
	*T
	move.Value
}](c *move.Call, i int, state suitx.TypeTag, abort func(function string, code uint64) error) (P, error) {
	var s versioned
	c.Get(i, &s)
	if s.Version != systemVersion {
		return nil, abort("inner", systemWrongVersion)
	}
	b, err := c.Field(s.ID, move.U64Key(systemVersion), state)
	if err != nil {
		return nil, err
	}
	v := P(new(T))
	c.Unmarshal(b, v)
	return v, c.Fault()
}
