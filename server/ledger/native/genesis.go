package native

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
)

// Genesis is what the first objects depend on.
type Genesis struct {
	NShards                  uint16
	EpochDurationMS, StartMS uint64
	StoragePrice, WritePrice uint64
	Nodes                    []Node
	Treasury                 suitx.Address // gets all SUI, and all WAL that isn't staked
	TreasuryCoins            int           // of each kind
}

// Node is a storage node of the first committee.
type Node struct {
	Name, Address string
	Key           bls.PublicKey
	NetworkKey    []byte
	Shards        []uint16
}

// Owned is an object of the first checkpoint.
type Owned struct {
	move.Object
	Owner suitx.Owner
}

// Supplies and what each shard has staked behind it, in the smallest units. They
// fit 63 bits, so that every change of a balance does.
const (
	SUISupply     = 5_000_000_000_000_000_000
	WALSupply     = 5_000_000_000_000_000_000
	stakePerShard = 1_000_000_000_000_000

	MaxEpochsAhead = 53
	// capacity is the encoded size that the network sells per epoch: 1 PiB.
	capacity = 1 << 50
	// commissionRate is what nodes keep of rewards, in ten thousandths.
	commissionRate = 6000
	maxActive      = 111
)

// genesis collects objects.
type genesis struct {
	*World
	Genesis
	objects []Owned
}

// Objects returns the objects of the first checkpoint, shared ones as shared at
// version 1. Walrus begins in epoch 1, with the committee in place.
func (w *World) Objects(g Genesis) ([]Owned, error) {
	b := &genesis{World: w, Genesis: g}
	shared := suitx.Owner{Kind: suitx.SharedOwner, Version: 1}
	b.add(w.Clock(g.StartMS), shared)
	b.addMetadata(suitx.SUI(), "SUI", "Sui", "")
	b.addMetadata(w.wal.wal.Tag().Tag(), "WAL", "WAL Token", "The native token for the Walrus Protocol.")
	b.addSystem(shared)
	b.addStaking(shared)
	b.addTreasury(shared)
	for i := range g.TreasuryCoins {
		staked := uint64(g.NShards) * stakePerShard
		b.addCoin(suitx.SUI(), i, SUISupply)
		b.addCoin(w.wal.wal.Tag().Tag(), i, WALSupply-staked)
	}
	for _, o := range b.objects {
		if err := w.Packages.Check(o.Type.Tag(), o.Contents); err != nil {
			return nil, fmt.Errorf("internal error: first object %s: %w", o.Type, err)
		}
	}
	return b.objects, nil
}

func (b *genesis) add(o move.Object, owner suitx.Owner) {
	b.objects = append(b.objects, Owned{o, owner})
}

// addField adds a dynamic field of parent.
func (b *genesis) addField(parent suitx.Address, k move.FieldKey, t suitx.TypeTag, value []byte) {
	_, o := move.FieldObject(parent, k, t, value)
	b.add(o, suitx.Owner{Kind: suitx.ObjectOwner, Address: parent})
}

// addExtended adds the value of an ExtendedField.
func (b *genesis) addExtended(field suitx.Address, t suitx.TypeTag, value []byte) {
	b.addField(field, b.walrus.extendedKey(), t, value)
}

// addObjectField adds child as a dynamic object field of parent.
func (b *genesis) addObjectField(parent suitx.Address, k move.FieldKey, child move.Object) {
	id, field := b.framework.objectField(parent, k, suitx.Address(child.Contents[:32]))
	b.add(field, suitx.Owner{Kind: suitx.ObjectOwner, Address: parent})
	b.add(child, suitx.Owner{Kind: suitx.ObjectOwner, Address: id})
}

func (b *genesis) id(name string) suitx.Address { return embeddedID(b.IDs.WalrusPackage, name) }

// addCoin adds the treasury's i-th coin of that type; the last one gets what doesn't divide.
func (b *genesis) addCoin(t suitx.TypeTag, i int, supply uint64) {
	part := supply / uint64(b.TreasuryCoins)
	if i == b.TreasuryCoins-1 {
		part = supply - part*uint64(i)
	}
	coin := &Coin{ID: b.TreasuryCoin(t, i), Balance: part}
	b.add(move.Object{Type: suitx.CoinOf(t), Contents: move.Marshal(coin)}, suitx.Owner{Address: b.Treasury})
}

func (b *genesis) addMetadata(t suitx.TypeTag, symbol, name, description string) {
	v := &coinMetadata{id: b.MetadataID(t), decimals: 9, name: name, symbol: symbol, description: description}
	b.add(move.Object{Type: b.framework.coin.metadata.Tag(t), Contents: move.Marshal(v)}, suitx.Owner{Kind: suitx.ImmutableOwner})
}

