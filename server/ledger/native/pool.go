package native

import (
	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
)

// pool is walrus::staking_pool::StakingPool, a node's; its ID is the node's.
type pool struct {
	ID                     suitx.Address
	State                  poolState
	StorageVote, WriteVote uint64
	CapacityVote           uint64
	Node                   nodeInfo
	Activation, Latest     uint32
	Balance, Shares        uint64 // WAL staked, and the shares it makes up
	SharesWithdrawn        pending
	EarlyWithdrawals       pending
	NextCommission         pending
	Commission             uint16 // of 10,000
	Rates                  table
	PendingStake           pending
	Rewards, Earned        uint64 // Balance<WAL>: of the stakers, and the node's commission
	Receiver, Governor     authorized
	Extra                  table // a Bag
}

// poolState is Active, Withdrawing from an epoch on, or Withdrawn.
type poolState struct {
	Kind  uint8
	Epoch uint32
}

// nodeInfo is walrus::storage_node::StorageNodeInfo.
type nodeInfo struct {
	Name       string
	ID         suitx.Address
	Address    string
	Key        [bls.UncompressedSize]byte
	NextKey    *[bls.UncompressedSize]byte
	NetworkKey []byte
	Metadata   suitx.Address // an ExtendedField
}

// authorized is walrus::auth::Authorized: an address or an object.
type authorized struct {
	Object bool
	ID     suitx.Address
}

// pending is walrus::pending_values::PendingValues: amounts by epoch.
type pending []pendingValue

type pendingValue struct {
	Epoch uint32
	Value uint64
}

func (v *pending) Read(r *bcs.Reader) {
	*v = bcs.ReadSeq(r, 12, func(r *bcs.Reader) pendingValue { return pendingValue{r.U32(), r.U64()} })
}

func (v *pending) Write(w *bcs.Writer) {
	bcs.WriteSeq(w, *v, func(w *bcs.Writer, p pendingValue) {
		w.U32(p.Epoch)
		w.U64(p.Value)
	})
}

// flush takes out what is due up to an epoch and returns its sum.
func (v *pending) flush(epoch uint32) (sum uint64) {
	var rest pending
	for _, p := range *v {
		if p.Epoch <= epoch {
			sum += p.Value
		} else {
			rest = append(rest, p)
		}
	}
	*v = rest
	return sum
}

func (v *pool) Read(r *bcs.Reader) {
	v.ID = readAddress(r)
	if v.State.Kind = uint8(r.Variant(3)); v.State.Kind == 1 {
		v.State.Epoch = r.U32()
	}
	v.StorageVote, v.WriteVote, v.CapacityVote = r.U64(), r.U64(), r.U64()
	v.Node.Read(r)
	v.Activation, v.Latest, v.Balance, v.Shares = r.U32(), r.U32(), r.U64(), r.U64()
	v.SharesWithdrawn.Read(r)
	v.EarlyWithdrawals.Read(r)
	v.NextCommission.Read(r)
	v.Commission = r.U16()
	v.Rates.Read(r)
	v.PendingStake.Read(r)
	v.Rewards, v.Earned = r.U64(), r.U64()
	v.Receiver.Read(r)
	v.Governor.Read(r)
	v.Extra.Read(r)
}

func (v *pool) Write(w *bcs.Writer) {
	writeAddress(w, v.ID)
	w.Uleb(uint32(v.State.Kind))
	if v.State.Kind == 1 {
		w.U32(v.State.Epoch)
	}
	w.U64(v.StorageVote)
	w.U64(v.WriteVote)
	w.U64(v.CapacityVote)
	v.Node.Write(w)
	w.U32(v.Activation)
	w.U32(v.Latest)
	w.U64(v.Balance)
	w.U64(v.Shares)
	v.SharesWithdrawn.Write(w)
	v.EarlyWithdrawals.Write(w)
	v.NextCommission.Write(w)
	w.U16(v.Commission)
	v.Rates.Write(w)
	v.PendingStake.Write(w)
	w.U64(v.Rewards)
	w.U64(v.Earned)
	v.Receiver.Write(w)
	v.Governor.Write(w)
	v.Extra.Write(w)
}

func (v *nodeInfo) Read(r *bcs.Reader) {
	v.Name, v.ID, v.Address = r.String(), readAddress(r), r.String()
	readSized(r, v.Key[:])
	if r.Option() {
		v.NextKey = new([bls.UncompressedSize]byte)
		readSized(r, v.NextKey[:])
	}
	v.NetworkKey, v.Metadata = r.Bytes(), readAddress(r)
}

func (v *nodeInfo) Write(w *bcs.Writer) {
	w.String(v.Name)
	writeAddress(w, v.ID)
	w.String(v.Address)
	w.Bytes(v.Key[:])
	w.Option(v.NextKey != nil)
	if v.NextKey != nil {
		w.Bytes(v.NextKey[:])
	}
	w.Bytes(v.NetworkKey)
	writeAddress(w, v.Metadata)
}

func (v *authorized) Read(r *bcs.Reader) {
	v.Object = r.Variant(2) == 1
	v.ID = readAddress(r)
}

func (v *authorized) Write(w *bcs.Writer) {
	w.Bool(v.Object) // an enum of two, alike on the wire
	writeAddress(w, v.ID)
}
