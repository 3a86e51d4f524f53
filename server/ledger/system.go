package ledger

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/native"
	"floe/server/ledger/vm"
)

// System transactions are the network's own: nobody signs or pays for them.
// Their kinds are Sui's.
const (
	kindGenesis  = 2 // objects vector<{0 ‖ object data ‖ owner}>
	kindPrologue = 3 // epoch u64 ‖ round u64 ‖ time u64: the clock ticks
)

// systemTransaction returns TransactionData of a kind, from nobody.
func systemTransaction(kind uint32, body func(*bcs.Writer)) []byte {
	var w bcs.Writer
	var nobody [32]byte
	w.Uleb(0) // version 1
	w.Uleb(kind)
	body(&w)
	w.Fixed(nobody[:]) // sender
	w.Uleb(1)          // gas payment: an object that doesn't exist
	w.Fixed(nobody[:])
	w.U64(0)
	w.Bytes(nobody[:])
	w.Fixed(nobody[:]) // gas owner
	w.U64(1)           // price
	w.U64(0)           // budget
	w.Uleb(0)          // no expiration
	return w.Data()
}

// systemSignature is what stands for the signature nobody made.
func systemSignature() [][]byte { return [][]byte{make([]byte, 97)} }

// tick sets the clock to the step's time.
func (s *step) tick() error {
	before, err := readObject(s.batch, native.ClockID(), 0)
	if err != nil {
		return fmt.Errorf("couldn't read the clock: %w", err)
	}
	tx := systemTransaction(kindPrologue, func(w *bcs.Writer) {
		w.U64(s.head.epoch)
		w.U64(s.head.next) // one a checkpoint at most
		w.U64(s.timeMS)
	})
	digest := suitx.TransactionDigest(tx)
	after := *before
	after.PreviousTransaction = digest
	after.Move = &suitx.MoveObject{Type: before.Move.Type, Version: before.Version() + 1,
		Contents: s.l.world.Clock(s.timeMS).Contents}
	e := &suitx.Effects{ExecutedEpoch: s.head.epoch, TransactionDigest: digest, LamportVersion: after.Version(),
		Dependencies: []suitx.Digest{before.PreviousTransaction},
		ChangedObjects: []suitx.ChangedObject{{ID: native.ClockID(),
			Input:  &suitx.ObjectIn{Version: before.Version(), Digest: before.Digest(), Owner: before.Owner},
			Output: suitx.ObjectOut{Kind: suitx.OutputObject, Digest: after.Digest(), Owner: after.Owner}}}}
	s.clockSet = true
	_, err = s.enter(&vm.Outcome{Effects: e, Inputs: []*suitx.Object{before}, Written: []*suitx.Object{&after}},
		tx, systemSignature())
	return err
}
