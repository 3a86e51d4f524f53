package direct

import (
	"context"
	"strings"
	"sync"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

// keptAtLeast is how long files are kept if nobody says.
const keptAtLeast = 7 * 24 * time.Hour

// network describes where parcels go, as a server does. It is read anew each
// time: the client asks when it begins and when an epoch may have begun.
func (r *Relay) network(ctx context.Context) (*api.Network, error) {
	com, err := r.refresh(ctx)
	if err != nil {
		return nil, err
	}
	n := &api.Network{
		Name:            r.place.Name,
		ChainID:         r.chain.ChainID(),
		Epoch:           com.Epoch,
		EpochStartMS:    com.EpochStart.UnixMilli(),
		EpochDurationMS: com.EpochDuration.Milliseconds(),
		MaxEpochsAhead:  walrus.MaxEpochsAhead,
		NShards:         com.NShards,
		SystemObjectID:  suitx.Address(r.place.System).String(),
		SystemVersion:   r.contracts.SharedAt,
		StakingObjectID: suitx.Address(r.place.Staking).String(),
		WALPackage:      suitx.Address(r.place.WALPackage).String(),
		WalrusPackage:   r.contracts.Package.String(),
		FloePackage:     suitx.Address(r.place.FloePackage).String(),
		SegmentSize:     api.SegmentSize(r.params, walrus.MostShards(com), maxParcelSize),
		MaxParcelSize:   maxParcelSize,
		Deletable:       true,
		DefaultEpochs:   epochsFor(keptAtLeast, com.EpochDuration),
		StoragePrice:    com.StoragePrice,
		WritePrice:      com.WritePrice,
	}
	if r.payer != nil {
		n.Sponsor = r.payer.address.String()
	}
	r.probe(ctx)
	for i, m := range com.Members {
		n.Nodes = append(n.Nodes, api.Node{Index: i, Name: m.Name, ID: m.ID.String(), Address: m.Address, Shards: m.Shards, Up: r.up(i)})
	}
	return n, nil
}

// maxParcelSize is more than a statement has room for, which bounds it.
const maxParcelSize = 1 << 40

// epochsFor is how many epochs last at least that long. The first one may be
// nearly over.
func epochsFor(d, epoch time.Duration) uint32 {
	if epoch <= 0 {
		return 1
	}
	return uint32(min((d+epoch-1)/epoch+1, walrus.MaxEpochsAhead))
}

// refresh reads the committee anew and goes on with that.
func (r *Relay) refresh(ctx context.Context) (*api.Committee, error) {
	com, err := r.readCommittee(ctx)
	if err != nil {
		return nil, r.ledgerError(ctx, err)
	}
	return com, r.nodes.Update(com)
}

// readCommittee reads the committee. The embedded network's nodes are where its
// ledger is, on whatever port that listens today: what is written there is where
// it listened when the network began.
func (r *Relay) readCommittee(ctx context.Context) (*api.Committee, error) {
	com, err := r.chain.Committee(ctx)
	if err != nil || r.place.Name != api.Local {
		return com, err
	}
	host, _, err := r.place.Target()
	if err != nil {
		return nil, err
	}
	for i := range com.Members {
		m := &com.Members[i]
		if _, path, found := strings.Cut(m.Address, api.PathNode); found {
			m.Address = host + api.PathNode + path
		}
	}
	return com, nil
}

func (r *Relay) saw(node int, up bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if up {
		delete(r.down, node)
	} else {
		r.down[node] = true
	}
}

func (r *Relay) up(node int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.down[node]
}

// probeTime is how long nodes are given for a sign of life.
const probeTime = 2 * time.Second

// probe looks after all nodes once one of them didn't answer, so that people
// are told how many do.
func (r *Relay) probe(ctx context.Context) {
	r.mu.Lock()
	healthy := len(r.down) == 0
	r.mu.Unlock()
	if healthy {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	var all sync.WaitGroup
	for i := range r.nodes.Committee().Members {
		all.Go(func() { r.saw(i, r.nodes.Probe(ctx, i) == nil) })
	}
	all.Wait()
}
