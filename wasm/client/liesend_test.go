package client

import (
	"context"
	"testing"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
)

// A relay that lies to those who send.

// liesToSender sends while answers are changed, which must be noticed before
// anything is signed that shouldn't be.
func liesToSender(t *testing.T, name string, lie func(string, []byte) []byte) {
	t.Helper()
	f := newFake(t)
	f.lieInAnswers(lie)
	_, err := f.client().Send(context.Background(), request(map[string][]byte{"a": noise("a", 100)}))
	if CodeOf(err) != CodeLiar {
		t.Errorf("%s: got %v, want a liar", name, err)
	}
	if f.count(api.PathExecute) > 0 && name != "outcome" {
		t.Errorf("%s: something was signed", name)
	}
}

// TestLieSponsored: a transaction that comes back from the sponsor must be what
// was sent, but for payment, price, budget and expiration.
func TestLieSponsored(t *testing.T) {
	stranger := suitx.Address{31: 0xee}
	for name, change := range map[string]func(*suitx.TransactionData){
		"another sender":        func(tx *suitx.TransactionData) { tx.Sender = stranger },
		"sender pays":           func(tx *suitx.TransactionData) { tx.Gas.Owner = tx.Sender },
		"stranger pays":         func(tx *suitx.TransactionData) { tx.Gas.Owner = stranger },
		"nobody pays":           func(tx *suitx.TransactionData) { tx.Gas.Payment = nil },
		"no budget":             func(tx *suitx.TransactionData) { tx.Gas.Budget = 0 },
		"never expires":         func(tx *suitx.TransactionData) { tx.Expiration = suitx.Expiration{} },
		"a command less":        func(tx *suitx.TransactionData) { tx.Commands = tx.Commands[:len(tx.Commands)-1] },
		"a command more":        func(tx *suitx.TransactionData) { tx.Commands = append(tx.Commands, tx.Commands[0]) },
		"another input":         func(tx *suitx.TransactionData) { tx.Inputs[2].Pure = append(tx.Inputs[2].Pure, 0) },
		"blob to pay":           func(tx *suitx.TransactionData) { tx.Gas.Payment = []suitx.ObjectRef{ownObject(tx)} },
		"the parcel given away": func(tx *suitx.TransactionData) { giveAway(tx, stranger) },
		"another package": func(tx *suitx.TransactionData) {
			tx.Commands[1].(*suitx.MoveCall).Package = stranger
		},
		"another statement": func(tx *suitx.TransactionData) {
			call := tx.Commands[1].(*suitx.MoveCall)
			pure := tx.Inputs[call.Args[0].Index].Pure
			tx.Inputs[call.Args[0].Index].Pure = flip(pure, len(pure)-1)
		},
	} {
		liesToSender(t, name, onPath(t, api.PathGas, func(r *api.GasResponse) {
			tx, err := suitx.UnmarshalTransactionData(r.Transaction)
			if err != nil {
				t.Fatal(err)
			}
			change(tx)
			r.Transaction = tx.Marshal()
		}))
	}
	liesToSender(t, "no transaction", onPath(t, api.PathGas, func(r *api.GasResponse) { r.Transaction = []byte{1} }))
}

func ownObject(tx *suitx.TransactionData) suitx.ObjectRef {
	for _, in := range tx.Inputs {
		if in.Kind == suitx.InputObject && in.Object.Kind == suitx.ImmOrOwned {
			return in.Object.Ref
		}
	}
	return suitx.ObjectRef{}
}

func giveAway(tx *suitx.TransactionData, to suitx.Address) {
	tx.Inputs = append(tx.Inputs, suitx.Input{Kind: suitx.InputPure, Pure: to[:]})
	tx.Commands[len(tx.Commands)-1] = &suitx.TransferObjects{
		Objects: []suitx.Argument{{Kind: suitx.ArgResult, Index: 1}},
		To:      suitx.Argument{Kind: suitx.ArgInput, Index: uint16(len(tx.Inputs) - 1)},
	}
}

