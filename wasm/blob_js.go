package main

import (
	"context"
	"io"
	"syscall/js"
	"time"

	"floe/wasm/client"
)

// pieceSize is how much of a file is asked for at once. Browsers take memory for
// larger pieces from the system each time, and give it back late.
const pieceSize = 512 << 10

// fileOf turns {file: File, path} into a file to send, read bit by bit. It may be
// read after the call that brought it has ended: what a wallet paid for is sent
// again from it.
func fileOf(v js.Value) client.File {
	blob := v.Get("file")
	f := client.File{Path: text(v, "path"), Size: int64(blob.Get("size").Float())}
	if f.Path == "" {
		f.Path = text(blob, "name")
	}
	if ms := blob.Get("lastModified"); ms.Type() == js.TypeNumber {
		f.Modified = time.UnixMilli(int64(ms.Float()))
	}
	f.OpenAt = func(off int64) (io.ReadCloser, error) {
		r := &blobReader{blob: blob, size: f.Size, off: off}
		r.ask()
		return r, nil
	}
	f.Open = func() (io.ReadCloser, error) { return f.OpenAt(0) }
	return f
}

// blobReader reads a Blob to its end. The browser fetches the next piece
// while one is worked on.
type blobReader struct {
	blob js.Value
	size int64
	off  int64    // of what is asked for
	next js.Value // its promise
	room []byte   // for one piece
	rest []byte   // of it
}

// ask has the next piece fetched, if there is one.
func (r *blobReader) ask() {
	if r.off < r.size {
		end := min(r.off+pieceSize, r.size)
		r.next = r.blob.Call("slice", float64(r.off), float64(end)).Call("arrayBuffer")
		// It may fail with nobody waiting; the prototype of functions does nothing.
		r.next.Call("catch", js.Global().Get("Function").Get("prototype"))
	}
}

func (r *blobReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.off >= r.size {
			return 0, io.EOF
		}
		buffer, err := await(context.Background(), r.next)
		if err != nil {
			return 0, err
		}
		if r.room == nil {
			r.room = make([]byte, min(pieceSize, r.size-r.off))
		}
		r.rest = r.room[:js.CopyBytesToGo(r.room, js.Global().Get("Uint8Array").New(buffer))]
		if len(r.rest) == 0 {
			return 0, io.ErrUnexpectedEOF // the file has shrunk
		}
		r.off += int64(len(r.rest))
		r.ask()
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *blobReader) Close() error { return nil }
