package bls

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Every message that a node signs begins alike (integers little-endian):
//
//	kind u8 ‖ version u8 = 0 ‖ application u8 = 3 (Walrus) ‖ epoch u32 ‖ body
//
// Kinds are Walrus': never reorder.
const (
	kindPossession = 0 // body: Sui address 32 ‖ public key 48
	kindBlobCert   = 1 // body: blob ID 32 ‖ 00, or blob ID 32 ‖ 01 ‖ object ID 32

	headerSize = 7
)

// ErrMalformed says that bytes are no confirmation.
var ErrMalformed = errors.New("malformed confirmation")

// Confirmation is a node's word that it holds every sliver of a blob that its
// shards ask for: of a permanent blob, or of one deletable Blob object.
type Confirmation struct {
	Epoch     uint32
	BlobID    [32]byte
	Deletable bool
	ObjectID  [32]byte // deletable blobs only
}

// Marshal returns what is signed: 40 bytes for a permanent blob, 72 for a deletable one.
func (c Confirmation) Marshal() []byte {
	b := append(header(kindBlobCert, c.Epoch), c.BlobID[:]...)
	if !c.Deletable {
		return append(b, 0)
	}
	return append(append(b, 1), c.ObjectID[:]...)
}

// ParseConfirmation reads what Marshal returns.
func ParseConfirmation(b []byte) (Confirmation, error) {
	c := Confirmation{Deletable: len(b) == headerSize+65}
	if !c.Deletable && len(b) != headerSize+33 {
		return Confirmation{}, fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))
	}
	c.Epoch = binary.LittleEndian.Uint32(b[3:])
	copy(c.BlobID[:], b[headerSize:])
	if c.Deletable {
		copy(c.ObjectID[:], b[headerSize+33:])
	}
	if string(c.Marshal()) != string(b) {
		return Confirmation{}, fmt.Errorf("%w: not a version 0 blob certificate of Walrus", ErrMalformed)
	}
	return c, nil
}

// Possession returns the message by which a node proves to hold the key of
// address: signed in epoch, before the key is registered.
func Possession(epoch uint32, address [32]byte, key PublicKey) []byte {
	pub := key.Compressed()
	return append(append(header(kindPossession, epoch), address[:]...), pub[:]...)
}

// ProvePossession signs the Possession message of k's own public key.
func (k *Key) ProvePossession(epoch uint32, address [32]byte) ([]byte, error) {
	return k.Sign(Possession(epoch, address, k.pub))
}

// VerifyPossession fails with ErrBadSignature unless proof is what ProvePossession makes.
func (k PublicKey) VerifyPossession(epoch uint32, address [32]byte, proof []byte) error {
	return k.Verify(Possession(epoch, address, k), proof)
}

func header(kind byte, epoch uint32) []byte {
	return binary.LittleEndian.AppendUint32([]byte{kind, 0, 3}, epoch)
}
