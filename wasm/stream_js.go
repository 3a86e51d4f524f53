package main

import (
	"context"
	"io"
	"math"
	"syscall/js"

	"floe/wasm/client"
)

// stream({parcelId, index, offset, length, whole, shelf, port, onProgress}) → {bytes}
//
// It hands bytes of one file, or with a null index of the ZIP of all, to whoever
// holds the other end of the MessagePort, as fast as they are asked for:
//
//	consumer → floe   {pull: true}   another piece
//	                  {cancel: true} no more
//	floe → consumer   {bytes: Uint8Array}, its buffer transferred, for each pull, then
//	                  {done: true} for the next, or at any time {error: {code, message, …}}
func (a *app) stream(ctx context.Context, args js.Value) (any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := newPort(args.Get("port"), cancel)
	defer out.close()
	n, err := a.streamTo(ctx, out, args)
	if err != nil {
		out.post(map[string]any{"error": failure(err)})
		return nil, err
	}
	return map[string]any{"bytes": n}, nil
}

func (a *app) streamTo(ctx context.Context, out *port, args js.Value) (int64, error) {
	p, err := a.opened(args)
	if err != nil {
		return 0, err
	}
	req := client.ReadRequest{Progress: progressTo(args), Whole: args.Get("whole").Truthy(), Shelf: shelfOf(args)}
	off, length := int64(0), int64(math.MaxInt64)
	if v := args.Get("offset"); v.Type() == js.TypeNumber {
		off = int64(v.Float())
	}
	if v := args.Get("length"); v.Type() == js.TypeNumber {
		length = int64(v.Float())
	}
	var r io.ReadCloser
	if index := args.Get("index"); index.Type() == js.TypeNumber {
		r, err = p.OpenFile(ctx, index.Int(), off, length, req)
	} else {
		r, err = p.OpenZip(ctx, off, length, req)
	}
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return out.pump(ctx, r)
}

// port is a MessagePort whose other end asks for bytes.
type port struct {
	v      js.Value
	hear   js.Func
	pulled chan struct{}
}

// maxPulls is how many pulls may be under way; more are forgotten.
const maxPulls = 16

func newPort(v js.Value, cancel func()) *port {
	p := &port{v: v, pulled: make(chan struct{}, maxPulls)}
	p.hear = js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := args[0].Get("data")
		if data.Get("cancel").Truthy() {
			cancel()
		} else if data.Get("pull").Truthy() {
			select {
			case p.pulled <- struct{}{}:
			default:
			}
		}
		return nil
	})
	v.Set("onmessage", p.hear)
	return p
}

func (p *port) post(message map[string]any, transfer ...any) {
	p.v.Call("postMessage", message, transfer)
}

// close closes the port once what was posted is on its way.
func (p *port) close() {
	p.v.Set("onmessage", js.Null())
	p.v.Call("close")
	p.hear.Release()
}

// Pieces grow with what was handed over, from one chunk of age's, for which
// somebody waits: the one that is ready may be in vain.
const (
	leastPiece = 64 << 10
	mostPiece  = 1 << 20
)

// pump hands over all of r, one piece for each pull. One is ready before it is
// asked for.
func (p *port) pump(ctx context.Context, r io.Reader) (total int64, err error) {
	buf := make([]byte, mostPiece)
	for err != io.EOF {
		var n int
		n, err = io.ReadFull(r, buf[:max(leastPiece, min(total/4, mostPiece))])
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		if err != nil && err != io.EOF {
			return total, err
		}
		if n == 0 {
			continue
		}
		if err := p.wait(ctx); err != nil {
			return total, err
		}
		piece := jsBytes(buf[:n])
		p.post(map[string]any{"bytes": piece}, piece.Get("buffer"))
		total += int64(n)
	}
	if err := p.wait(ctx); err != nil {
		return total, err
	}
	p.post(map[string]any{"done": true})
	return total, nil
}

// wait waits for the next pull.
func (p *port) wait(ctx context.Context) error {
	select {
	case <-p.pulled:
		return nil
	case <-ctx.Done():
		return &client.Error{Code: client.CodeCancelled, Message: "You stopped this. Nothing was finished.", Err: context.Cause(ctx)}
	}
}
