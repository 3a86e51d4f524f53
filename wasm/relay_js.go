package main

import (
	"context"
	"io"
	"syscall/js"

	"floe/wasm/client"
)

// fetchRelay reaches the server the page came from by fetch.
type fetchRelay struct {
	room js.Value // for a body until a copy of it is taken; undefined before the first
}

func (f *fetchRelay) Do(ctx context.Context, r client.Request) (*client.Response, error) {
	if r.Sent != nil {
		return f.upload(ctx, r)
	}
	abort := js.Global().Get("AbortController").New()
	options := map[string]any{
		"method":      r.Method,
		"signal":      abort.Get("signal"),
		"cache":       "no-store",
		"credentials": "omit",
		"redirect":    "error",
	}
	if r.ContentType != "" {
		options["headers"] = map[string]any{"Content-Type": r.ContentType}
		options["body"] = f.body(r.Body)
	}
	res, err := await(ctx, js.Global().Call("fetch", r.Path, options))
	if err != nil {
		abort.Call("abort")
		return nil, err
	}
	body := &stream{ctx: ctx, abort: abort}
	if b := res.Get("body"); b.Type() == js.TypeObject {
		body.reader = b.Call("getReader")
	}
	return &client.Response{Status: res.Get("status").Int(), Body: body}, nil
}

// body puts pieces into one Uint8Array, which is the last body's as well: fetch and
// XMLHttpRequest copy it before they return.
//
// V8 doesn't count these copies, which stay until it happens to collect the
// requests: 300 MiB of them. An ArrayBuffer that nobody touches takes no memory,
// but is counted, and so makes it collect in time.
func (f *fetchRelay) body(p client.Pieces) js.Value {
	size := p.Len()
	js.Global().Get("ArrayBuffer").New(8 * size)
	if f.room.IsUndefined() || f.room.Get("byteLength").Int() < size {
		f.room = js.Global().Get("Uint8Array").New(size)
	}
	return copyPieces(f.room.Call("subarray", 0, size), p)
}

// jsPieces copies pieces into one Uint8Array.
func jsPieces(p client.Pieces) js.Value {
	return copyPieces(js.Global().Get("Uint8Array").New(p.Len()), p)
}

func copyPieces(all js.Value, p client.Pieces) js.Value {
	at := 0
	for _, piece := range p {
		js.CopyBytesToJS(all.Call("subarray", at), piece)
		at += len(piece)
	}
	return all
}

// stream reads a ReadableStream of bytes.
type stream struct {
	ctx    context.Context
	abort  js.Value
	reader js.Value // undefined: there is no body
	rest   []byte
	done   bool
}

func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.done || s.reader.IsUndefined() {
			return 0, io.EOF
		}
		part, err := await(s.ctx, s.reader.Call("read"))
		if err != nil {
			return 0, err
		}
		if s.done = part.Get("done").Bool(); !s.done {
			s.rest = goBytes(part.Get("value"))
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Close lets go of a body that wasn't read to its end.
func (s *stream) Close() error {
	if !s.done {
		s.abort.Call("abort")
	}
	return nil
}
