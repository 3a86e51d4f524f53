package client

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
	"floe/crypto"
	"floe/server/api"
)

// A journal's entry is all that sending goes on from, as BCS, integers
// little-endian, lengths ULEB128. It holds secrets: the sealing, the link's
// secret, the parcel's identity.
//
//	version u8 = 1 ‖ by a wallet bool ‖ network string ‖ shards u16 ‖ holders 32 ‖ owner 32
//	‖ index u32 ‖ epochs u32 ‖ deletable bool ‖ light bool ‖ sealed u64 ‖ segment u64
//	‖ identity string ‖ sealing vector<u8> ‖ Option<{link's secret 32, passphrase bool, recipient string}>
//	‖ recipients vector<string> ‖ files 32 ‖ of each file vector<u32>
//	‖ next {segment u32, offset u64, CRC u32, head 32} ‖ checksums vector<u32>
//	‖ holding u32 ‖ pending {transaction vector<u8>, signature vector<u8>}
//	‖ blobs vector<blob> ‖ what a wallet confirmed, if one did
//
// It is about 300 bytes a blob that isn't certified, and 4 bytes a file that is
// sealed: less than 100 kB for one file of 4 GiB.
const journalVersion = 1

// namedFiles is up to how many files each has a checksum of its own, so that the
// one that changed can be named.
const namedFiles = 4096

// tell writes the journal.
func (s *sending) tell() error {
	if s.journal == nil {
		return nil
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	if err := s.journal(s.entry()); err != nil {
		return &Error{Code: CodeInternal, Message: "This device couldn't keep a note of how far sending has come, so it was stopped. Is its disk full?", Err: err}
	}
	s.told = time.Now()
	return nil
}

// tellHeld writes the journal now and then, so that what nodes hold isn't
// sent again, and says whether it did. That it can't is no reason to stop.
func (s *sending) tellHeld() bool {
	if s.journal == nil || !s.telling.TryLock() {
		return false
	}
	defer s.telling.Unlock()
	if time.Since(s.told) < s.client.pace.journal || s.journal(s.entry()) != nil {
		return false
	}
	s.told = time.Now()
	return true
}

// entry is what the journal is told.
func (s *sending) entry() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var w bcs.Writer
	w.U8(journalVersion)
	w.Bool(s.paid != nil)
	w.String(s.net.Name)
	w.U16(uint16(s.net.NShards))
	holders := hashHolders(s.net)
	w.Fixed(holders[:])
	w.Fixed(s.owner[:])
	w.U32(s.index)
	w.U32(s.epochs)
	w.Bool(s.deletable)
	w.Bool(s.light)
	w.U64(uint64(s.plan.sealed))
	w.U64(uint64(s.plan.size))
	w.String(s.parcel.String())
	w.Bytes(s.sealing.Marshal())
	if w.Option(s.secret != nil); s.secret != nil {
		w.Fixed(s.secret.Key[:])
		w.Bool(s.secret.Passphrase)
		w.String(s.linked.String())
	}
	bcs.WriteSeq(&w, s.recipients, func(w *bcs.Writer, r crypto.Recipient) { w.String(r.String()) })
	w.Fixed(s.filesHash[:])
	bcs.WriteSeq(&w, s.fileSums, (*bcs.Writer).U32)
	w.U32(uint32(s.next.segment))
	w.U64(uint64(s.next.sum.Offset))
	w.U32(s.next.sum.CRC)
	w.Fixed(s.next.head[:])
	bcs.WriteSeq(&w, s.archive.Sums(plainOf(s.plan.offset(s.next.segment))), (*bcs.Writer).U32)
	w.U32(uint32(s.holding))
	w.Bytes(s.pending.Transaction)
	w.Bytes(s.pending.Signature)
	bcs.WriteSeq(&w, s.blobs, writeBlob)
	if s.paid != nil {
		s.paid.write(&w)
	}
	return w.Data()
}

// writeBlob writes what is known of a blob:
//
//	state u8 ‖ if measured: ID 32 ‖ if registered: object {ID 32, version u64, digest 32}, end u32
//	‖ if registered and not stored: how much of it each node holds vector<u16>
//	‖ if stored and not certified: certificate {message, signature, signers}
func writeBlob(w *bcs.Writer, b *blob) {
	w.U8(uint8(b.state))
	if b.state >= blobMeasured {
		w.Fixed(b.id[:])
	}
	if b.state >= blobRegistered {
		w.Fixed(b.object.ID[:])
		w.U64(b.object.Version)
		w.Fixed(b.object.Digest[:])
		w.U32(b.end)
	}
	switch b.state {
	case blobRegistered:
		bcs.WriteSeq(w, b.held, (*bcs.Writer).U16)
	case blobStored:
		w.Bytes(b.certificate.Message)
		w.Bytes(b.certificate.Signature)
		w.Bytes(b.certificate.Signers)
	}
}

func readBlob(r *bcs.Reader) *blob {
	b := &blob{state: blobState(r.U8())}
	if b.state > blobCertified {
		r.Fail("state %d of a blob", b.state)
	}
	if b.state >= blobMeasured {
		r.Fixed(b.id[:])
	}
	if b.state >= blobRegistered {
		r.Fixed(b.object.ID[:])
		b.object.Version = r.U64()
		r.Fixed(b.object.Digest[:])
		b.end = r.U32()
	}
	switch b.state {
	case blobRegistered:
		b.held = bcs.ReadSeq(r, 2, (*bcs.Reader).U16)
	case blobStored:
		b.certificate = api.Certificate{Message: slices.Clone(r.Bytes()), Signature: slices.Clone(r.Bytes()), Signers: slices.Clone(r.Bytes())}
		if len(b.certificate.Message) < 7 && r.Err() == nil {
			r.Fail("a confirmation of %d bytes", len(b.certificate.Message))
		}
	}
	return b
}

// hashFiles returns what tells whether files are the same: name, size and time.
func hashFiles(a *archive) (all [32]byte, each []uint32) {
	h, err := blake2b.New256(nil)
	if err != nil {
		panic("client: internal error: BLAKE2b without a key: " + err.Error())
	}
	for i := range a.Len() {
		e := a.Entry(i)
		one := blake2b.Sum256(fmt.Appendf(nil, "%d %d %s", e.Size, e.Modified.Unix(), e.Name))
		h.Write(one[:])
		if a.Len() <= namedFiles {
			each = append(each, bcs.NewReader(one[:4]).U32())
		}
	}
	return [32]byte(h.Sum(nil)), each
}

// hashHolders stands for who holds which shard.
func hashHolders(n *network) [32]byte {
	var w bcs.Writer
	bcs.WriteSeq(&w, n.holder, func(w *bcs.Writer, node int) { w.U32(uint32(node)) })
	bcs.WriteSeq(&w, n.Nodes, func(w *bcs.Writer, node api.Node) { w.String(node.ID) })
	return blake2b.Sum256(w.Data())
}

// errJournal says that an entry of the journal can't be read.
var errJournal = errors.New("malformed journal")

func badJournal(err error) error {
	return &Error{
		Code:    CodeUnsupported,
		Message: "The note of how far sending had come can't be read; perhaps another version of Floe made it. Send the files anew.",
		Err:     fmt.Errorf("%w: %w", errJournal, err),
	}
}
