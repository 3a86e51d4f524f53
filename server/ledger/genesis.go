package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/native"
	"floe/server/ledger/vm"
)

// Names of what the ledger remembers of itself.
const (
	metaGenesis = "genesis" // hash of the Genesis it began with
	metaHead    = "head"    // see head
)

// The treasury's coins: one pays for epoch changes, the others are the faucet's.
const (
	faucetSlots   = 8
	treasuryCoins = 1 + faucetSlots
)

// encode returns all of g in one form.
func (g *Genesis) encode() []byte {
	var w bcs.Writer
	w.U64(uint64(g.NShards))
	w.U64(uint64(g.EpochDuration.Milliseconds()))
	w.U64(toMS(g.Start))
	w.U64(g.StoragePrice)
	w.U64(g.WritePrice)
	bcs.WriteSeq(&w, g.Nodes, func(w *bcs.Writer, n GenesisNode) {
		w.String(n.Name)
		w.String(n.Address)
		w.Fixed(n.PublicKey[:])
		w.Bytes(n.NetworkKey)
		w.Fixed(n.ProofOfPossession[:])
		bcs.WriteSeq(w, n.Shards, (*bcs.Writer).U16)
	})
	return w.Data()
}

// treasury derives the key of the treasury. Nobody can guess it who doesn't
// know the nodes' proofs of possession: they stand in Genesis, never in an object.
func (g *Genesis) treasury() ed25519.PrivateKey {
	seed := blake2b.Sum256(append([]byte("floe embedded treasury"), g.encode()...))
	return ed25519.NewKeyFromSeed(seed[:])
}

// check returns the nodes with their keys read, or says what is wrong with g.
func (g *Genesis) check() ([]native.Node, error) {
	if g.NShards < 4 || g.NShards > 1001 {
		return nil, fmt.Errorf("%d shards: 4 to 1001 are possible", g.NShards)
	}
	if g.EpochDuration.Milliseconds() < 1 || g.Start.UnixMilli() < 0 {
		return nil, errors.New("epochs need a duration and a start")
	}
	var nodes []native.Node
	held := make([]bool, g.NShards)
	for i, n := range g.Nodes {
		k, err := bls.ParsePublicKey(n.PublicKey[:])
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", i, err)
		}
		if err := k.VerifyPossession(0, api.EmbeddedPool(i), n.ProofOfPossession[:]); err != nil {
			return nil, fmt.Errorf("node %d doesn't prove that it has its key: %w", i, err)
		}
		if len(n.Shards) == 0 || len(n.Name) > 100 || len(n.Address) > 259 {
			return nil, fmt.Errorf("node %d: needs a shard, a name and an address that aren't too long", i)
		}
		for _, s := range n.Shards {
			if int(s) >= g.NShards || held[s] {
				return nil, fmt.Errorf("node %d: shard %d isn't free", i, s)
			}
			held[s] = true
		}
		nodes = append(nodes, native.Node{Name: n.Name, Address: n.Address, Key: k, NetworkKey: n.NetworkKey, Shards: n.Shards})
	}
	if i := slices.Index(held, false); i >= 0 {
		return nil, fmt.Errorf("no node has shard %d", i)
	}
	return nodes, nil
}

// found makes the first checkpoint, unless the store has one: then it must be
// of the same Genesis.
func (l *Ledger) found(g *Genesis) error {
	hash := blake2b.Sum256(g.encode())
	known, err := get(l.db, key(keyMeta, []byte(metaGenesis)))
	if err == nil {
		if !bytes.Equal(known, hash[:]) {
			return ErrOtherGenesis
		}
		return nil
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	nodes, err := g.check()
	if err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	objects, err := l.world.Objects(native.Genesis{NShards: uint16(g.NShards),
		EpochDurationMS: uint64(g.EpochDuration.Milliseconds()), StartMS: toMS(g.Start),
		StoragePrice: g.StoragePrice, WritePrice: g.WritePrice, Nodes: nodes,
		Treasury: l.treasury, TreasuryCoins: treasuryCoins})
	if err != nil {
		return err
	}
	b := l.db.NewIndexedBatch()
	defer b.Close()
	s := &step{l: l, batch: b, packages: l.world.Packages, head: head{epochStartMS: toMS(g.Start)}, timeMS: toMS(g.Start)}
	return errors.Join(s.genesis(objects), s.seal(false),
		writeEpoch(b, &Epoch{Start: fromMS(toMS(g.Start)), ReferenceGasPrice: referencePrice}),
		b.Set(key(keyMeta, []byte(metaGenesis)), hash[:], nil), b.Commit(pebble.Sync))
}

// genesis enters the transaction that created the first objects.
func (s *step) genesis(first []native.Owned) error {
	var all []*suitx.Object
	for _, p := range s.l.world.Packages.All() {
		o, err := firstPackage(p)
		if err != nil {
			return err
		}
		all = append(all, &suitx.Object{Owner: suitx.Owner{Kind: suitx.ImmutableOwner}, Package: o})
	}
	for _, o := range first {
		a, err := s.l.world.Packages.Abilities(o.Type.Tag())
		if err != nil {
			return fmt.Errorf("first object %s: %w", o.Type, err)
		}
		all = append(all, &suitx.Object{Owner: o.Owner, Move: &suitx.MoveObject{Type: o.Type,
			HasPublicTransfer: a.Has(storeAbility), Version: 1, Contents: o.Contents}})
	}
	slices.SortFunc(all, func(a, b *suitx.Object) int {
		x, y := a.ID(), b.ID()
		return bytes.Compare(x[:], y[:])
	})
	tx := systemTransaction(kindGenesis, func(w *bcs.Writer) {
		bcs.WriteSeq(w, all, func(w *bcs.Writer, o *suitx.Object) {
			w.Uleb(0)
			raw := o.Marshal() // data ‖ owner ‖ previous transaction and rebate, which genesis leaves out
			w.Fixed(raw[:len(raw)-33-8])
		})
	})
	digest := suitx.TransactionDigest(tx)
	e := &suitx.Effects{TransactionDigest: digest, LamportVersion: 1}
	for _, o := range all {
		o.PreviousTransaction = digest
		out := suitx.ObjectOut{Kind: suitx.OutputObject, Digest: o.Digest(), Owner: o.Owner}
		if o.Package != nil {
			out = suitx.ObjectOut{Kind: suitx.OutputPackage, Digest: o.Digest(), Version: 1}
		}
		e.ChangedObjects = append(e.ChangedObjects, suitx.ChangedObject{ID: o.ID(), Output: out, IDOperation: suitx.IDCreated})
	}
	_, err := s.enter(&vm.Outcome{Effects: e, Written: all}, tx, systemSignature())
	return err
}