// TestLieRegistered: the Blob objects must be for these blobs and this owner.
func TestLieRegistered(t *testing.T) {
	const blobID, size, encoding, end = 36, 68, 76, 114 // where they stand
	contents := func(at int) func(*suitx.Object) {
		return func(o *suitx.Object) { o.Move.Contents = flip(o.Move.Contents, at) }
	}
	for name, change := range map[string]func(*suitx.Object){
		"another owner":    func(o *suitx.Object) { o.Owner.Address[0] ^= 1 },
		"shared":           func(o *suitx.Object) { o.Owner = suitx.Owner{Kind: suitx.SharedOwner} },
		"another type":     func(o *suitx.Object) { o.Move.Type.Name = "Bulb" },
		"another package":  func(o *suitx.Object) { o.Move.Type.Address[5] ^= 1 },
		"another blob":     contents(blobID),
		"another size":     contents(size),
		"another encoding": contents(encoding),
		"ends earlier":     contents(end),
		"began long ago": func(o *suitx.Object) {
			o.Move.Contents[end-4] -= 2
			o.Move.Contents[end] -= 2
		},
		"too little space": func(o *suitx.Object) { clear(o.Move.Contents[end+4 : end+12]) },
		"permanent":        func(o *suitx.Object) { o.Move.Contents[len(o.Move.Contents)-1] = 0 },
	} {
		liesToSender(t, name, onPath(t, api.PathRegister, func(r *api.RegisterResponse) {
			o, err := suitx.UnmarshalObject(r.Objects[0])
			if err != nil {
				t.Fatal(err)
			}
			change(o)
			r.Objects[0] = o.Marshal()
		}))
	}
}

// TestLieCertificate: confirmations must be about this blob in this epoch, by a
// quorum.
func TestLieCertificate(t *testing.T) {
	for name, change := range map[string]func(*api.Certificate){
		"another blob":   func(c *api.Certificate) { c.Message = flip(c.Message, 10) },
		"another object": func(c *api.Certificate) { c.Message = flip(c.Message, 50) },
		"another epoch":  func(c *api.Certificate) { c.Message = flip(c.Message, 3) },
		"another intent": func(c *api.Certificate) { c.Message = flip(c.Message, 0) },
		"permanent":      func(c *api.Certificate) { c.Message = append(c.Message[:39], 0) },
		"nothing":        func(c *api.Certificate) { c.Message = nil },
		"too few":        func(c *api.Certificate) { c.Signers = []byte{0xff, 0} },
		"a ghost":        func(c *api.Certificate) { c.Signers = []byte{0xff, 0xff} },
		"no signature":   func(c *api.Certificate) { c.Signature = nil },
	} {
		liesToSender(t, name, onPath(t, api.PathCertificate, func(r *api.CertificateResponse) { change(&r.Certificates[0]) }))
	}
}

// TestLieNetwork: package and object IDs are compiled in.
func TestLieNetwork(t *testing.T) {
	stranger := suitx.Address{31: 0xee}.String()
	for name, change := range map[string]func(*api.Network){
		"floe package": func(n *api.Network) { n.FloePackage = stranger },
		"WAL package":  func(n *api.Network) { n.WALPackage = stranger },
		"system":       func(n *api.Network) { n.SystemObjectID = stranger },
		"staking":      func(n *api.Network) { n.StakingObjectID = "" },
	} {
		liesToSender(t, name, onPath(t, api.PathNetwork, change))
	}
	f := newFake(t)
	f.net.Name = "elsewhere"
	if _, err := f.client().Network(context.Background()); CodeOf(err) != CodeUnsupported {
		t.Errorf("an unknown network: got %v", err)
	}
}

// TestLieOutcome: a transaction that didn't run, or ran differently, isn't
// shown as sent.
func TestLieOutcome(t *testing.T) {
	change := func(do func(*suitx.Effects)) func(string, []byte) []byte {
		return onPath(t, api.PathExecute, func(r *api.ExecuteResponse) {
			e, err := suitx.UnmarshalEffects(r.Effects)
			if err != nil {
				t.Fatal(err)
			}
			do(e)
			r.Effects = e.Marshal()
		})
	}
	liesToSender(t, "outcome", change(func(e *suitx.Effects) { e.TransactionDigest[0] ^= 1 }))
	liesToSender(t, "outcome", onParcel(t, func(p *api.Parcel) {
		p.Object = restate(t, p.Object, func(s *api.Statement) { s.Slots = s.Slots[:1] })
	}))

	f := newFake(t)
	f.lieInAnswers(change(func(e *suitx.Effects) { e.ChangedObjects = nil }))
	if _, err := f.client().Send(context.Background(), request(testFiles())); err == nil {
		t.Error("a parcel that wasn't created passes for sent")
	}
}

// TestForeignCalls: a creating transaction may do nothing but what the sender
// of a parcel does.
func TestForeignCalls(t *testing.T) {
	floe := suitx.Address{31: 1}
	var w bcs.Writer
	w.Bytes([]byte("anything"))
	var b suitx.Builder
	b.Call(floe, moduleParcel, callCreate, b.Pure(w.Data()))
	b.Call(suitx.Address{31: 2}, "coin", "join")
	tx, err := b.Build(suitx.Address{31: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := (&signedTx{data: tx}).checkCalls(floe, true); err == nil {
		t.Error("a foreign call is accepted")
	}
}
