package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"floe/server/api"
)

// certificates has the relay gather the nodes' confirmations of blobs. Their
// signatures are for the ledger to check; that each says what it must (this
// blob, this object, this epoch) and that enough nodes are named is checked
// here. Those that an epoch has overtaken on their way are asked for again.
func (s *sending) certificates(ctx context.Context, blobs []*blob) (err error) {
	for range rounds {
		if err = s.gather(ctx, blobs); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return err
}

// errOvertaken says that a confirmation is of an epoch that is over.
var errOvertaken = errors.New("a confirmation of an epoch that is over")

func (s *sending) gather(ctx context.Context, blobs []*blob) error {
	in := api.CertificateRequest{}
	for _, b := range blobs {
		in.Blobs = append(in.Blobs, api.CertificateBlob{BlobID: b.id.String(), ObjectID: b.object.ID.String()})
	}
	var out api.CertificateResponse
	if err := s.client.call(ctx, api.PathCertificate, in, &out); err != nil {
		if CodeOf(err) == CodeTooFewNodes {
			s.doubt(ctx, blobs)
		}
		return err
	}
	if len(out.Certificates) != len(blobs) {
		return fmt.Errorf("the server gave %d certificates for %d blobs", len(out.Certificates), len(blobs))
	}
	for i, b := range blobs {
		if err := s.checkCertificate(ctx, b, out.Certificates[i]); err != nil {
			return err
		}
		s.change(func() { b.certificate, b.state = out.Certificates[i], blobStored })
	}
	return nil
}

func (s *sending) checkCertificate(ctx context.Context, b *blob, c api.Certificate) error {
	if len(c.Message) < 7 {
		return liar("a confirmation of %d bytes", len(c.Message))
	}
	epoch := binary.LittleEndian.Uint32(c.Message[3:])
	if epoch != s.now.Load().Epoch {
		if err := s.refresh(ctx); err != nil {
			return err
		}
	}
	now := s.now.Load().Epoch
	if epoch < now {
		return liar("%w: blob %s, epoch %d, now is %d", errOvertaken, b.id, epoch, now)
	}
	if epoch != now || !bytes.Equal(c.Message, s.confirmation(b, epoch)) {
		return liar("a confirmation isn't about blob %s in epoch %d", b.id, now)
	}
	holding, err := s.signers(c.Signers)
	if err != nil {
		return err
	}
	weight := 0
	for _, node := range holding {
		weight += len(s.net.Nodes[node].Shards)
	}
	if weight < s.net.quorum() || len(c.Signature) != 96 {
		return liar("a certificate of %d shards, %d are needed", weight, s.net.quorum())
	}
	s.change(func() { s.holding = min(s.holding, len(holding)) })
	return nil
}

// confirmation is what storage nodes sign for a blob:
//
//	01 00 03 ‖ epoch u32 ‖ blob ID ‖ 00 permanent, or 01 ‖ object ID deletable
func (s *sending) confirmation(b *blob, epoch uint32) []byte {
	m := []byte{1, 0, 3}
	m = binary.LittleEndian.AppendUint32(m, epoch)
	m = append(m, b.id[:]...)
	if !s.deletable {
		return append(m, 0)
	}
	m = append(m, 1)
	return append(m, b.object.ID[:]...)
}

// signers reads a bitmap: bit i, least significant first, is node i.
func (s *sending) signers(bitmap []byte) (nodes []int, err error) {
	for i := range 8 * len(bitmap) {
		if bitmap[i/8]>>(i%8)&1 == 0 {
			continue
		}
		if i >= len(s.net.Nodes) {
			return nil, liar("a certificate names node %d of %d", i, len(s.net.Nodes))
		}
		nodes = append(nodes, i)
	}
	return nodes, nil
}
