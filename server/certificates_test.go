package server

import (
	"testing"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// Nodes are asked for confirmations of what is registered alone: they wait for
// registrations that they haven't seen.
func TestCertificatesOfRegisteredBlobsOnly(t *testing.T) {
	s := newSite(t)
	asked := 0
	s.nodes.certify = func(codec.BlobID) (*api.Certificate, error) {
		asked++
		return &api.Certificate{Weight: 104}, nil
	}
	owner, id := suitx.Address{1}, codec.BlobID{7}
	blob := s.ledger.blob(owner, id, 1, true).ID()
	permanent := s.ledger.blob(owner, id, 1, false).ID()
	coin := s.ledger.coin(owner, suitx.CoinOf(suitx.SUI()), 5).ID()
	certify := func(status int, id codec.BlobID, object suitx.Address) {
		t.Helper()
		s.want(status, "POST", api.PathCertificate, api.CertificateRequest{Blobs: []api.CertificateBlob{{BlobID: id.String(), ObjectID: object.String()}}})
	}
	certify(404, id, suitx.Address{9})
	certify(404, id, coin)
	certify(404, id, testIDs.System)
	certify(400, codec.BlobID{8}, blob)
	if asked != 0 {
		t.Fatalf("nodes were asked %d times for what isn't registered", asked)
	}
	certify(200, id, blob)
	certify(200, id, permanent) // who pays herself chooses
	if asked != 2 {
		t.Errorf("nodes were asked %d times", asked)
	}
}