func (b *genesis) addTreasury(shared suitx.Owner) {
	id := b.wal.treasuryID()
	b.add(move.Object{Type: b.wal.treasury.Tag(), Contents: id[:]}, shared)
	held := &treasuryCap{ID: b.wal.capID(), Supply: WALSupply}
	b.addObjectField(id, b.wal.key(),
		move.Object{Type: b.framework.coin.treasuryCap.Tag(b.wal.wal.Tag().Tag()), Contents: move.Marshal(held)})
}

func (b *genesis) addSystem(shared suitx.Owner) {
	s := &versioned{ID: b.IDs.System, Version: systemVersion, PackageID: b.IDs.WalrusPackage}
	b.add(move.Object{Type: b.walrus.system.system.Tag(), Contents: move.Marshal(s)}, shared)
	v := &systemState{Capacity: capacity, StoragePrice: b.StoragePrice, WritePrice: b.WritePrice,
		Accounts: newRing(MaxEpochsAhead), DenyListSizes: b.id("deny list sizes")}
	v.Committee = blsCommittee{NShards: b.NShards, Epoch: 1}
	var keys []bls.PublicKey
	for i, n := range b.Nodes {
		v.Committee.Members = append(v.Committee.Members,
			member{n.Key.Uncompressed(), uint16(len(n.Shards)), api.EmbeddedPool(i)})
		keys = append(keys, n.Key)
	}
	v.Committee.Total = bls.AggregateKeys(keys).Compressed()
	b.addField(s.ID, move.U64Key(systemVersion), b.walrus.system.stateType(), move.Marshal(v))
	sizes := b.framework.vecMap.vecMap.Tag(b.framework.id.Tag().Tag(), u64Type())
	b.addExtended(v.DenyListSizes, sizes.Tag(), []byte{0})
}

func (b *genesis) addStaking(shared suitx.Owner) {
	m := b.walrus.staking
	s := &versioned{ID: b.IDs.Staking, Version: systemVersion, PackageID: b.IDs.WalrusPackage}
	b.add(move.Object{Type: m.staking.Tag(), Contents: move.Marshal(s)}, shared)
	v := &stakingState{NShards: b.NShards, EpochDurationMS: b.EpochDurationMS, FirstEpochStartMS: b.StartMS,
		Pools: table{b.id("pools"), uint64(len(b.Nodes))}, Epoch: 1, ActiveSet: b.id("active set"),
		StateKind: epochChangeDone, StateValue: b.StartMS, NextEpochPublicKey: b.id("next epoch public keys")}
	set := &activeSet{Max: maxActive}
	for i, n := range b.Nodes {
		id := suitx.Address(api.EmbeddedPool(i))
		v.Committee = append(v.Committee, nodeShards{id, n.Shards})
		stake := uint64(len(n.Shards)) * stakePerShard
		set.Nodes = append(set.Nodes, activeNode{id, stake})
		set.Total += stake
		b.addPool(v, id, n, stake)
	}
	b.addField(s.ID, move.U64Key(systemVersion), m.stateType(), move.Marshal(v))
	b.addExtended(v.ActiveSet, m.activeSet.Tag().Tag(), move.Marshal(set))
	key := b.framework.element.Tag(b.framework.uncompressedG1.Tag().Tag())
	keys := b.framework.vecMap.vecMap.Tag(b.framework.id.Tag().Tag(), key.Tag())
	b.addExtended(v.NextEpochPublicKey, keys.Tag(), []byte{0})
}

func (b *genesis) addPool(v *stakingState, id suitx.Address, n Node, stake uint64) {
	m, name := b.walrus.staking, id.String()+" "
	treasury := authorized{ID: b.Treasury}
	p := &pool{ID: id, StorageVote: b.StoragePrice, WriteVote: b.WritePrice,
		CapacityVote: mulDiv(capacity, uint64(len(n.Shards)), uint64(b.NShards)),
		Node: nodeInfo{Name: n.Name, ID: id, Address: n.Address, Key: n.Key.Uncompressed(), NetworkKey: n.NetworkKey,
			Metadata: b.id(name + "metadata")},
		Latest: 1, Balance: stake, Shares: stake, Commission: commissionRate, Rates: table{b.id(name + "rates"), 1},
		Receiver: treasury, Governor: treasury, Extra: table{b.id(name + "extra"), 0}}
	b.addObjectField(v.Pools.ID, m.idKey(id), move.Object{Type: m.pool.Tag(), Contents: move.Marshal(p)})
	b.addField(p.Rates.ID, epochKey(0), m.rate.Tag().Tag(), rate{}.marshal())
	b.addExtended(p.Node.Metadata, m.nodeMetadata.Tag().Tag(), []byte{0, 0, 0, 0}) // three empty texts, an empty map

	var w bcs.Writer // a StakedWal
	writeAddress(&w, b.id(name+"stake"))
	w.Uleb(0) // Staked
	writeAddress(&w, id)
	w.U64(stake)
	w.U32(1)
	b.add(move.Object{Type: m.staked.Tag(), Contents: w.Data()}, suitx.Owner{Address: b.Treasury})
}
