package ledger

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// Epochs change by a fixed clock: epoch n begins n durations after the start,
// Walrus' epoch is one more than Sui's. Where the process slept over a change,
// it is made up for, each at its own time, before anything else happens.

// maxLatePerStep bounds how many missed changes share a write to disk.
const maxLatePerStep = 1000

// advance makes the epoch changes that are due.
func (s *step) advance() error {
	for range maxLatePerStep {
		next := s.head.epochStartMS + s.l.epochMS
		if s.timeMS < next {
			return nil
		}
		now := s.timeMS
		s.timeMS = next
		if err := s.changeEpoch(); err != nil {
			return fmt.Errorf("couldn't change from epoch %d: %w", s.head.epoch, err)
		}
		s.timeMS = now
	}
	return nil
}

// changeEpoch ends the epoch with a tick of the clock and begins the next with
// the transaction by which Walrus' epoch changes.
func (s *step) changeEpoch() error {
	if err := s.tick(); err != nil {
		return err
	}
	if err := s.seal(true); err != nil {
		return err
	}
	old, err := readEpoch(s.batch, s.head.epoch)
	if err != nil {
		return err
	}
	last, end := s.head.next-1, fromMS(s.timeMS)
	old.LastCheckpoint, old.End = &last, &end
	s.head.epoch++
	s.head.epochStartMS = s.timeMS
	s.head.epochGas = suitx.GasCost{}
	e := &Epoch{Epoch: s.head.epoch, Start: end, FirstCheckpoint: s.head.next, ReferenceGasPrice: referencePrice}
	if err := errors.Join(writeEpoch(s.batch, old), writeEpoch(s.batch, e)); err != nil {
		return err
	}
	if err := s.changeWalrusEpoch(); err != nil {
		return err
	}
	s.clockSet = false
	return s.seal(false)
}

// changeWalrusEpoch executes what on Walrus anyone may: the end of the vote and
// the change. The treasury signs and pays.
func (s *step) changeWalrusEpoch() error {
	ids := s.l.world.IDs
	var b suitx.Builder
	staking, system := b.Shared(ids.Staking, 1, true), b.Shared(ids.System, 1, true)
	treasury, clock := b.Shared(s.l.world.TreasuryID(), 1, true), b.Shared(native.ClockID(), 1, false)
	ended, err := s.voteEnded()
	if err != nil {
		return err
	}
	if !ended {
		b.Call(ids.WalrusPackage, "staking", "voting_end", staking, clock)
	}
	b.Call(ids.WalrusPackage, "staking", "initiate_epoch_change_v2", staking, system, treasury, clock)
	gas, err := readObject(s.batch, s.l.world.TreasuryCoin(suitx.SUI(), 0), 0)
	if err != nil {
		return err
	}
	q, err := s.l.fromTreasury(&b, gas.Ref())
	if err != nil {
		return err
	}
	e, err := s.one(q)
	if err != nil {
		return err
	}
	if f := e.Effects.Status.Failure; f != nil {
		return fmt.Errorf("walrus' epoch didn't change: failure %d, abort code %d", f.Kind, f.AbortCode)
	}
	return nil
}

// voteEnded says whether somebody has ended the vote since mid-epoch.
func (s *step) voteEnded() (bool, error) {
	o, err := readObject(s.batch, s.l.world.StakingStateID(), 0)
	if err != nil {
		return false, fmt.Errorf("couldn't read staking state: %w", err)
	}
	return s.l.world.VoteEnded(o.Move.Contents)
}

// An epoch's record: start u64 ‖ end option<u64> ‖ first u64 ‖ last option<u64> ‖ price u64.
func writeEpoch(b *pebble.Batch, e *Epoch) error {
	var w bcs.Writer
	w.U64(toMS(e.Start))
	w.Option(e.End != nil)
	if e.End != nil {
		w.U64(toMS(*e.End))
	}
	w.U64(e.FirstCheckpoint)
	w.Option(e.LastCheckpoint != nil)
	if e.LastCheckpoint != nil {
		w.U64(*e.LastCheckpoint)
	}
	w.U64(e.ReferenceGasPrice)
	return b.Set(key(keyEpoch, bigEndian(e.Epoch)), w.Data(), nil)
}

func readEpoch(r reader, epoch uint64) (*Epoch, error) {
	v, err := get(r, key(keyEpoch, bigEndian(epoch)))
	if err != nil {
		return nil, err
	}
	in := bcs.NewReader(v)
	e := &Epoch{Epoch: epoch, Start: fromMS(in.U64())}
	if in.Option() {
		end := fromMS(in.U64())
		e.End = &end
	}
	e.FirstCheckpoint = in.U64()
	if in.Option() {
		last := in.U64()
		e.LastCheckpoint = &last
	}
	e.ReferenceGasPrice = in.U64()
	if err := in.Done(); err != nil {
		return nil, fmt.Errorf("epoch %d in store: %w", epoch, err)
	}
	return e, nil
}
