package main

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"time"

	"floe/codec/bls"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/node"
)

// What a new embedded network begins with.
const (
	epochDuration = 24 * time.Hour
	storagePrice  = 100_000 // FROST per MiB and epoch, as Walrus' nodes vote by default
	writePrice    = 20_000  // FROST per MiB
)

// origin is network.json: how the embedded network began. Host is where floed
// listened then. It stands in the nodes' addresses on the ledger for good; who
// listens elsewhere later is reached under it all the same (see door).
type origin struct {
	Nodes           int
	Shards          int
	NodesAt         []string `json:",omitempty"` // where nodes listen that are processes of their own
	NodeScheme      string   `json:",omitempty"` // of those
	Host            string
	Start           time.Time
	EpochDurationMS int64
	StoragePrice    uint64
	WritePrice      uint64
}

// nodeKeys is keys/node-NN.json.
type nodeKeys struct {
	BLS     []byte // 32 bytes, signs confirmations
	Network []byte // P-256 scalar, for the TLS of nodes that are processes of their own
}

// sponsorKey is keys/sponsor.json.
type sponsorKey struct {
	Seed []byte // Ed25519
}

// readOrigin reads network.json, or writes it for a network that begins now.
func readOrigin(d *dataDir, cfg Config, host string) (origin, error) {
	var o origin
	found, err := d.read(&o, "network.json")
	if err != nil {
		return o, err
	}
	if found {
		if err := o.checkNodesAt(d, cfg); err != nil {
			return o, err
		}
		if o.Nodes != cfg.Nodes || o.Shards != cfg.Shards {
			return o, fmt.Errorf("%s holds a network of %d nodes and %d shards; give -nodes %d -shards %d, or another -data", d.path, o.Nodes, o.Shards, o.Nodes, o.Shards)
		}
		return o, nil
	}
	o = origin{
		Nodes: cfg.Nodes, Shards: cfg.Shards, Host: host,
		Start: time.Now().UTC().Truncate(time.Millisecond), EpochDurationMS: epochDuration.Milliseconds(),
		StoragePrice: storagePrice, WritePrice: writePrice,
	}
	if len(cfg.NodesAt) > 0 {
		o.NodesAt, o.NodeScheme = cfg.NodesAt, cfg.NodeScheme
	}
	return o, d.write(o, "network.json")
}

// genesis makes the ledger's first checkpoint out of the origin and the keys.
func (o origin) genesis(keys []nodeKeys) (ledger.Genesis, []*bls.Key, error) {
	g := ledger.Genesis{
		NShards: o.Shards, EpochDuration: time.Duration(o.EpochDurationMS) * time.Millisecond, Start: o.Start,
		StoragePrice: o.StoragePrice, WritePrice: o.WritePrice,
	}
	signers := make([]*bls.Key, o.Nodes)
	shard := 0
	for i, k := range keys {
		key, err := bls.ParseKey(k.BLS)
		if err != nil {
			return g, nil, fmt.Errorf("couldn't read the key of node %d: %w", i, err)
		}
		network, err := node.ParseNetworkKey(k.Network)
		if err != nil {
			return g, nil, fmt.Errorf("couldn't use the keys of node %d: %w", i, err)
		}
		public, err := network.Public()
		if err != nil {
			return g, nil, err
		}
		proof, err := key.ProvePossession(0, api.EmbeddedPool(i))
		if err != nil {
			return g, nil, err
		}
		n := ledger.GenesisNode{
			Name: fmt.Sprintf("Node %d", i+1), Address: o.nodeAddress(i),
			PublicKey: key.Public().Compressed(), NetworkKey: public, ProofOfPossession: [96]byte(proof),
		}
		for range shardsOf(i, o.Nodes, o.Shards) {
			n.Shards = append(n.Shards, uint16(shard))
			shard++
		}
		g.Nodes, signers[i] = append(g.Nodes, n), key
	}
	return g, signers, nil
}

// nodeAddress is host:port[/path] of a node, as it stands on the ledger for good.
func (o origin) nodeAddress(i int) string {
	if len(o.NodesAt) > 0 {
		return o.NodesAt[i]
	}
	return fmt.Sprintf("%s%s%d", o.Host, api.PathNode, i)
}

// shardsOf spreads shards evenly: the first nodes have one more if need be.
func shardsOf(node, nodes, shards int) int {
	if node < shards%nodes {
		return shards/nodes + 1
	}
	return shards / nodes
}

// readNodeKeys reads the nodes' keys and makes those that aren't there.
func readNodeKeys(d *dataDir, n int) ([]nodeKeys, error) {
	keys := make([]nodeKeys, n)
	for i := range keys {
		name := fmt.Sprintf("node-%02d.json", i)
		found, err := d.read(&keys[i], "keys", name)
		if err != nil {
			return nil, err
		}
		if found {
			continue
		}
		if keys[i], err = newNodeKeys(); err != nil {
			return nil, err
		}
		if err := d.write(keys[i], "keys", name); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func newNodeKeys() (nodeKeys, error) {
	signing, err := bls.GenerateKey(rand.Reader)
	if err != nil {
		return nodeKeys{}, err
	}
	network, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nodeKeys{}, err
	}
	secret := signing.Bytes()
	return nodeKeys{secret[:], network.Bytes()}, nil
}

// readSponsor reads the sponsor's key, or makes it.
func readSponsor(d *dataDir) (ed25519.PrivateKey, error) {
	var k sponsorKey
	found, err := d.read(&k, "keys", "sponsor.json")
	if err != nil {
		return nil, err
	}
	if !found {
		k.Seed = make([]byte, ed25519.SeedSize)
		rand.Read(k.Seed)
		if err := d.write(k, "keys", "sponsor.json"); err != nil {
			return nil, err
		}
	}
	if len(k.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("couldn't read the sponsor's key: it has %d bytes", len(k.Seed))
	}
	return ed25519.NewKeyFromSeed(k.Seed), nil
}
