package ledger

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/move"
)

// network is a ledger under test with its nodes' keys and a clock that stands still.
type network struct {
	*Ledger
	t     testing.TB
	cfg   Config
	nodes []*bls.Key
	ids   api.NetworkIDs

	mu  sync.Mutex
	now time.Time // guarded by mu
}

const (
	testShards = 13
	testNodes  = 5
	testEpoch  = time.Hour
)

// testNetwork returns the configuration of a network in dir, not yet open.
func testNetwork(t testing.TB, dir string) *network {
	n := &network{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	n.ids, _ = api.Networks(api.Local)
	g := Genesis{NShards: testShards, EpochDuration: testEpoch, Start: n.now, StoragePrice: 100_000, WritePrice: 20_000}
	for i := range testNodes {
		k := must(bls.KeyFromSeed(append(make([]byte, 31), byte(i))))
		n.nodes = append(n.nodes, k)
		node := GenesisNode{Name: "Node", Address: "127.0.0.1:8080/node", PublicKey: k.Public().Compressed(), NetworkKey: make([]byte, 33)}
		copy(node.ProofOfPossession[:], must(k.ProvePossession(0, api.EmbeddedPool(i))))
		for s := i; s < testShards; s += testNodes {
			node.Shards = append(node.Shards, uint16(s))
		}
		g.Nodes = append(g.Nodes, node)
	}
	n.cfg = Config{Dir: dir, Clock: n.time, Genesis: g}
	return n
}

func newNetwork(t testing.TB) *network {
	t.Helper()
	n := testNetwork(t, t.TempDir())
	n.open()
	return n
}

func (n *network) open() {
	n.t.Helper()
	n.Ledger = n.check(Open(n.cfg))
	n.t.Cleanup(func() { n.Ledger.Close() })
}

func (n *network) check(l *Ledger, err error) *Ledger {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
	return l
}

func (n *network) time() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// pass lets time pass.
func (n *network) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// account is somebody with a key.
type account struct {
	key ed25519.PrivateKey
	suitx.Address
}

func newAccount(name string) account {
	seed := blake2b.Sum256([]byte(name))
	k := ed25519.NewKeyFromSeed(seed[:])
	return account{k, suitx.AddressOf(k.Public().(ed25519.PublicKey))}
}

// rich returns an account that the faucet gave to.
func (n *network) rich(name string) account {
	n.t.Helper()
	a := newAccount(name)
	if _, err := n.Faucet(context.Background(), a.Address); err != nil {
		n.t.Fatal(err)
	}
	return a
}

// coin returns a's largest coin of a type.
func (n *network) coin(a account, t suitx.TypeTag) OwnedObject {
	n.t.Helper()
	coin := suitx.CoinOf(t)
	var best OwnedObject
	var after []byte
	for {
		page, next, err := n.Owned(a.Address, &coin, after, 50)
		if err != nil {
			n.t.Fatal(err)
		}
		for _, o := range page {
			if best.Balance == nil || *o.Balance > *best.Balance {
				best = o
			}
		}
		if after = next; next == nil {
			break
		}
	}
	if best.Balance == nil {
		n.t.Fatalf("%s owns no %s", a.Address, t)
	}
	return best
}

// wal returns a's largest WAL coin as an argument.
func (n *network) wal(b *suitx.Builder, a account) suitx.Argument {
	n.t.Helper()
	return b.Object(n.coin(a, n.world.WAL()).Ref)
}

func (n *network) system(b *suitx.Builder, mutable bool) suitx.Argument {
	return b.Shared(n.ids.System, 1, mutable)
}

// build makes b a transaction of a's, which pays for it.
func (n *network) build(b *suitx.Builder, a account) *suitx.TransactionData {
	n.t.Helper()
	data := must(b.Build(a.Address))
	data.Gas = suitx.GasData{Payment: []suitx.ObjectRef{n.coin(a, suitx.SUI()).Ref}, Owner: a.Address, Price: 1000, Budget: 1_000_000_000}
	return data
}

// send executes b's transaction for a; it must not be refused.
func (n *network) send(b *suitx.Builder, a account) *Executed {
	n.t.Helper()
	return n.sign(n.build(b, a), a)
}

func (n *network) sign(data *suitx.TransactionData, signers ...account) *Executed {
	n.t.Helper()
	e, err := n.try(data, signers...)
	if err != nil {
		n.t.Fatal(err)
	}
	return e
}

func (n *network) try(data *suitx.TransactionData, signers ...account) (*Executed, error) {
	tx := data.Marshal()
	var sigs [][]byte
	for _, a := range signers {
		sigs = append(sigs, suitx.SignTransaction(a.key, tx))
	}
	return n.Execute(context.Background(), tx, sigs)
}

// ok demands success.
func (n *network) ok(e *Executed) *Executed {
	n.t.Helper()
	if f := e.Effects.Status.Failure; f != nil {
		n.t.Fatalf("transaction failed: %s", failureText(f))
	}
	return e
}

// failureText names a failure as tests do: "abort balance::split 2 at 0".
func failureText(f *suitx.ExecutionFailure) string {
	text := fmt.Sprint("failure ", f.Kind)
	switch f.Kind {
	case suitx.MoveAbort:
		text = fmt.Sprintf("abort %s::%s %d", f.Location.Module, *f.Location.FunctionName, f.AbortCode)
	case suitx.MovePrimitiveRuntimeError:
		text = fmt.Sprintf("arithmetic %s::%s", f.Location.Module, *f.Location.FunctionName)
	case suitx.CommandArgumentError:
		text = fmt.Sprintf("argument %d problem %d", f.Argument, f.Problem)
	case suitx.TypeArgumentError:
		text = fmt.Sprintf("type argument %d problem %d", f.Argument, f.TypeProblem)
	case suitx.UnusedValueWithoutDrop:
		text = fmt.Sprintf("unused %d.%d", f.First, f.Second)
	}
	if f.Command != nil {
		text += fmt.Sprint(" at ", *f.Command)
	}
	return text
}

// statusText is "" for success.
func statusText(e *Executed) string {
	if f := e.Effects.Status.Failure; f != nil {
		return failureText(f)
	}
	return ""
}

// created returns the objects of a type that a transaction created.
func created(e *Executed, module, name string) (all []*suitx.Object) {
	for _, c := range e.Effects.ChangedObjects {
		if c.IDOperation != suitx.IDCreated || c.Output.Kind != suitx.OutputObject {
			continue
		}
		for _, o := range e.Outputs {
			if o.ID() == c.ID && o.Move.Type.Module == module && o.Move.Type.Name == name {
				all = append(all, o)
			}
		}
	}
	return all
}

// output returns an object as a transaction left it.
func output(e *Executed, id suitx.Address) *suitx.Object {
	for _, o := range e.Outputs {
		if o.ID() == id {
			return o
		}
	}
	return nil
}

func refused(err error, kind error, name string) bool {
	var r *Refusal
	return errors.As(err, &r) && errors.Is(err, kind) && r.Name == name
}

func readAs[T move.Value](o *suitx.Object, v T) T {
	r := bcs.NewReader(o.Move.Contents)
	v.Read(r)
	if err := r.Done(); err != nil {
		panic(err)
	}
	return v
}
