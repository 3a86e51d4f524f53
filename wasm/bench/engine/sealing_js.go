package main

import (
	"fmt"
	"io"
	"syscall/js"

	"filippo.io/age"

	"floe/crypto"
)

// As in the page, files pass through Go by pieces and never stand in its memory
// as a whole, and what they become goes where there is room already.
const piece = 512 << 10

// sealedSize(n) is how long the file of n bytes is.
func (e *engine) sealedSize(args []js.Value) (any, error) {
	return crypto.SealedSize(int64(args[0].Int())), nil
}

// seal(plain, file) fills file; open(file, plain) opens what seal sealed.
func (e *engine) seal(args []js.Value) (any, error) {
	if e.identity == nil {
		var err error
		if e.identity, err = age.GenerateHybridIdentity(); err != nil {
			return nil, err
		}
	}
	file := newArray(args[1])
	w, err := crypto.Seal(file, e.identity.Recipient())
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyBuffer(w, newArray(args[0]), make([]byte, piece)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return nil, nil
}

func (e *engine) open(args []js.Value) (any, error) {
	r, err := crypto.Open(newArray(args[0]), e.identity)
	if err != nil {
		return nil, err
	}
	plain := newArray(args[1])
	if _, err := io.CopyBuffer(plain, r, make([]byte, piece)); err != nil {
		return nil, fmt.Errorf("couldn't open: %w", err)
	}
	return nil, nil
}

// array is an Uint8Array that is read or written from its beginning.
type array struct {
	array    js.Value
	at, size int
}

func newArray(v js.Value) *array { return &array{v, 0, v.Get("length").Int()} }

func (a *array) Read(p []byte) (int, error) {
	if a.at == a.size {
		return 0, io.EOF
	}
	n := js.CopyBytesToGo(p, a.array.Call("subarray", a.at))
	a.at += n
	return n, nil
}

func (a *array) Write(p []byte) (int, error) {
	n := js.CopyBytesToJS(a.array.Call("subarray", a.at), p)
	a.at += n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}
