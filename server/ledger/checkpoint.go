package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// head is where the ledger stands: what the next checkpoint goes on from.
type head struct {
	next         uint64 // sequence number of the next checkpoint
	previous     *suitx.Digest
	total        uint64 // transactions so far
	timeMS       uint64 // of the last checkpoint
	epoch        uint64
	epochStartMS uint64
	epochGas     suitx.GasCost
}

func (h *head) marshal() []byte {
	var w bcs.Writer
	w.U64(h.next)
	w.Option(h.previous != nil)
	if h.previous != nil {
		w.Fixed(h.previous[:])
	}
	for _, v := range []uint64{h.total, h.timeMS, h.epoch, h.epochStartMS} {
		w.U64(v)
	}
	writeGas(&w, h.epochGas)
	return w.Data()
}

func unmarshalHead(b []byte) (h head, err error) {
	r := bcs.NewReader(b)
	h.next = r.U64()
	if r.Option() {
		d := suitx.Digest(r.U256())
		h.previous = &d
	}
	h.total, h.timeMS, h.epoch, h.epochStartMS = r.U64(), r.U64(), r.U64(), r.U64()
	h.epochGas = suitx.GasCost{Computation: r.U64(), Storage: r.U64(), Rebate: r.U64(), NonRefundable: r.U64()}
	return h, r.Done()
}

func writeGas(w *bcs.Writer, g suitx.GasCost) {
	for _, v := range []uint64{g.Computation, g.Storage, g.Rebate, g.NonRefundable} {
		w.U64(v)
	}
}

// seal makes a checkpoint of transactions, enters it and moves h on. The
// layouts are Sui's CheckpointContents and CheckpointSummary; there are no
// validators to sign it.
func (h *head) seal(b *pebble.Batch, txs []*Executed, timeMS uint64, endOfEpoch bool) (*Checkpoint, error) {
	h.total += uint64(len(txs))
	h.timeMS = max(h.timeMS, timeMS)
	c := &Checkpoint{Sequence: h.next, PreviousDigest: h.previous, Epoch: h.epoch, Time: fromMS(h.timeMS),
		TotalTransactions: h.total, EndOfEpoch: endOfEpoch, Contents: contents(txs)}
	for _, e := range txs {
		g := e.Effects.GasUsed
		h.epochGas.Computation += g.Computation
		h.epochGas.Storage += g.Storage
		h.epochGas.Rebate += g.Rebate
		h.epochGas.NonRefundable += g.NonRefundable
		c.Transactions = append(c.Transactions, e.Digest)
	}
	c.EpochGas = h.epochGas
	c.ContentDigest = digest("CheckpointContents", c.Contents)
	c.Summary = c.summary()
	c.Digest = digest("CheckpointSummary", c.Summary)
	h.next++
	h.previous = &c.Digest
	return c, errors.Join(
		b.Set(key(keySequence, bigEndian(c.Sequence)), c.record(), nil),
		b.Set(key(keyDigest, c.Digest[:]), bigEndian(c.Sequence), nil),
		b.Set(key(keyMeta, []byte(metaHead)), h.marshal(), nil))
}

func digest(name string, b []byte) suitx.Digest {
	return blake2b.Sum256(append([]byte(name+"::"), b...))
}

// contents is CheckpointContents version 1: digests of transactions and effects, then all signatures.
func contents(txs []*Executed) []byte {
	var w bcs.Writer
	w.Uleb(0)
	bcs.WriteSeq(&w, txs, func(w *bcs.Writer, e *Executed) {
		effects := e.Effects.Digest()
		w.Bytes(e.Digest[:])
		w.Bytes(effects[:])
	})
	bcs.WriteSeq(&w, txs, func(w *bcs.Writer, e *Executed) {
		bcs.WriteSeq(w, e.Signatures, (*bcs.Writer).Bytes)
	})
	return w.Data()
}

func (c *Checkpoint) summary() []byte {
	var w bcs.Writer
	w.U64(c.Epoch)
	w.U64(c.Sequence)
	w.U64(c.TotalTransactions)
	w.Bytes(c.ContentDigest[:])
	w.Option(c.PreviousDigest != nil)
	if c.PreviousDigest != nil {
		w.Bytes(c.PreviousDigest[:])
	}
	writeGas(&w, c.EpochGas)
	w.U64(toMS(c.Time))
	w.Uleb(0) // commitments
	w.Option(c.EndOfEpoch)
	if c.EndOfEpoch {
		w.Uleb(0) // next committee: nobody
		w.U64(protocolVersion)
		w.Uleb(0) // commitments
	}
	w.Uleb(0) // version specific data
	return w.Data()
}

// protocolVersion is that of Sui whose behaviour is followed.
const protocolVersion = 100

// record is summary bytes ‖ contents bytes: all else is told by them.
func (c *Checkpoint) record() []byte {
	var w bcs.Writer
	w.Bytes(c.Summary)
	w.Bytes(c.Contents)
	return w.Data()
}

func readCheckpoint(r reader, sequence uint64) (*Checkpoint, error) {
	v, err := get(r, key(keySequence, bigEndian(sequence)))
	if err != nil {
		return nil, err
	}
	in := bcs.NewReader(v)
	c := &Checkpoint{Summary: in.Bytes(), Contents: in.Bytes()}
	err = in.Done()
	if err == nil {
		err = c.parse()
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint %d in store: %w", sequence, err)
	}
	return c, nil
}

// parse fills in c from its Summary and Contents.
func (c *Checkpoint) parse() error {
	r := bcs.NewReader(c.Summary)
	c.Epoch, c.Sequence, c.TotalTransactions = r.U64(), r.U64(), r.U64()
	c.ContentDigest = readDigest(r)
	if r.Option() {
		d := readDigest(r)
		c.PreviousDigest = &d
	}
	c.EpochGas = suitx.GasCost{Computation: r.U64(), Storage: r.U64(), Rebate: r.U64(), NonRefundable: r.U64()}
	c.Time = fromMS(r.U64())
	r.Uleb()
	if c.EndOfEpoch = r.Option(); c.EndOfEpoch {
		r.Uleb()
		r.U64()
		r.Uleb()
	}
	r.Uleb()
	if err := r.Done(); err != nil {
		return err
	}
	c.Digest = digest("CheckpointSummary", c.Summary)
	in := bcs.NewReader(c.Contents)
	in.Uleb()
	c.Transactions = bcs.ReadSeq(in, 66, func(r *bcs.Reader) suitx.Digest {
		d := readDigest(r)
		readDigest(r)
		return d
	})
	return in.Err()
}

func readDigest(r *bcs.Reader) (d suitx.Digest) {
	if b := r.Bytes(); len(b) == len(d) {
		return suitx.Digest(b)
	}
	r.Fail("digest of another size")
	return d
}

func sequenceOf(r reader, d suitx.Digest) (uint64, error) {
	v, err := get(r, key(keyDigest, d[:]))
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}
