package native

import (
	"fmt"
	"math"
	"sort"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// declareStakingFunctions declares walrus::staking's functions. An epoch
// changes by voting_end and initiate_epoch_change_v2, which anyone may call
// once the clock allows it. This network's committee stays as it is, so no
// shards move and the change is done as soon as it began.
func (x *walrus) declareStakingFunctions(p *move.Package) {
	m := x.staking
	self, clock := move.Mut(m.staking.Of()), move.Imm(x.f.clock.Of())
	m.Func("voting_end", move.Params(self, clock), nil, m.votingEnd)
	m.Func("initiate_epoch_change_v2", move.Params(self, move.Mut(x.system.system.Of()),
		move.Mut(x.wal.treasury.Of()), clock, x.f.ctx()), nil, m.initiateEpochChange)
	m.Func("epoch", move.Params(move.Imm(m.staking.Of())), move.Returns(move.Val(move.U32)), func(c *move.Call) error {
		v, err := m.load(c, 0)
		if err == nil {
			c.ReturnWith(func(w *bcs.Writer) { w.U32(v.Epoch) })
		}
		return err
	})
	staked := m.staked.Of()
	m.Func("stake_with_pool", move.Params(self, move.Val(x.wal.coin()), move.Val(x.f.id.Of()), x.f.ctx()),
		move.Returns(move.Val(staked)), nil)
	m.Func("request_withdraw_stake", move.Params(self, move.Mut(staked), x.f.ctx()), nil, nil)
	m.Func("withdraw_stake", move.Params(self, move.Val(staked), x.f.ctx()), move.Returns(move.Val(x.wal.coin())), nil)
}

func (m *stakingModule) votingEnd(c *move.Call) error {
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	var clock Clock
	c.Get(1, &clock)
	if v.StateKind != epochChangeDone || clock.TimestampMS < v.StateValue+v.EpochDurationMS/2 {
		return m.inner.Abort("voting_end", stakingWrongState)
	}
	var votes []vote
	for _, n := range v.Committee {
		p := m.loadPool(c, v, n.NodeID)
		if p == nil {
			return nil
		}
		if err := m.clearBlocked(c, p); err != nil {
			return err
		}
		m.storePool(c, v, p)
		weight := uint64(len(n.Shards))
		votes = append(votes, vote{shareOf(p.CapacityVote, uint64(v.NShards), weight), weight})
	}
	next := append(assignment{}, v.Committee...)
	v.Next = &next
	v.NextParams = &[3]uint64{quorumAbove(votes, v.NShards), math.MaxUint64, math.MaxUint64}
	v.StateKind = nextParamsSelected
	m.x.events.emitEpoch(c, m.x.events.selected, v.Epoch+1)
	m.store(c, 0, v)
	return nil
}

func (m *stakingModule) initiateEpochChange(c *move.Call) error {
	system, err := m.x.system.load(c, 1)
	if err != nil {
		return err
	}
	v, err := m.load(c, 0)
	if err != nil {
		return err
	}
	var clock Clock
	c.Get(3, &clock)
	if v.StateKind != nextParamsSelected || clock.TimestampMS < v.StateValue+v.EpochDurationMS {
		return m.inner.Abort("initiate_epoch_change", stakingWrongState)
	}
	m.x.burnRewards(c, system, 2)
	rewards, err := m.x.inner.advanceEpoch(system, v.NextParams[0])
	if err != nil {
		return err
	}
	v.Epoch++
	v.Previous, v.Committee, v.Next = v.Committee, *v.Next, nil
	m.x.events.emitEpoch(c, m.x.events.started, v.Epoch)
	if err := m.payRewards(c, v, rewards); err != nil {
		return err
	}
	v.StateKind, v.StateValue = epochChangeDone, clock.TimestampMS
	m.x.events.emitEpoch(c, m.x.events.done, v.Epoch)
	system.StoragePrice, system.WritePrice = m.prices(c, v)
	m.x.events.emitPrices(c, v.Epoch, system.StoragePrice, system.WritePrice)
	m.store(c, 0, v)
	m.x.system.store(c, 1, system)
	return nil
}

// burnRewards burns three of a hundred of what the epoch earned; treasury is an argument.
func (x *walrus) burnRewards(c *move.Call, v *systemState, treasury int) {
	current := &v.Accounts.Entries[v.Accounts.Current]
	burnt := mulDiv(current.Rewards, 3, 100)
	current.Rewards -= burnt
	c.State.DeleteID(c.State.NewID()) // the coin that is burnt has an ID as any
	x.wal.burn(c, treasury, burnt)
}

// advanceEpoch closes the books of the current epoch and splits what it earned
// by weight. What doesn't divide goes to the next.
func (m *innerModule) advanceEpoch(v *systemState, capacity uint64) ([]uint64, error) {
	old := v.Accounts.pop()
	if old.Epoch != v.Committee.Epoch {
		return nil, m.Abort("advance_epoch", innerInvalidAccounting)
	}
	v.Committee.Epoch++
	v.EventBlobs = nil
	current := &v.Accounts.Entries[v.Accounts.Current]
	v.Used = current.Used
	v.Capacity = max(capacity, v.Used)

	rewards := make([]uint64, len(v.Committee.Members))
	rest := old.Rewards
	if old.Used > 0 {
		for i, member := range v.Committee.Members {
			rewards[i] = mulDiv(old.Rewards, uint64(member.Weight), uint64(v.Committee.NShards))
			rest -= rewards[i]
		}
	}
	current.Rewards += rest
	return rewards, nil
}

// payRewards gives each pool of the committee its part, which is in the
// committee's order, and notes the stake that comes of it.
func (m *stakingModule) payRewards(c *move.Call, v *stakingState, rewards []uint64) error {
	set, err := m.loadActiveSet(c, v)
	if err != nil {
		return err
	}
	for i, n := range v.Committee {
		p := m.loadPool(c, v, n.NodeID)
		if p == nil {
			return nil
		}
		if err := m.advancePool(c, p, rewards[i], v.Epoch); err != nil {
			return err
		}
		set.update(n.NodeID, p.Balance)
		m.storePool(c, v, p)
	}
	m.storeActiveSet(c, v, set)
	return nil
}

// advancePool takes the node's commission off the reward and gives the rest to the stakers.
func (m *stakingModule) advancePool(c *move.Call, p *pool, reward uint64, epoch uint32) error {
	commission := mulDiv(reward, uint64(p.Commission), 10_000)
	p.Earned += commission
	if err := m.block(c, p, commission); err != nil {
		return err
	}
	if rate, due := p.NextCommission.take(epoch); due {
		p.Commission = uint16(rate)
	}
	p.Rewards += reward - commission
	p.Balance += reward - commission
	p.Latest = epoch
	rate := newRate(p.Balance, p.Shares)
	if err := m.addRate(c, p, epoch, rate); err != nil {
		return err
	}
	p.Balance += p.PendingStake.flush(epoch)
	p.Balance -= rate.wal(p.SharesWithdrawn.flush(epoch))
	p.Shares = rate.shares(p.Balance)
	return nil
}

// take takes out the value of an epoch, if there is one.
func (v *pending) take(epoch uint32) (uint64, bool) {
	for _, p := range *v {
		if p.Epoch == epoch {
			v.flush(epoch)
			return p.Value, true
		}
	}
	return 0, false
}

// prices are the lowest votes that nodes of two thirds of the shards don't exceed.
func (m *stakingModule) prices(c *move.Call, v *stakingState) (storage, write uint64) {
	var storages, writes []vote
	for _, n := range v.Committee {
		p := m.loadPool(c, v, n.NodeID)
		if p == nil {
			return 0, 0
		}
		storages = append(storages, vote{p.StorageVote, uint64(len(n.Shards))})
		writes = append(writes, vote{p.WriteVote, uint64(len(n.Shards))})
	}
	return quorumBelow(storages, v.NShards), quorumBelow(writes, v.NShards)
}

// vote is a value that shards of that weight vote for.
type vote struct{ value, weight uint64 }

func descending(votes []vote) []vote {
	sort.SliceStable(votes, func(i, j int) bool { return votes[i].value > votes[j].value })
	return votes
}

// quorumAbove is the highest value that a quorum votes for or above.
func quorumAbove(votes []vote, n uint16) uint64 {
	var weight uint64
	for _, v := range descending(votes) {
		if weight += v.weight; 3*weight >= 2*uint64(n)+1 {
			return v.value
		}
	}
	return 0
}

// quorumBelow is the lowest value that a quorum votes for or below.
func quorumBelow(votes []vote, n uint16) uint64 {
	weight := uint64(n)
	for _, v := range descending(votes) {
		if weight -= v.weight; 3*weight < 2*uint64(n)+1 {
			return v.value
		}
	}
	return 0
}

// shareOf is value*n/weight, at most what a u64 holds.
func shareOf(value, n, weight uint64) uint64 {
	if weight == 0 || value/weight >= math.MaxUint64/n {
		return math.MaxUint64
	}
	return mulDiv(value, n, weight)
}

func (m *stakingModule) poolFault(c *move.Call, id suitx.Address, err error) {
	if err == nil {
		err = fmt.Errorf("the staking object has no pool %s", id)
	}
	c.Fail(err)
}
