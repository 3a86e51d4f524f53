package client

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"floe/codec/bcs"
	"floe/crypto"
	"floe/wasm/client/zip"
)

// resume goes on with what a journal tells of.
func (c *Client) resume(ctx context.Context, req *SendRequest) (*Sent, error) {
	s, err := c.resumed(ctx, req)
	if err != nil {
		return nil, err
	}
	if s.paid != nil {
		return s.paid.Finish(ctx, req.Progress)
	}
	parcel, exists, err := s.settle(ctx)
	if err != nil {
		return nil, err
	}
	if !exists {
		return s.finish(ctx)
	}
	shown, err := s.client.lookup(ctx, s.net, parcel)
	if err != nil {
		return nil, err
	}
	s.meter.phase(PhaseReady, "")
	return s.sent(parcel, shown.created), nil
}

// resumed reads a journal's entry, and holds it against the files and the
// network as they are now.
func (c *Client) resumed(ctx context.Context, req *SendRequest) (*sending, error) {
	s := c.baseSending(req)
	var err error
	if s.archive, err = planArchive(req.Files); err != nil {
		return nil, err
	}
	s.filesHash, s.fileSums = hashFiles(s.archive)
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	if err := s.read(bcs.NewReader(req.Resume)); err != nil {
		return nil, err
	}
	return s, s.checkAlive()
}

// read is the reverse of entry.
func (s *sending) read(r *bcs.Reader) error {
	if v := r.U8(); v != journalVersion {
		return badJournal(fmt.Errorf("version %d", v))
	}
	byWallet := r.Bool()
	network, shards := r.String(), int(r.U16())
	var holders [32]byte
	r.Fixed(holders[:])
	r.Fixed(s.owner[:])
	s.index, s.epochs = r.U32(), r.U32()
	s.deletable, s.light = r.Bool(), r.Bool()
	sealed, size := int64(r.U64()), int64(r.U64())
	s.readSecrets(r)
	filesSame := s.readFiles(r)
	s.readPass(r)
	s.holding = int(r.U32())
	s.pending.Transaction, s.pending.Signature = slices.Clone(r.Bytes()), slices.Clone(r.Bytes())
	s.blobs = bcs.ReadSeq(r, 1, readBlob)
	if byWallet {
		s.paid = &Paid{sending: s}
		s.paid.read(r)
	}
	if err := r.Done(); err != nil {
		return badJournal(err)
	}
	if network != s.net.Name || shards != s.net.NShards {
		return unsupported("This was begun on another network, " + strings.TrimSpace(network) + ". Go on there, or send the files anew.")
	}
	s.takeKey(s.seed)
	if !byWallet && s.owner != s.address {
		return unsupported("This was begun with another identity than this device's. Send the files anew.")
	}
	if filesSame != nil {
		return filesSame
	}
	return s.fit(sealed, size, hashHolders(s.net) == holders)
}

func (s *sending) readSecrets(r *bcs.Reader) {
	var err error
	if s.parcel, err = crypto.ParseParcelIdentity(r.String()); err != nil {
		r.FailWith(err)
	}
	if s.sealing, err = crypto.ParseSealing(r.Bytes()); err != nil {
		r.FailWith(err)
	}
	if r.Option() {
		s.secret = &crypto.Secret{}
		r.Fixed(s.secret.Key[:])
		s.secret.Passphrase = r.Bool()
		s.linked = readRecipient(r)
	}
	s.recipients = bcs.ReadSeq(r, 1, readRecipient)
}

func readRecipient(r *bcs.Reader) crypto.Recipient {
	to, err := crypto.ParseRecipient(r.String())
	if err != nil {
		r.FailWith(err)
	}
	return to
}

// readFiles says whether the files are those that were sent, and if it can,
// which isn't.
func (s *sending) readFiles(r *bcs.Reader) error {
	var hash [32]byte
	r.Fixed(hash[:])
	each := bcs.ReadSeq(r, 4, (*bcs.Reader).U32)
	if hash == s.filesHash {
		return nil
	}
	if len(each) == len(s.fileSums) {
		for i, sum := range each {
			if sum != s.fileSums[i] {
				return altered(quoted(s.archive.Entry(i).Name), nil)
			}
		}
	}
	return altered("One of these files", nil)
}

// readPass reads where the first pass goes on.
func (s *sending) readPass(r *bcs.Reader) {
	s.next.segment = int(r.U32())
	s.next.sum = zip.Sum{Offset: int64(r.U64()), CRC: r.U32()}
	r.Fixed(s.next.head[:])
	if err := s.archive.SetSums(bcs.ReadSeq(r, 4, (*bcs.Reader).U32)); err != nil {
		r.FailWith(err)
	}
}

// fit makes the plan that the entry was made by.
func (s *sending) fit(sealed, size int64, samePlaces bool) (err error) {
	if sealed != crypto.SealedSize(s.archive.Size()) || size > maxSegment {
		return badJournal(fmt.Errorf("%d bytes in segments of %d", sealed, size))
	}
	blobs := s.blobs
	if s.plan, err = planOf(s.net, sealed, size); err == nil {
		err = s.newBlobs()
	}
	if err != nil {
		return err
	}
	registered := 0
	for registered < len(blobs) && blobs[registered].state >= blobRegistered {
		registered++
	}
	if len(blobs) != len(s.blobs) || s.paid == nil && s.next.segment != registered {
		return badJournal(fmt.Errorf("%d blobs of %d, the first pass at %d", registered, len(blobs), s.next.segment))
	}
	for i, planned := range s.blobs {
		b := blobs[i]
		b.index, b.size, b.symbol = i, planned.size, planned.symbol
		if len(b.held) != len(planned.held) {
			b.held = planned.held
		}
		if !samePlaces {
			b.uproot(len(s.net.Nodes))
		}
		if s.paid == nil && b.state == blobMeasured {
			b.state = blobPlanned
		}
	}
	s.blobs = blobs
	return nil
}

// checkAlive refuses to go on with blobs whose storage has ended.
func (s *sending) checkAlive() error {
	for _, b := range s.blobs {
		if b.state >= blobRegistered && b.end <= s.net.Epoch {
			return &Error{Code: CodeExpired, End: s.net.startOf(b.end), Message: "The storage that was bought for these files has ended meanwhile. Send them anew."}
		}
	}
	return nil
}
