package suitx

import (
	"fmt"

	"github.com/mr-tron/base58"
	"golang.org/x/crypto/blake2b"

	"floe/codec/bcs"
)

// Digest names a transaction, an object's state, effects or events.
type Digest [32]byte

// ParseDigest reads base58.
func ParseDigest(s string) (d Digest, err error) {
	if len(s) > 44 { // 32 bytes in base58 never take more
		return d, fmt.Errorf("%w digest of %d characters", ErrMalformedText, len(s))
	}
	b, err := base58.Decode(s)
	if err != nil || len(b) != len(d) {
		return d, fmt.Errorf("%w digest %q", ErrMalformedText, s)
	}
	return Digest(b), nil
}

// String returns base58.
func (d Digest) String() string { return base58.Encode(d[:]) }

func (d Digest) IsZero() bool { return d == Digest{} }

func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Digest) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDigest(string(b))
	return err
}

// digestOf hashes a type's name and its BCS, as Sui's digests are made.
func digestOf(name string, data []byte) Digest {
	return hashOf([]byte(name+"::"), data)
}

func hashOf(parts ...[]byte) [32]byte {
	h, err := blake2b.New256(nil)
	if err != nil {
		panic("internal error: BLAKE2b without a key: " + err.Error())
	}
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// A digest carries its length on the wire, unlike an address.
func writeDigest(w *bcs.Writer, d Digest) { w.Bytes(d[:]) }

func readDigest(r *bcs.Reader) (d Digest) {
	if n := r.Len(1); n != len(d) {
		r.Fail("digest of %d bytes", n)
		return d
	}
	r.Fixed(d[:])
	return d
}

// ObjectRef names one version of an object.
type ObjectRef struct {
	ID      Address
	Version uint64
	Digest  Digest
}

func writeObjectRef(w *bcs.Writer, o ObjectRef) {
	writeAddress(w, o.ID)
	w.U64(o.Version)
	writeDigest(w, o.Digest)
}

func readObjectRef(r *bcs.Reader) ObjectRef {
	return ObjectRef{ID: readAddress(r), Version: r.U64(), Digest: readDigest(r)}
}
