package daemon

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"net/http"
	"sync"
	"time"

	"floe/codec"
	"floe/codec/suitx"
)

// TipKind says how a tip is reckoned.
type TipKind uint8

const (
	NoTip     TipKind = iota
	ConstTip          // Base for each blob
	LinearTip         // Base and PerKiB for each KiB of encoded size that was begun
)

// Tip is what the upload relay takes for a blob, in MIST.
type Tip struct {
	Kind    TipKind
	Base    uint64
	PerKiB  uint64
	Address suitx.Address
	Fresh   time.Duration // how old the payment may be; an hour if 0
}

const (
	tipFresh  = time.Hour
	clockSkew = 30 * time.Second // how far in the future a payment may be
)

// config is what GET /v1/tip-config answers.
func (t Tip) config() any {
	type linear struct {
		Base   uint64 `json:"base"`
		PerKiB uint64 `json:"encoded_size_mul_per_kib"`
	}
	type send struct {
		Address suitx.Address  `json:"address"`
		Kind    map[string]any `json:"kind"`
	}
	switch t.Kind {
	case ConstTip:
		return map[string]send{"send_tip": {t.Address, map[string]any{"const": t.Base}}}
	case LinearTip:
		return map[string]send{"send_tip": {t.Address, map[string]any{"linear": linear{t.Base, t.PerKiB}}}}
	}
	return "no_tip"
}

// of is the tip for a blob.
func (t Tip) of(size uint64, p codec.Params) (uint64, error) {
	if t.Kind != LinearTip {
		return t.Base, nil
	}
	encoded, err := p.EncodedSize(size)
	if err != nil {
		return 0, err
	}
	hi, lo := bits.Mul64(t.PerKiB, (encoded+1023)/1024)
	sum, carry := bits.Add64(lo, t.Base, 0)
	if hi != 0 || carry != 0 {
		return 0, errors.New("the tip overflows")
	}
	return sum, nil
}

// proof says which transaction paid, and shows that the sender knows what was
// hashed into it.
type proof struct {
	tx    suitx.Digest
	nonce [32]byte
}

func parseProof(tx, nonce string) (*proof, error) {
	p := &proof{}
	var err error
	if p.tx, err = suitx.ParseDigest(tx); err != nil {
		return nil, malformed("tx_id must be a transaction's digest in base58").because(err)
	}
	n, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(n) != len(p.nonce) {
		return nil, malformed("nonce must be 32 bytes in base64url without padding")
	}
	copy(p.nonce[:], n)
	return p, nil
}

// payload is what stands first among the inputs of the transaction that pays:
//
//	SHA-256 of the blob ‖ SHA-256 of the nonce ‖ size of the blob u64
func (p *proof) payload(b *body) []byte {
	nonce := sha256.Sum256(p.nonce[:])
	return binary.LittleEndian.AppendUint64(append(b.sha256[:len(b.sha256):len(b.sha256)], nonce[:]...), uint64(b.size))
}

func tipFault(status int, format string, args ...any) *fault {
	return &fault{http: status, status: "FAILED_PRECONDITION", reason: "TIP", message: fmt.Sprintf(format, args...)}
}

// payTip checks that a blob's tip was paid and takes the payment, once: who
// comes again with it gets the answer that was given before. The caller calls
// keep with the answer, and with nil in any case.
func (d *Daemon) payTip(ctx context.Context, q relayQuery, b *body) (given []byte, keep func([]byte), err error) {
	paid, err := d.payment(ctx, q.tip.tx)
	if err != nil {
		return nil, nil, err
	}
	if err := d.checkTip(q, b, paid); err != nil {
		return nil, nil, err
	}
	return d.tips.claim(q, paid.Time.Add(d.cfg.Tip.fresh()+clockSkew))
}

// payment reads a transaction. A node may show it a moment after it was final.
func (d *Daemon) payment(ctx context.Context, tx suitx.Digest) (*Payment, error) {
	for try := 1; ; try++ {
		paid, err := d.cfg.Ledger.Payment(ctx, tx)
		if err == nil {
			return paid, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("couldn't read the transaction that pays the tip: %w", err)
		}
		if try == 4 {
			return nil, tipFault(http.StatusBadRequest, "the ledger doesn't know the transaction that pays the tip").because(err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (t Tip) fresh() time.Duration {
	if t.Fresh == 0 {
		return tipFresh
	}
	return t.Fresh
}

func (d *Daemon) checkTip(q relayQuery, b *body, paid *Payment) error {
	age := d.now().Sub(paid.Time)
	if age > d.cfg.Tip.fresh() {
		return tipFault(http.StatusBadRequest, "the transaction that pays the tip is too old")
	}
	if age < -clockSkew {
		return tipFault(http.StatusBadRequest, "the transaction that pays the tip is from the future")
	}
	if !paid.Succeeded {
		return tipFault(http.StatusPaymentRequired, "the transaction that pays the tip failed")
	}
	want, err := d.cfg.Tip.of(uint64(b.size), d.params)
	if err != nil {
		return malformed("the blob is too large").because(err)
	}
	if got := paid.Gains[d.cfg.Tip.Address]; got < want {
		return tipFault(http.StatusPaymentRequired, "the transaction pays a tip of %d MIST, %d are asked", got, want)
	}
	t, err := suitx.UnmarshalTransactionData(paid.Transaction)
	if err != nil {
		return tipFault(http.StatusUnauthorized, "the transaction that pays the tip can't be read").because(err)
	}
	if len(t.Inputs) == 0 || t.Inputs[0].Kind != suitx.InputPure {
		return tipFault(http.StatusUnauthorized, "the first input of the transaction that pays the tip isn't bytes")
	}
	if !bytes.Equal(t.Inputs[0].Pure, q.tip.payload(b)) {
		return tipFault(http.StatusUnauthorized, "the first input of the transaction that pays the tip is of another blob or another nonce")
	}
	return nil
}

// tips are the payments that were taken, until they are too old anyway. They
// are forgotten when the process ends: what is bound into a payment lets it be
// used again for the same blob only.
type tips struct {
	now func() time.Time

	mu    sync.Mutex
	taken map[suitx.Digest]*taking
}

type taking struct {
	blob      codec.BlobID
	object    suitx.Address
	deletable bool
	answer    []byte // nil: the blob is on its way
	until     time.Time
}

func newTips(now func() time.Time) *tips {
	return &tips{now: now, taken: make(map[suitx.Digest]*taking)}
}

func (t *tips) claim(q relayQuery, until time.Time) (given []byte, keep func([]byte), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for digest, was := range t.taken {
		if was.answer != nil && t.now().After(was.until) {
			delete(t.taken, digest)
		}
	}
	if was := t.taken[q.tip.tx]; was != nil {
		if was.blob != q.blob || was.object != q.object || was.deletable != q.deletable {
			return nil, nil, tipFault(http.StatusUnauthorized, "this tip was taken for another blob")
		}
		if was.answer == nil {
			return nil, nil, tipFault(http.StatusTooManyRequests, "this blob is on its way already")
		}
		return was.answer, func([]byte) {}, nil
	}
	mine := &taking{blob: q.blob, object: q.object, deletable: q.deletable, until: until}
	t.taken[q.tip.tx] = mine
	return nil, func(answer []byte) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.answer == nil {
			mine.answer = answer
		}
		if mine.answer == nil {
			delete(t.taken, q.tip.tx)
		}
	}, nil
}
