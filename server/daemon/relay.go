package daemon

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

const relayTimeout = 10 * time.Minute // for storing one blob

// relayQuery is the query of POST /v1/blob-upload-relay.
type relayQuery struct {
	blob      codec.BlobID
	object    suitx.Address
	deletable bool
	tip       *proof // nil: none was given
}

func parseRelayQuery(raw string) (p relayQuery, err error) {
	q, err := parseQuery(raw, "blob_id", "deletable_blob_object", "tx_id", "nonce", "encoding_type")
	if err != nil {
		return p, err
	}
	if p.blob, err = codec.ParseBlobID(q["blob_id"]); err != nil {
		return p, malformed("blob_id must be 43 characters of base64url").because(err)
	}
	object, deletable := q["deletable_blob_object"]
	if p.deletable = deletable; deletable {
		if p.object, err = objectIDOf(object); err != nil {
			return p, err
		}
	}
	tx, hasTx := q["tx_id"]
	nonce, hasNonce := q["nonce"]
	if hasTx && hasNonce {
		if p.tip, err = parseProof(tx, nonce); err != nil {
			return p, err
		}
	}
	return p, q.encoding()
}

func (d *Daemon) getTipConfig(w http.ResponseWriter, _ *http.Request, _ visitor) error {
	writeJSON(w, http.StatusOK, d.cfg.Tip.config())
	return nil
}

// postBlob takes a whole blob that its sender has registered, encodes it,
// stores it and answers the certificate. What the blob is paid for with, and
// by whom, is the sender's affair; a tip, if one is asked, is the relay's.
func (d *Daemon) postBlob(w http.ResponseWriter, r *http.Request, _ visitor) error {
	q, err := parseRelayQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if d.cfg.Tip.Kind != NoTip && q.tip == nil {
		return tipFault(http.StatusBadRequest, "this relay takes a tip: tx_id and nonce must say how it was paid")
	}
	b, err := d.receive(w, r, d.mostRelayed())
	if err != nil {
		return err
	}
	defer d.closeBody(b)
	paid := func([]byte) {}
	if d.cfg.Tip.Kind != NoTip {
		given, keep, err := d.payTip(r.Context(), q, b)
		if err != nil {
			return err
		}
		defer keep(nil)
		if given != nil {
			writeRaw(w, given)
			return nil
		}
		paid = keep
	}
	cert, err := d.relay(r.Context(), q, b)
	if err != nil {
		return err
	}
	out, err := json.Marshal(relayAnswer(q.blob, cert))
	if err != nil {
		return fmt.Errorf("couldn't encode the certificate: %w", err)
	}
	paid(out)
	writeRaw(w, out)
	return nil
}

func writeRaw(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	out := newOutlet(w)
	_, err := out.Write(b)
	_ = out.end(err) // who has gone needs no answer
}

// mostRelayed is the largest body that can be encoded here.
func (d *Daemon) mostRelayed() int64 {
	return int64(min(uint64(d.cfg.MaxRelay), d.cfg.Uploader.MaxBlob()))
}

func (d *Daemon) closeBody(b *body) {
	if err := b.Close(); err != nil {
		d.log.Error("couldn't forget a body", "error", err)
	}
}

// relay encodes a body, compares its blob ID, stores and certifies it.
func (d *Daemon) relay(ctx context.Context, q relayQuery, b *body) (*api.Certificate, error) {
	ctx, cancel := context.WithTimeout(ctx, relayTimeout)
	defer cancel()
	data, release, err := d.load(ctx, b)
	if err != nil {
		return nil, err
	}
	defer release()
	x, err := d.cfg.Uploader.Encode(data)
	if err != nil {
		return nil, err
	}
	if x.Metadata().BlobID() != q.blob {
		return nil, invalidArgument("BLOB_ID_MISMATCH", "the body is another blob than blob_id says")
	}
	cert, err := d.cfg.Uploader.Upload(ctx, x, q.object, q.deletable)
	if errors.Is(err, ErrUnavailable) {
		return nil, (&fault{http: http.StatusInternalServerError, status: "INTERNAL", reason: "INSUFFICIENT_CONFIRMATIONS",
			message: "too few storage nodes confirmed the blob; it must be registered, as the object given if it is deletable"}).because(err)
	}
	return cert, err
}

// numbers is a byte slice that JSON carries as numbers, as serde does.
type numbers []byte

func (n numbers) MarshalJSON() ([]byte, error) {
	wide := make([]uint16, len(n))
	for i, b := range n {
		wide[i] = uint16(b)
	}
	return json.Marshal(wide)
}

// certified is what a relay answers.
type certified struct {
	BlobID      numbers     `json:"blob_id"`
	Certificate certificate `json:"confirmation_certificate"`
}

type certificate struct {
	Signers   []int   `json:"signers"` // places in the committee
	Message   numbers `json:"serialized_message"`
	Signature string  `json:"signature"`
}

func relayAnswer(id codec.BlobID, c *api.Certificate) certified {
	signers := []int{}
	for i := range 8 * len(c.Signers) {
		if c.Signers[i/8]&(1<<(i%8)) != 0 {
			signers = append(signers, i)
		}
	}
	return certified{id[:], certificate{signers, c.Message, base64.StdEncoding.EncodeToString(c.Signature)}}
}
