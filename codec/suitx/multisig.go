package suitx

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"floe/codec/bcs"
)

// maxMembers is how many keys a multisig may have.
const maxMembers = 10

// Multisig is the signature of an account that several keys hold. In BCS:
//
//	signatures  sequence of enum: 0 to 2 ‖ 64 bytes; 3 zkLogin, 4 passkey ‖ bytes
//	bitmap      u16: bit i says that member i signed; signatures in their order
//	members     sequence of (key enum: 0 ‖ 32, 1 ‖ 33, 2 ‖ 33, 3 ‖ bytes, 4 ‖ 33; weight u8)
//	threshold   u16
//
// Its address is BLAKE2b-256(03 ‖ threshold u16 ‖ for each member flag ‖ key ‖ weight).
// It has 1 to 10 different members of weight 1 or more who reach the threshold
// together. It is valid if each signature is its member's and the weights of
// those who signed reach the threshold.
//
// Sui pairs signatures with bits until it runs out of either, and takes a
// signature of another ECDSA scheme than the member's. Here there are as many
// signatures as bits, each of its member's scheme; no signer makes others. A
// member may be a zkLogin account, but it can't be one who signed. Its key is
// length u8 ‖ issuer ‖ seed of 32 bytes: a key of any length could be cut in
// different ways out of the same address' bytes, and so hide a member.
type Multisig struct {
	Signatures []Signature // whose keys are the members' that signed
	Bitmap     uint16
	Members    []Member
	Threshold  uint16
}

// Member is a key with its weight.
type Member struct {
	Key
	Weight uint8
}

// The schemes of members in the order of Sui's enums. Never reorder.
var memberSchemes = [...]byte{SchemeEd25519, SchemeSecp256k1, SchemeSecp256r1, SchemeZkLogin, SchemePasskey}

// compressed is a member's signature before its key is known.
type compressed struct {
	scheme byte
	bytes  []byte
}

func parseMultisig(b []byte) (*Multisig, error) {
	r := bcs.NewReader(b)
	sigs := readFew(r, 2, readCompressed)
	if r.Err() == nil && isLegacy(b[r.Offset():]) {
		return nil, fmt.Errorf("%w: multisig in its legacy form", ErrUnsupportedScheme)
	}
	m := &Multisig{Bitmap: r.U16()}
	m.Members = readFew(r, 34, readMember)
	m.Threshold = r.U16()
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: multisig: %w", ErrBadSignature, err)
	}
	err := m.checkMembers()
	if err == nil {
		err = m.join(sigs)
	}
	switch {
	case errors.Is(err, ErrUnsupportedScheme):
		return nil, fmt.Errorf("%w in a multisig", err)
	case err != nil:
		return nil, fmt.Errorf("%w: multisig: %w", ErrBadSignature, err)
	}
	return m, nil
}

// readFew reads a sequence of at most maxMembers, before it takes any memory.
func readFew[T any](r *bcs.Reader, min int, read func(*bcs.Reader) T) (items []T) {
	n := r.Len(min)
	if n > maxMembers {
		r.Fail("%d of them", n)
	}
	for i := 0; i < n && r.Err() == nil; i++ {
		items = append(items, read(r))
	}
	return items
}

func readCompressed(r *bcs.Reader) compressed {
	c := compressed{scheme: memberSchemes[r.Variant(len(memberSchemes))]}
	if c.scheme == SchemeZkLogin || c.scheme == SchemePasskey {
		c.bytes = r.Bytes()
		return c
	}
	c.bytes = make([]byte, 64)
	r.Fixed(c.bytes)
	return c
}

func readMember(r *bcs.Reader) (m Member) {
	m.Scheme = memberSchemes[r.Variant(len(memberSchemes))]
	if m.Scheme == SchemeZkLogin {
		m.Bytes = r.Bytes()
	} else {
		m.Bytes = make([]byte, keySize(m.Scheme))
		r.Fixed(m.Bytes)
	}
	m.Weight = r.U8()
	return m
}

// isLegacy says whether what follows the signatures is the bitmap of the form
// that Sui used before March 2023: a serialized Roaring bitmap.
func isLegacy(rest []byte) bool {
	bitmap := bcs.NewReader(rest).Bytes()
	return len(bitmap) >= 8 && (bitmap[0] == 0x3a || bitmap[0] == 0x3b) && bitmap[1] == 0x30
}

