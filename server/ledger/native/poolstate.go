package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// loadPool returns a pool; nil after a fault.
func (m *stakingModule) loadPool(c *move.Call, v *stakingState, id suitx.Address) *pool {
	o, err := c.Children.Child(m.x.f.objectFieldID(v.Pools.ID, m.idKey(id)), id)
	if err != nil || o == nil {
		m.poolFault(c, id, err)
		return nil
	}
	p := &pool{}
	c.Unmarshal(o.Contents, p)
	return p
}

func (m *stakingModule) storePool(c *move.Call, v *stakingState, p *pool) {
	c.Children.PutChild(m.x.f.objectFieldID(v.Pools.ID, m.idKey(p.ID)), p.ID,
		move.Object{Type: m.pool.Tag(), Contents: move.Marshal(p)})
}

// blocked is the key of the commission that can't be collected before the vote
// of the epoch has ended.
func (m *stakingModule) blocked() move.FieldKey {
	return move.FieldKey{Type: m.pools.FindStruct(blockedKey).Tag().Tag(), BCS: []byte{0}}
}

func u64Type() suitx.TypeTag { return suitx.TypeTag{Kind: suitx.TypeU64} }

func (m *stakingModule) block(c *move.Call, p *pool, amount uint64) error {
	if c.HasField(p.Extra.ID, m.blocked()) {
		old, err := c.Field(p.Extra.ID, m.blocked(), u64Type())
		if err != nil {
			return err
		}
		amount += bcs.NewReader(old).U64()
	} else {
		p.Extra.Size++
	}
	c.SetField(p.Extra.ID, m.blocked(), u64Type(), move.U64Key(amount).BCS)
	return nil
}

func (m *stakingModule) clearBlocked(c *move.Call, p *pool) error {
	if !c.HasField(p.Extra.ID, m.blocked()) {
		return nil
	}
	p.Extra.Size--
	_, err := c.RemoveField(p.Extra.ID, m.blocked(), u64Type())
	return err
}

// rate is walrus::pool_exchange_rate::PoolExchangeRate; flat when both are 0.
type rate struct{ WAL, Shares uint64 }

func newRate(wal, shares uint64) rate {
	if wal == 0 || shares == 0 {
		return rate{}
	}
	return rate{wal, shares}
}

func (r rate) wal(shares uint64) uint64 {
	if r.Shares == 0 {
		return shares
	}
	return mulDiv(shares, r.WAL, r.Shares)
}

func (r rate) shares(wal uint64) uint64 {
	if r.WAL == 0 {
		return wal
	}
	return mulDiv(wal, r.Shares, r.WAL)
}

func (r rate) marshal() []byte {
	var w bcs.Writer
	if r.WAL == 0 {
		w.Uleb(0)
		return w.Data()
	}
	w.Uleb(1)
	for _, n := range []uint64{r.WAL, r.Shares} { // u128 each
		w.U64(n)
		w.U64(0)
	}
	return w.Data()
}

// addRate notes the exchange rate of an epoch.
func (m *stakingModule) addRate(c *move.Call, p *pool, epoch uint32, r rate) error {
	p.Rates.Size++
	return c.AddField(p.Rates.ID, epochKey(epoch), m.rate.Tag().Tag(), r.marshal())
}

func epochKey(epoch uint32) move.FieldKey {
	var w bcs.Writer
	w.U32(epoch)
	return move.FieldKey{Type: suitx.TypeTag{Kind: suitx.TypeU32}, BCS: w.Data()}
}

// activeSet is walrus::active_set::ActiveSet: the nodes that may be in the next committee.
type activeSet struct {
	Max              uint16
	Threshold, Total uint64
	Nodes            []activeNode
}

type activeNode struct {
	NodeID suitx.Address
	Stake  uint64
}

func (v *activeSet) Read(r *bcs.Reader) {
	v.Max, v.Threshold = r.U16(), r.U64()
	v.Nodes = bcs.ReadSeq(r, 40, func(r *bcs.Reader) activeNode { return activeNode{readAddress(r), r.U64()} })
	v.Total = r.U64()
}

func (v *activeSet) Write(w *bcs.Writer) {
	w.U16(v.Max)
	w.U64(v.Threshold)
	bcs.WriteSeq(w, v.Nodes, func(w *bcs.Writer, n activeNode) {
		writeAddress(w, n.NodeID)
		w.U64(n.Stake)
	})
	w.U64(v.Total)
}

// update sets a node's stake, if the node is in the set.
func (v *activeSet) update(id suitx.Address, stake uint64) {
	for i := range v.Nodes {
		if n := &v.Nodes[i]; n.NodeID == id {
			v.Total += stake - n.Stake
			n.Stake = stake
		}
	}
}

// extendedKey is the key of an ExtendedField's value.
func (x *walrus) extendedKey() move.FieldKey {
	key := suitx.StructTag{Address: x.extended.Module.Package, Module: "extended_field", Name: "Key"}
	return move.FieldKey{Type: key.Tag(), BCS: []byte{0}}
}

func (m *stakingModule) loadActiveSet(c *move.Call, v *stakingState) (*activeSet, error) {
	b, err := c.Field(v.ActiveSet, m.x.extendedKey(), m.activeSet.Tag().Tag())
	if err != nil {
		return nil, err
	}
	set := &activeSet{}
	c.Unmarshal(b, set)
	return set, nil
}

func (m *stakingModule) storeActiveSet(c *move.Call, v *stakingState, set *activeSet) {
	c.SetField(v.ActiveSet, m.x.extendedKey(), m.activeSet.Tag().Tag(), move.Marshal(set))
}
