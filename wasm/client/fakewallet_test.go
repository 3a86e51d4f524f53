package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/blake2b"

	"floe/codec/suitx"
	"floe/server/api"
)

// testWallet is a wallet with an owner who says yes, unless a test says
// otherwise.
type testWallet struct {
	key     ed25519.PrivateKey
	prompts int
	change  func(*suitx.TransactionData)              // what it makes of the transaction …
	answer  func(signed, sig []byte) ([]byte, []byte) // … and of the signature
	refuse  bool
	seen    func(*suitx.TransactionData)
}

func newTestWallet(n byte) *testWallet {
	return &testWallet{key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32))}
}

func (w *testWallet) Address() suitx.Address {
	return suitx.AddressOf(w.key.Public().(ed25519.PublicKey))
}

func (w *testWallet) Sign(_ context.Context, raw []byte) ([]byte, []byte, error) {
	w.prompts++
	if w.refuse {
		return nil, nil, &Error{Code: CodeRejected, Message: "no"}
	}
	tx, err := suitx.UnmarshalTransactionData(raw)
	if err != nil {
		return nil, nil, err
	}
	if w.seen != nil {
		w.seen(tx)
	}
	if w.change != nil {
		w.change(tx)
	}
	raw = tx.Marshal()
	sig := suitx.SignTransaction(w.key, raw)
	if w.answer != nil {
		raw, sig = w.answer(raw, sig)
	}
	return raw, sig, nil
}

// fund gives coins to an address.
func (f *fake) fund(to suitx.Address, sui, wal uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.newCoin(to, suitx.SUI(), sui)
	f.newCoin(to, f.walType(), wal/3)
	f.newCoin(to, f.walType(), wal-wal/3)
}

func (f *fake) walType() suitx.TypeTag {
	return suitx.StructTag{Address: f.ids.WALPackage, Module: "wal", Name: "WAL"}.Tag()
}

func (f *fake) newCoin(owner suitx.Address, kind suitx.TypeTag, amount uint64) *suitx.Object {
	f.clock++
	id := blake2b.Sum256(binary.LittleEndian.AppendUint64([]byte("coin"), f.clock))
	o := &suitx.Object{
		Move:  &suitx.MoveObject{Type: suitx.CoinOf(kind), HasPublicTransfer: true, Version: f.clock, Contents: binary.LittleEndian.AppendUint64(id[:], amount)},
		Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: owner},
	}
	f.objects[o.ID()] = o
	return o
}

// held is what an address has of a coin.
func (f *fake) held(owner suitx.Address, kind suitx.TypeTag) (sum uint64, coins []*suitx.Object) {
	for _, o := range f.objects {
		if c, err := readCoin(o, kind, owner); err == nil {
			sum, coins = sum+c.balance, append(coins, o)
		}
	}
	return sum, coins
}

func (f *fake) account(address string) (any, *api.Error) {
	owner, err := suitx.ParseAddress(address)
	if err != nil {
		return nil, malformed("%v", err)
	}
	out := &api.Account{Epoch: 4, GasPrice: 1000 + f.dearer}
	for kind, to := range map[*[][]byte]suitx.TypeTag{&out.SUI: suitx.SUI(), &out.WAL: f.walType()} {
		_, coins := f.held(owner, to)
		for _, o := range coins {
			*kind = append(*kind, o.Marshal())
		}
	}
	return out, nil
}

const fakeGasUsed = 40_000_000

func (f *fake) simulate(in *api.SimulateRequest) (*api.SimulateResponse, *api.Error) {
	tx, err := suitx.UnmarshalTransactionData(in.Transaction)
	if err != nil {
		return nil, malformed("%v", err)
	}
	if tx.Gas.Owner != tx.Sender || len(tx.Gas.Payment) == 0 || tx.Gas.Budget == 0 || tx.Gas.Price == 0 {
		return nil, malformed("the gas isn't filled in")
	}
	effects := &suitx.Effects{TransactionDigest: suitx.TransactionDigest(in.Transaction), GasUsed: suitx.GasCost{Computation: 1_000_000, Storage: fakeGasUsed - 1_000_000}}
	if tx.Gas.Budget < fakeGasUsed {
		effects.Status.Failure = &suitx.ExecutionFailure{Kind: suitx.InsufficientGas}
	}
	return &api.SimulateResponse{Effects: effects.Marshal()}, nil
}

