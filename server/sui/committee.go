package sui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// Committee returns the storage nodes of the current epoch in the order of the
// System object, and the prices. System and staking change in one transaction
// but are read one after the other: a change in between is read again.
func (c *Client) Committee(ctx context.Context) (*api.Committee, error) {
	for range tries {
		system, staking, err := c.walrusState(ctx)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the committee: %w", err)
		}
		if system.epoch != staking.epoch {
			continue
		}
		com, err := c.committee(ctx, system, staking)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the committee: %w", err)
		}
		return com, nil
	}
	return nil, errors.New("couldn't read the committee: system and staking are of different epochs")
}

func (c *Client) walrusState(ctx context.Context) (*systemState, *stakingState, error) {
	shells, err := c.Objects(ctx, c.ids.System, c.ids.Staking)
	if err != nil {
		return nil, nil, err
	}
	var fields [2]suitx.Address
	for i, o := range shells {
		v, err := readVersioned(o)
		if err != nil {
			return nil, nil, fmt.Errorf("%s object: %w", [...]string{"system", "staking"}[i], err)
		}
		fields[i] = v.field()
	}
	states, err := c.Objects(ctx, fields[:]...)
	if err != nil {
		return nil, nil, err
	}
	r, err := fieldValue(states[0])
	if err != nil {
		return nil, nil, fmt.Errorf("system object: %w", err)
	}
	system, err := readSystemState(r)
	if err != nil {
		return nil, nil, fmt.Errorf("system object: %w", err)
	}
	if r, err = fieldValue(states[1]); err != nil {
		return nil, nil, fmt.Errorf("staking object: %w", err)
	}
	staking, err := readStakingState(r)
	if err != nil {
		return nil, nil, fmt.Errorf("staking object: %w", err)
	}
	return system, staking, nil
}

func (c *Client) committee(ctx context.Context, system *systemState, staking *stakingState) (*api.Committee, error) {
	ids := make([]suitx.Address, len(system.members))
	for i, m := range system.members {
		ids[i] = m.node
	}
	pools, err := c.Objects(ctx, ids...)
	if err != nil {
		return nil, err
	}
	com := &api.Committee{
		Epoch:         system.epoch,
		NShards:       int(system.nShards),
		StoragePrice:  system.storagePrice,
		WritePrice:    system.writePrice,
		EpochStart:    staking.start(),
		EpochDuration: time.Duration(staking.duration) * time.Millisecond,
	}
	for i, m := range system.members {
		member, err := memberOf(m, pools[i], staking.shards[m.node])
		if err != nil {
			return nil, fmt.Errorf("node %d (%s): %w", i, m.node, err)
		}
		member.Index = i
		com.Members = append(com.Members, *member)
	}
	return com, checkShards(com)
}

// memberOf takes the key from the System object, as certificates are checked
// with it there; a pool may have announced its next one already.
func memberOf(m systemMember, o *suitx.Object, shards []int) (*api.Member, error) {
	p, err := readPool(o)
	if err != nil {
		return nil, err
	}
	if p.node != m.node {
		return nil, fmt.Errorf("its pool is of node %s", p.node)
	}
	if len(shards) != int(m.weight) {
		return nil, fmt.Errorf("it has %d shards and a weight of %d", len(shards), m.weight)
	}
	key, err := compressed(m.key)
	if err != nil {
		return nil, err
	}
	return &api.Member{ID: m.node, Name: p.name, Address: p.address, PublicKey: key,
		NetworkKey: bytes.Clone(p.networkKey), Shards: shards}, nil
}

// checkShards makes sure that every shard is somebody's, once.
func checkShards(com *api.Committee) error {
	seen := make([]bool, com.NShards)
	count := 0
	for _, m := range com.Members {
		for _, s := range m.Shards {
			if s >= com.NShards || seen[s] {
				return fmt.Errorf("shard %d doesn't exist or is given twice", s)
			}
			seen[s] = true
			count++
		}
	}
	if count != com.NShards {
		return fmt.Errorf("%d of %d shards are given", count, com.NShards)
	}
	return nil
}
