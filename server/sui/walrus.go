package sui

import (
	"errors"
	"fmt"
	"time"

	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
)

// Walrus' shared objects as BCS, as far as the committee needs them. What
// follows the last field read is left alone: versions of the contracts add there.

// versioned is walrus::system::System and walrus::staking::Staking: a shell
// whose state is the dynamic field under its version.
//
//	id 32 ‖ version u64 ‖ package ID 32 ‖ new package ID option
type versioned struct {
	id      suitx.Address
	version uint64
}

func readVersioned(o *suitx.Object) (versioned, error) {
	if o == nil || o.Move == nil {
		return versioned{}, errors.New("there is no such object")
	}
	r := bcs.NewReader(o.Move.Contents)
	v := versioned{id: readID(r), version: r.U64()}
	return v, r.Err()
}

// field is the ID of the object that holds the state: a Field<u64, …>.
func (v versioned) field() suitx.Address {
	var key bcs.Writer
	key.U64(v.version)
	return suitx.DynamicFieldID(v.id, suitx.TypeTag{Kind: suitx.TypeU64}, key.Data())
}

// fieldValue is a reader over the value of a Field<u64, …>: id 32 ‖ key u64 ‖ value.
func fieldValue(o *suitx.Object) (*bcs.Reader, error) {
	if o == nil || o.Move == nil {
		return nil, errors.New("its state is missing")
	}
	r := bcs.NewReader(o.Move.Contents)
	readID(r)
	r.U64()
	return r, r.Err()
}

// systemState is system_state_inner::SystemStateInnerV1.
//
//	committee { members vector<{key bytes, weight u16, node ID}>, n_shards u16, epoch u32, total key bytes }
//	‖ total capacity u64 ‖ used capacity u64 ‖ storage price u64 ‖ write price u64 ‖ …
type systemState struct {
	members                  []systemMember
	nShards                  uint16
	epoch                    uint32
	storagePrice, writePrice uint64
}

type systemMember struct {
	key    []byte // uncompressed G1
	weight uint16
	node   suitx.Address
}

func readSystemState(r *bcs.Reader) (*systemState, error) {
	s := &systemState{members: bcs.ReadSeq(r, 35, func(r *bcs.Reader) systemMember {
		return systemMember{key: r.Bytes(), weight: r.U16(), node: readID(r)}
	})}
	s.nShards, s.epoch = r.U16(), r.U32()
	r.Bytes()
	r.U64()
	r.U64()
	s.storagePrice, s.writePrice = r.U64(), r.U64()
	return s, r.Err()
}

// stakingState is staking_inner::StakingInnerV1.
//
//	n_shards u16 ‖ epoch duration u64 ‖ first epoch start u64 ‖ pools {id, size u64} ‖ epoch u32 ‖ active set id
//	‖ next committee option ‖ committee ‖ previous committee ‖ next params option<3 × u64> ‖ epoch state ‖ …
//
// Times are in milliseconds.
type stakingState struct {
	duration, firstStart uint64
	epoch                uint32
	shards               map[suitx.Address][]int // of the committee, by node
	changed              uint64                  // when the epoch began; 0 while it is changing
}

func readStakingState(r *bcs.Reader) (*stakingState, error) {
	r.U16()
	s := &stakingState{duration: r.U64(), firstStart: r.U64()}
	readID(r)
	r.U64()
	s.epoch = r.U32()
	readID(r)
	if r.Option() {
		readShards(r)
	}
	s.shards = readShards(r)
	readShards(r)
	if r.Option() {
		r.U64()
		r.U64()
		r.U64()
	}
	const changing = 0 // of EpochChangeSync(u16), EpochChangeDone(u64), NextParamsSelected(u64)
	if r.Variant(3) == changing {
		r.U16()
	} else {
		s.changed = r.U64()
	}
	return s, r.Err()
}

// start is when the epoch began, or was due to.
func (s *stakingState) start() time.Time {
	if s.changed > 0 {
		return time.UnixMilli(int64(s.changed))
	}
	since := uint64(0)
	if s.epoch > 1 {
		since = uint64(s.epoch-1) * s.duration
	}
	return time.UnixMilli(int64(s.firstStart + since))
}

// readShards reads a VecMap<ID, vector<u16>>.
func readShards(r *bcs.Reader) map[suitx.Address][]int {
	out := map[suitx.Address][]int{}
	for range r.Len(33) {
		id := readID(r)
		out[id] = bcs.ReadSeq(r, 2, func(r *bcs.Reader) int { return int(r.U16()) })
	}
	return out
}

// pool is staking_pool::StakingPool.
//
//	id ‖ state {Active, Withdrawing(u32), Withdrawn} ‖ voting params 3 × u64
//	‖ node { name, node ID, network address, public key, next public key option, network public key, … } ‖ …
type pool struct {
	id, node      suitx.Address
	name, address string
	key           []byte // uncompressed G1
	networkKey    []byte
}

func readPool(o *suitx.Object) (*pool, error) {
	if o == nil || o.Move == nil {
		return nil, errors.New("there is no such pool")
	}
	r := bcs.NewReader(o.Move.Contents)
	p := &pool{id: readID(r)}
	const withdrawing = 1
	if r.Variant(3) == withdrawing {
		r.U32()
	}
	r.U64()
	r.U64()
	r.U64()
	p.name, p.node, p.address, p.key = r.String(), readID(r), r.String(), r.Bytes()
	if r.Option() {
		r.Bytes()
	}
	p.networkKey = r.Bytes()
	return p, r.Err()
}

func readID(r *bcs.Reader) suitx.Address { return suitx.Address(r.U256()) }

// compressed is a key as it stands in objects, in the shorter of its forms.
func compressed(key []byte) (out [bls.CompressedSize]byte, err error) {
	k, err := bls.ParsePublicKey(key)
	if err != nil {
		return out, fmt.Errorf("its BLS key: %w", err)
	}
	return k.Compressed(), nil
}
