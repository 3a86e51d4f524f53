package main

import (
	"context"
	"errors"
	"io"
	"syscall/js"
	"time"

	"floe/wasm/client"
)

// pieceSize is how much of a file is asked for at once. Where each piece comes in
// memory of its own, browsers take that for larger ones from the system each
// time, and give it back late.
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
		r.ask(js.Undefined())
		return r, nil
	}
	f.Open = func() (io.ReadCloser, error) { return f.OpenAt(0) }
	return f
}

// blobReader reads a Blob to its end. The browser fetches the next piece
// while one is worked on: into memory that is used again, out of one stream,
// which takes a fourth of what pieces asked for one by one take. Only the last is,
// since browsers look whether a file has changed when they are asked.
type blobReader struct {
	blob   js.Value
	size   int64
	off    int64    // of what is asked for
	stream js.Value // its reader; undefined: not begun yet, or there is none
	unable bool     // this browser's streams can't do that
	single bool     // the next piece comes by itself
	next   js.Value // promise of the next piece
	room   []byte   // for one
	rest   []byte   // of it
}

// ask has the next piece fetched, if there is one, into an ArrayBuffer that was
// used before or undefined.
func (r *blobReader) ask(memory js.Value) {
	if r.off >= r.size {
		return
	}
	want := min(pieceSize, r.size-r.off)
	r.single = r.off+want == r.size || !r.streams()
	switch {
	case want == r.size:
		r.next = r.blob.Call("arrayBuffer") // Chromium takes longer to cut off nothing than to read
	case r.single:
		r.next = r.blob.Call("slice", float64(r.off), float64(r.off+want)).Call("arrayBuffer")
	default:
		if memory.IsUndefined() {
			memory = js.Global().Get("ArrayBuffer").New(want)
		}
		view := js.Global().Get("Uint8Array").New(memory, 0, want)
		r.next = r.stream.Call("read", view, map[string]any{"min": want})
	}
	// It may fail with nobody waiting; the prototype of functions does nothing.
	r.next.Call("catch", noFunction())
}

var errGrown = errors.New("the file has grown")

func noFunction() js.Value { return js.Global().Get("Function").Get("prototype") }

// streams says whether there is a stream, and opens it unless it has before: not
// every browser has those that fill memory that is given to them.
func (r *blobReader) streams() (able bool) {
	if r.stream.IsUndefined() && !r.unable {
		defer func() {
			r.unable = recover() != nil
			able = !r.unable
		}()
		rest := r.blob.Call("slice", float64(r.off), float64(r.size))
		r.stream = rest.Call("stream").Call("getReader", map[string]any{"mode": "byob"})
	}
	return !r.unable
}

func (r *blobReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.off >= r.size {
			return 0, io.EOF
		}
		came, err := await(context.Background(), r.next)
		if err != nil {
			return 0, err
		}
		memory := js.Undefined()
		if r.single {
			came = js.Global().Get("Uint8Array").New(came)
		} else if came = came.Get("value"); came.Type() == js.TypeObject {
			memory = came.Get("buffer")
		}
		if came.IsUndefined() || came.Length() == 0 {
			return 0, io.ErrUnexpectedEOF // the file has shrunk
		}
		if int64(came.Length()) > r.size-r.off {
			return 0, errGrown
		}
		if r.room == nil {
			r.room = make([]byte, min(pieceSize, r.size-r.off))
		}
		r.rest = r.room[:js.CopyBytesToGo(r.room, came)]
		r.off += int64(len(r.rest))
		r.ask(memory)
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close lets go of what is being fetched.
func (r *blobReader) Close() error {
	if !r.stream.IsUndefined() {
		r.stream.Call("cancel").Call("catch", noFunction())
	}
	return nil
}
