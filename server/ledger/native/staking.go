package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// stakingWrongState is what walrus::staking_inner aborts with when an epoch
// can't change yet.
const stakingWrongState = 0

// assignment is a Committee: every node with its shards, in the order of bits in certificates.
type assignment []nodeShards

type nodeShards struct {
	NodeID suitx.Address
	Shards []uint16
}

func (v *assignment) Read(r *bcs.Reader) {
	*v = bcs.ReadSeq(r, 33, func(r *bcs.Reader) nodeShards {
		return nodeShards{readAddress(r), bcs.ReadSeq(r, 2, (*bcs.Reader).U16)}
	})
}

func (v *assignment) Write(w *bcs.Writer) {
	bcs.WriteSeq(w, *v, func(w *bcs.Writer, n nodeShards) {
		writeAddress(w, n.NodeID)
		bcs.WriteSeq(w, n.Shards, (*bcs.Writer).U16)
	})
}

// The variants of EpochState.
const (
	epochChangeSync    = 0 // shards move; Value is the weight of those who are done
	epochChangeDone    = 1 // Value is when that was, in Unix milliseconds
	nextParamsSelected = 2 // Value likewise
)

// stakingState is walrus::staking_inner::StakingInnerV1.
type stakingState struct {
	NShards            uint16
	EpochDurationMS    uint64
	FirstEpochStartMS  uint64
	Pools              table // an ObjectTable
	Epoch              uint32
	ActiveSet          suitx.Address // an ExtendedField
	Next               *assignment
	Committee          assignment
	Previous           assignment
	NextParams         *[3]uint64 // capacity, storage price, write price
	StateKind          uint8
	StateValue         uint64        // a u16 on the wire in epochChangeSync
	NextEpochPublicKey suitx.Address // an ExtendedField
}

func (v *stakingState) Read(r *bcs.Reader) {
	v.NShards, v.EpochDurationMS, v.FirstEpochStartMS = r.U16(), r.U64(), r.U64()
	v.Pools.Read(r)
	v.Epoch, v.ActiveSet = r.U32(), readAddress(r)
	if r.Option() {
		v.Next = &assignment{}
		v.Next.Read(r)
	}
	v.Committee.Read(r)
	v.Previous.Read(r)
	if r.Option() {
		v.NextParams = &[3]uint64{r.U64(), r.U64(), r.U64()}
	}
	if v.StateKind = uint8(r.Variant(3)); v.StateKind == epochChangeSync {
		v.StateValue = uint64(r.U16())
	} else {
		v.StateValue = r.U64()
	}
	v.NextEpochPublicKey = readAddress(r)
}

func (v *stakingState) Write(w *bcs.Writer) {
	w.U16(v.NShards)
	w.U64(v.EpochDurationMS)
	w.U64(v.FirstEpochStartMS)
	v.Pools.Write(w)
	w.U32(v.Epoch)
	writeAddress(w, v.ActiveSet)
	w.Option(v.Next != nil)
	if v.Next != nil {
		v.Next.Write(w)
	}
	v.Committee.Write(w)
	v.Previous.Write(w)
	w.Option(v.NextParams != nil)
	if v.NextParams != nil {
		for _, n := range v.NextParams {
			w.U64(n)
		}
	}
	w.Uleb(uint32(v.StateKind))
	if v.StateKind == epochChangeSync {
		w.U16(uint16(v.StateValue))
	} else {
		w.U64(v.StateValue)
	}
	writeAddress(w, v.NextEpochPublicKey)
}

type stakingModule struct {
	*move.Module
	x              *walrus
	inner, pools   *move.Module
	staking, state *move.Struct
	pool, staked   *move.Struct
	rate           *move.Struct
	activeSet      *move.Struct
	nodeMetadata   *move.Struct
}

func (m *stakingModule) stateType() suitx.TypeTag { return m.state.Tag().Tag() }

// load returns the state of the Staking object that is argument i.
func (m *stakingModule) load(c *move.Call, i int) (*stakingState, error) {
	return loadState[stakingState](c, i, m.stateType(), m.Abort)
}

func (m *stakingModule) store(c *move.Call, i int, v *stakingState) {
	c.SetField(objectID(c, i), move.U64Key(systemVersion), m.stateType(), move.Marshal(v))
}

// StakingStateID is the object ID of the Staking object's state.
func (w *World) StakingStateID() suitx.Address {
	k := move.U64Key(systemVersion)
	return suitx.DynamicFieldID(w.IDs.Staking, k.Type, k.BCS)
}

// VoteEnded reads, from the contents of that object, whether the vote of the
// epoch has ended, so that the epoch may change.
func (w *World) VoteEnded(contents []byte) (bool, error) {
	r := bcs.NewReader(contents)
	readAddress(r)
	r.U64()
	var v stakingState
	v.Read(r)
	return v.StateKind == nextParamsSelected, r.Done()
}

// idKey is a key of type ID.
func (m *stakingModule) idKey(id suitx.Address) move.FieldKey {
	return move.FieldKey{Type: m.x.f.id.Tag().Tag(), BCS: id[:]}
}