func (m *Multisig) checkMembers() error {
	if len(m.Members) == 0 || len(m.Members) > maxMembers {
		return fmt.Errorf("it has %d members", len(m.Members))
	}
	sum := uint(0)
	for i, a := range m.Members {
		if a.Weight == 0 {
			return fmt.Errorf("member %d has no weight", i)
		}
		if a.Scheme == SchemeZkLogin && !isZkLoginKey(a.Bytes) {
			return fmt.Errorf("member %d is no zkLogin account", i)
		}
		for _, b := range m.Members[:i] {
			if a.Key.equal(b.Key) {
				return fmt.Errorf("member %d is there twice", i)
			}
		}
		sum += uint(a.Weight)
	}
	if m.Threshold == 0 || uint(m.Threshold) > sum {
		return fmt.Errorf("threshold %d of %d", m.Threshold, sum)
	}
	return nil
}

func isZkLoginKey(b []byte) bool {
	return len(b) > 0 && len(b) == 1+int(b[0])+32 && utf8.Valid(b[1:1+int(b[0])])
}

// join gives each signature the key of its member.
func (m *Multisig) join(sigs []compressed) error {
	if len(sigs) == 0 || len(sigs) != bits.OnesCount16(m.Bitmap) || bits.Len16(m.Bitmap) > len(m.Members) {
		return fmt.Errorf("%d signatures for bitmap %b of %d members", len(sigs), m.Bitmap, len(m.Members))
	}
	for rest := m.Bitmap; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros16(rest)
		s, err := sigs[len(m.Signatures)].by(m.Members[i].Key)
		if err != nil {
			return fmt.Errorf("member %d: %w", i, err)
		}
		m.Signatures = append(m.Signatures, s)
	}
	return nil
}

func (c compressed) by(k Key) (Signature, error) {
	switch {
	case c.scheme == SchemeZkLogin:
		return nil, fmt.Errorf("%w: %s", ErrUnsupportedScheme, schemeName(c.scheme))
	case c.scheme != k.Scheme:
		return nil, fmt.Errorf("its signature is %s, its key %s", schemeName(c.scheme), schemeName(k.Scheme))
	case c.scheme != SchemePasskey:
		return &KeySignature{By: k, Bytes: [64]byte(c.bytes)}, nil
	case len(c.bytes) == 0 || c.bytes[0] != SchemePasskey:
		return nil, errors.New("its passkey signature lacks the flag")
	}
	p, err := parsePasskey(c.bytes[1:])
	if err == nil && !p.Key().equal(k) {
		err = errors.New("its passkey signature is another's")
	}
	return p, err
}

func (m *Multisig) Scheme() byte { return SchemeMultisig }

func (m *Multisig) Signer() Address {
	var w bcs.Writer
	w.U16(m.Threshold)
	for _, member := range m.Members {
		w.U8(member.Scheme)
		w.Fixed(member.Bytes)
		w.U8(member.Weight)
	}
	return hashOf([]byte{SchemeMultisig}, w.Data())
}

func (m *Multisig) Marshal() []byte {
	var w bcs.Writer
	w.U8(SchemeMultisig)
	bcs.WriteSeq(&w, m.Signatures, writeCompressed)
	w.U16(m.Bitmap)
	bcs.WriteSeq(&w, m.Members, writeMember)
	w.U16(m.Threshold)
	return w.Data()
}

func writeCompressed(w *bcs.Writer, s Signature) {
	writeMemberScheme(w, s.Scheme())
	if k, ok := s.(*KeySignature); ok {
		w.Fixed(k.Bytes[:])
	} else {
		w.Bytes(s.Marshal())
	}
}

func writeMember(w *bcs.Writer, m Member) {
	writeMemberScheme(w, m.Scheme)
	if m.Scheme == SchemeZkLogin {
		w.Bytes(m.Bytes)
	} else {
		w.Fixed(m.Bytes)
	}
	w.U8(m.Weight)
}

func writeMemberScheme(w *bcs.Writer, scheme byte) {
	w.Uleb(uint32(bytes.IndexByte(memberSchemes[:], scheme)))
}

func (m *Multisig) check(digest [32]byte) error {
	sum := uint(0)
	for i, member := range m.Members {
		if m.Bitmap>>i&1 == 1 {
			sum += uint(member.Weight)
		}
	}
	if sum < uint(m.Threshold) {
		return fmt.Errorf("%w: weight %d of %d signed", ErrBadSignature, sum, m.Threshold)
	}
	for _, s := range m.Signatures {
		if err := s.check(digest); err != nil {
			return fmt.Errorf("%w, by member %s", err, s.Signer())
		}
	}
	return nil
}
