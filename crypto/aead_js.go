package crypto

import (
	"crypto/cipher"
	"errors"
	"unsafe"

	"golang.org/x/crypto/chacha20poly1305"
)

// The page brings ChaCha20-Poly1305 in vector instructions, which Go's compiler
// doesn't make for WebAssembly. These functions are floe/codec/kernel's, as
// static/js/kernel.js hands them to Go; pointers aren't kept.

//go:wasmimport floe_kernel ready
func ready() uint32

//go:wasmimport floe_kernel seal
//go:noescape
func kernelSeal(dst, src unsafe.Pointer, n uint32, data unsafe.Pointer, dataSize uint32, scratch unsafe.Pointer)

//go:wasmimport floe_kernel open
//go:noescape
func kernelOpen(dst, src unsafe.Pointer, n uint32, data unsafe.Pointer, dataSize uint32, scratch unsafe.Pointer)

// scratch is what these functions work in. They leave nothing in it but the
// verdict.
type scratch struct {
	key     [chacha20poly1305.KeySize]byte
	nonce   [chacha20poly1305.NonceSize]byte
	verdict uint32 // 1 if open found the message authentic
	_       [720]byte
}

// newAEAD returns the kernel's ChaCha20-Poly1305 where there is a kernel.
func newAEAD(key []byte) (cipher.AEAD, error) {
	stock, err := chacha20poly1305.New(key)
	if err != nil || ready() == 0 {
		return stock, err
	}
	return &kernelAEAD{[chacha20poly1305.KeySize]byte(key)}, nil
}

type kernelAEAD struct {
	key [chacha20poly1305.KeySize]byte
}

func (*kernelAEAD) NonceSize() int { return chacha20poly1305.NonceSize }
func (*kernelAEAD) Overhead() int  { return chacha20poly1305.Overhead }

func (a *kernelAEAD) Seal(dst, nonce, plain, data []byte) []byte {
	s := scratch{key: a.key, nonce: [chacha20poly1305.NonceSize]byte(nonce)}
	all, out := extend(dst, len(plain)+chacha20poly1305.Overhead)
	if overlap(out, plain) || aliased(out, data) {
		panic("crypto: sealing over what is sealed")
	}
	kernelSeal(start(out), start(plain), uint32(len(plain)), start(data), uint32(len(data)), unsafe.Pointer(&s))
	return all
}

var errNotAuthentic = errors.New("crypto: message isn't authentic")

func (a *kernelAEAD) Open(dst, nonce, sealed, data []byte) ([]byte, error) {
	n := len(sealed) - chacha20poly1305.Overhead
	if n < 0 {
		return nil, errNotAuthentic
	}
	s := scratch{key: a.key, nonce: [chacha20poly1305.NonceSize]byte(nonce)}
	all, out := extend(dst, n)
	if overlap(out, sealed) || aliased(out, data) {
		panic("crypto: opening over what is opened")
	}
	kernelOpen(start(out), start(sealed), uint32(n), start(data), uint32(len(data)), unsafe.Pointer(&s))
	if s.verdict != 1 {
		return nil, errNotAuthentic
	}
	return all, nil
}

func start(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

// extend returns b with n bytes more, and these.
func extend(b []byte, n int) (all, more []byte) {
	if all = b; cap(b)-len(b) < n {
		all = make([]byte, len(b), len(b)+n)
		copy(all, b)
	}
	all = all[:len(b)+n]
	return all, all[len(b):]
}

// aliased tells whether a and b have bytes in common, overlap whether they have
// without beginning at the same one.
func aliased(a, b []byte) bool {
	x, y := uintptr(start(a)), uintptr(start(b))
	return len(a) > 0 && len(b) > 0 && x < y+uintptr(len(b)) && y < x+uintptr(len(a))
}

func overlap(a, b []byte) bool { return aliased(a, b) && start(a) != start(b) }