// submit is a ledger that knows what a wallet does for a parcel, and what the
// parcel's own address does with what it was given.
func (f *fake) submit(in *api.SubmitRequest) (*api.SubmitResponse, *api.Error) {
	tx, err := suitx.UnmarshalTransactionData(in.Transaction)
	if err == nil {
		err = suitx.VerifyTransaction(in.Transaction, in.Signature, tx.Sender)
	}
	if err != nil {
		return nil, malformed("%v", err)
	}
	digest := suitx.TransactionDigest(in.Transaction)
	if f.submitted == nil {
		f.submitted = map[suitx.Digest]*api.SubmitResponse{}
	}
	if done := f.submitted[digest]; done != nil {
		return done, nil
	}
	if tx.Gas.Price < 1000+f.dearer {
		return nil, &api.Error{Code: api.CodeExecution, Message: "gas costs more"}
	}
	for _, p := range tx.Gas.Payment {
		if o := f.objects[p.ID]; o == nil || o.Ref() != p || o.Owner.Address != tx.Sender {
			return nil, &api.Error{Code: api.CodeConflict, Message: "the gas moved on"}
		}
	}
	run := &walletRun{fakeRun: fakeRun{fake: f, tx: tx, digest: digest, signed: api.SignedTransaction{Transaction: in.Transaction, Signatures: [][]byte{in.Signature}}},
		changed: map[suitx.Address]*suitx.Object{}, made: map[suitx.Address]bool{}, results: make([][]*suitx.Object, len(tx.Commands))}
	before := make(map[suitx.Address]*suitx.Object)
	for id, o := range f.objects {
		was := *o
		before[id] = &was
	}
	f.clock++
	run.gas = f.objects[tx.Gas.Payment[0].ID]
	run.add(run.gas, -fakeGasUsed)
	for i, c := range tx.Commands {
		if err := run.command(i, c); err != nil {
			f.objects = before // all or nothing
			return nil, &api.Error{Code: api.CodeExecution, Message: fmt.Sprintf("command %d: %v", i, err)}
		}
	}
	f.submitted[digest] = run.outcome()
	return f.submitted[digest], nil
}

// walletRun is one transaction that its sender pays for.
type walletRun struct {
	fakeRun
	gas     *suitx.Object
	changed map[suitx.Address]*suitx.Object
	made    map[suitx.Address]bool
	results [][]*suitx.Object
}

func (r *walletRun) touch(o *suitx.Object) {
	move := *o.Move
	move.Version = r.clock
	o.Move, o.PreviousTransaction = &move, r.digest
	r.changed[o.ID()] = o
}

func (r *walletRun) add(o *suitx.Object, n int64) {
	r.touch(o)
	contents := bytes.Clone(o.Move.Contents)
	binary.LittleEndian.PutUint64(contents[32:], uint64(int64(binary.LittleEndian.Uint64(contents[32:]))+n))
	o.Move.Contents = contents
}

func (r *walletRun) object(a suitx.Argument) *suitx.Object {
	switch a.Kind {
	case suitx.ArgGasCoin:
		return r.gas
	case suitx.ArgInput:
		return r.objects[r.tx.Inputs[a.Index].Object.Ref.ID]
	}
	return r.results[a.Index][a.Nested]
}

func (r *walletRun) u64(a suitx.Argument) uint64 {
	return binary.LittleEndian.Uint64(r.tx.Inputs[a.Index].Pure)
}

