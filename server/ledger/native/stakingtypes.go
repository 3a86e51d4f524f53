package native

import "floe/server/ledger/move"

// declareStaking declares the types of walrus::staking and what its state is made of.
func (x *walrus) declareStaking(p *move.Package) {
	m := &stakingModule{Module: p.Module("staking"), x: x}
	x.staking = m
	m.staking = m.Struct("Staking", move.Key, x.versionedFields()...)
	all := move.Copy | move.Drop | move.Store
	f := func(name string, t move.Type) move.Field { return move.Field{Name: name, Type: t} }
	id, str, balance := x.f.id.Of(), x.f.str.Of(), x.wal.balance()
	vecMap := x.f.vecMap.vecMap

	values := p.Module("pending_values").Struct("PendingValues", all, f("pos0", vecMap.Of(move.U32, move.U64))).Of()
	auth := p.Module("auth")
	auth.Struct("Authenticated", move.Drop).Variants = []move.Variant{
		{Name: "Sender", Fields: []move.Field{f("pos0", move.Address)}},
		{Name: "Object", Fields: []move.Field{f("pos0", id)}}}
	authorized := auth.Struct("Authorized", all)
	authorized.Variants = []move.Variant{
		{Name: "Address", Fields: []move.Field{f("pos0", move.Address)}},
		{Name: "ObjectID", Fields: []move.Field{f("pos0", id)}}}
	m.rate = p.Module("pool_exchange_rate").Struct("PoolExchangeRate", all)
	m.rate.Variants = []move.Variant{{Name: "Flat"},
		{Name: "Variable", Fields: []move.Field{f("wal_amount", move.U128), f("share_amount", move.U128)}}}
	m.nodeMetadata = p.Module("node_metadata").Struct("NodeMetadata", all, f("image_url", str), f("project_url", str),
		f("description", str), f("extra_fields", vecMap.Of(str, str)))
	key := x.f.element.Of(x.f.uncompressedG1.Of())
	info := p.Module("storage_node").Struct("StorageNodeInfo", move.Store, f("name", str), f("node_id", id),
		f("network_address", str), f("public_key", key), f("next_epoch_public_key", x.f.option.Of(key)),
		f("network_public_key", move.Bytes), f("metadata", x.extended.Of(m.nodeMetadata.Of())))
	attestation := p.Find("event_blob").FindStruct("EventBlobAttestation")
	info.Module.Struct("StorageNodeCap", move.Key|move.Store, x.id(), f("node_id", id), f("last_epoch_sync_done", move.U32),
		f("last_event_blob_attestation", x.f.option.Of(attestation.Of())), f("deny_list_root", move.U256),
		f("deny_list_sequence", move.U64), f("deny_list_size", move.U64))
	m.declarePool(p, values, authorized.Of(), info.Of())

	state := p.Module("staked_wal").Struct("StakedWalState", all)
	state.Variants = []move.Variant{{Name: "Staked"},
		{Name: "Withdrawing", Fields: []move.Field{f("withdraw_epoch", move.U32)}}}
	m.staked = p.Find("staked_wal").Struct("StakedWal", move.Key|move.Store, x.id(), f("state", state.Of()),
		f("node_id", id), f("principal", balance), f("activation_epoch", move.U32))
	m.declareState(p, key)
}

func (m *stakingModule) declarePool(p *move.Package, values, authorized, info move.Type) {
	f := func(name string, t move.Type) move.Field { return move.Field{Name: name, Type: t} }
	all, x := move.Copy|move.Drop|move.Store, m.x
	m.pools = p.Module("staking_pool")
	state := m.pools.Struct("PoolState", all)
	state.Variants = []move.Variant{{Name: "Active"},
		{Name: "Withdrawing", Fields: []move.Field{f("pos0", move.U32)}}, {Name: "Withdrawn"}}
	voting := m.pools.Struct("VotingParams", all, f("storage_price", move.U64), f("write_price", move.U64),
		f("node_capacity", move.U64))
	m.pools.Struct(blockedKey, all)
	m.pool = m.pools.Struct("StakingPool", move.Key|move.Store, x.id(), f("state", state.Of()),
		f("voting_params", voting.Of()), f("node_info", info), f("activation_epoch", move.U32),
		f("latest_epoch", move.U32), f("wal_balance", move.U64), f("num_shares", move.U64),
		f("pending_shares_withdraw", values), f("pre_active_withdrawals", values),
		f("pending_commission_rate", values), f("commission_rate", move.U16),
		f("exchange_rates", x.f.table.Of(move.U32, m.rate.Of())), f("pending_stake", values),
		f("rewards_pool", x.wal.balance()), f("commission", x.wal.balance()),
		f("commission_receiver", authorized), f("governance_authorized", authorized),
		f("extra_fields", x.f.bag.Of()))
}

// blockedKey names the part of a pool's commission that can't be collected yet.
const blockedKey = "NewEpochCommissionBlockedForCollection"

func (m *stakingModule) declareState(p *move.Package, key move.Type) {
	f := func(name string, t move.Type) move.Field { return move.Field{Name: name, Type: t} }
	all, x := move.Copy|move.Drop|move.Store, m.x
	id := x.f.id.Of()
	set := p.Module("active_set")
	entry := set.Struct("ActiveSetEntry", all, f("node_id", id), f("staked_amount", move.U64))
	m.activeSet = set.Struct("ActiveSet", all, f("max_size", move.U16), f("threshold_stake", move.U64),
		f("nodes", move.Vector(entry.Of())), f("total_stake", move.U64))
	committee := p.Module("committee").Struct("Committee", all,
		f("pos0", x.f.vecMap.vecMap.Of(id, move.Vector(move.U16)))).Of()
	params := p.Module("epoch_parameters").Struct("EpochParams", all, f("total_capacity_size", move.U64),
		f("storage_price_per_unit_size", move.U64), f("write_price_per_unit_size", move.U64))
	m.inner = p.Module("staking_inner")
	state := m.inner.Struct("EpochState", all)
	state.Variants = []move.Variant{
		{Name: "EpochChangeSync", Fields: []move.Field{f("pos0", move.U16)}},
		{Name: "EpochChangeDone", Fields: []move.Field{f("pos0", move.U64)}},
		{Name: "NextParamsSelected", Fields: []move.Field{f("pos0", move.U64)}}}
	m.state = m.inner.Struct("StakingInnerV1", move.Store, f("n_shards", move.U16), f("epoch_duration", move.U64),
		f("first_epoch_start", move.U64), f("pools", x.f.objTable.Of(id, m.pool.Of())), f("epoch", move.U32),
		f("active_set", x.extended.Of(m.activeSet.Of())), f("next_committee", x.f.option.Of(committee)),
		f("committee", committee), f("previous_committee", committee),
		f("next_epoch_params", x.f.option.Of(params.Of())), f("epoch_state", state.Of()),
		f("next_epoch_public_keys", x.extended.Of(x.f.vecMap.vecMap.Of(id, key))))
}