func (r *walletRun) command(i int, c suitx.Command) error {
	switch c := c.(type) {
	case *suitx.SplitCoins:
		from, amount := r.object(c.Coin), r.u64(c.Amounts[0])
		if binary.LittleEndian.Uint64(from.Move.Contents[32:]) < amount {
			return fmt.Errorf("too little in the coin")
		}
		r.add(from, -int64(amount))
		made := r.newCoin(r.tx.Sender, from.Move.Type.Params[0], amount)
		r.clock-- // the coin's version is the transaction's
		r.touch(made)
		r.made[made.ID()], r.results[i] = true, []*suitx.Object{made}
	case *suitx.MergeCoins:
		for _, s := range c.Sources {
			from := r.object(s)
			r.add(r.object(c.Into), int64(binary.LittleEndian.Uint64(from.Move.Contents[32:])))
			delete(r.objects, from.ID())
			delete(r.changed, from.ID())
		}
	case *suitx.TransferObjects:
		for _, a := range c.Objects {
			o := r.object(a)
			r.touch(o)
			o.Owner.Address = suitx.Address(r.tx.Inputs[c.To.Index].Pure)
		}
	case *suitx.MoveCall:
		return r.walrus(i, c)
	}
	return nil
}

func (r *walletRun) walrus(i int, c *suitx.MoveCall) error {
	if c.Package != r.ids.WalrusPackage {
		return r.call(c)
	}
	switch c.Function {
	case callReserve:
		units := (r.u64(c.Args[1]) + 1<<20 - 1) >> 20
		r.add(r.object(c.Args[3]), -int64(units*r.net.StoragePrice*uint64(binary.LittleEndian.Uint32(r.tx.Inputs[c.Args[2].Index].Pure))))
		r.results[i] = []*suitx.Object{nil}
	case callRegister:
		r.add(r.object(c.Args[7]), -int64(r.net.WritePrice))
		id := [32]byte(r.tx.Inputs[c.Args[2].Index].Pure)
		r.clock--
		o := r.newBlob(id, r.u64(c.Args[4]), r.tx.Sender, r.epochs())
		r.objects[o.ID()], r.results[i] = o, []*suitx.Object{o}
		r.touch(o)
		r.made[o.ID()] = true
	case callCertify:
		r.touch(r.object(c.Args[1]))
		return r.certified(c)
	}
	return nil
}

// epochs is what all blobs of the transaction are registered for.
func (r *walletRun) epochs() uint32 {
	for _, c := range r.tx.Commands {
		if call, ok := c.(*suitx.MoveCall); ok && call.Function == callReserve {
			return binary.LittleEndian.Uint32(r.tx.Inputs[call.Args[2].Index].Pure)
		}
	}
	return 0
}

func (r *walletRun) certified(c *suitx.MoveCall) error {
	o := r.object(c.Args[1])
	b, err := readBlobObject(o, r.ids.WalrusPackage)
	if err != nil {
		return err
	}
	if o.Owner.Address != r.tx.Sender || !bytes.Equal(r.bytes(c.Args[4]), r.message(b.blobID, o.ID())) {
		return fmt.Errorf("the certificate is of another blob or epoch, or not its owner's")
	}
	r.accepted[b.blobID]++
	return nil
}

func (r *walletRun) outcome() *api.SubmitResponse {
	effects := &suitx.Effects{TransactionDigest: r.digest, ExecutedEpoch: 1, LamportVersion: r.clock, GasUsed: suitx.GasCost{Computation: fakeGasUsed}}
	out := &api.SubmitResponse{Digest: r.digest.String(), Objects: [][]byte{}}
	if r.parcel != nil {
		r.changed[r.parcel.object.ID()] = r.parcel.object
		r.made[r.parcel.object.ID()] = r.created
	}
	for id, o := range r.changed {
		change := suitx.ChangedObject{ID: id, Output: suitx.ObjectOut{Kind: suitx.OutputObject, Digest: o.Digest(), Owner: o.Owner}}
		if r.made[id] {
			change.IDOperation = suitx.IDCreated
		}
		effects.ChangedObjects = append(effects.ChangedObjects, change)
		out.Objects = append(out.Objects, o.Marshal())
	}
	slices.SortFunc(effects.ChangedObjects, func(a, b suitx.ChangedObject) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	out.Effects = effects.Marshal()
	return out
}
