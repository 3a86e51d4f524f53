package crew

import (
	"context"
	"runtime"
	"syscall/js"
	"time"

	"floe/codec"
	"floe/wasm/promise"
)

// Page is the hall of a page's worker: v is a Crew of static/js/crew.js.
func Page(v js.Value) Hall { return &page{v: v} }

type page struct {
	v         js.Value
	breathers int
	breathed  time.Time // when events were let in
}

func (p *page) Size() int { return p.v.Get("size").Int() }

// Begin first lets go of what the blob before left: WebAssembly's memory never
// shrinks again.
func (p *page) Begin(ctx context.Context) <-chan Mate {
	runtime.GC()
	list := p.v.Call("begin")
	n := list.Length()
	mates := make(chan Mate, n)
	for i := range n {
		m := list.Index(i)
		if m.Get("able").Bool() {
			mates <- worker{m}
			continue
		}
		go func() {
			if _, err := promise.Await(ctx, m.Get("ready")); err == nil {
				mates <- worker{m}
			}
		}()
	}
	return mates
}

func (p *page) Rest() { p.v.Call("rest") }

// Breathe lets the worker's events in where they weren't a moment ago: it takes as
// long as moving half a megabyte does.
func (p *page) Breathe(ctx context.Context) bool {
	p.breathers++
	defer func() { p.breathers-- }()
	if time.Since(p.breathed) < 2*time.Millisecond {
		runtime.Gosched()
	} else {
		promise.Await(ctx, p.v.Call("breathe"))
		p.breathed = time.Now()
	}
	return p.breathers > 1
}

// worker is a Mate of static/js/crew.js.
type worker struct{ v js.Value }

func (w worker) Load(nShards int, want codec.Want, blob []byte) {
	room := w.v.Call("room", len(blob))
	js.CopyBytesToJS(js.Global().Get("Uint8Array").New(room, 0, len(blob)), blob)
	w.v.Call("load", map[string]any{"nShards": nShards, "want": int(want), "size": len(blob), "bytes": room})
}

func (w worker) Share(ctx context.Context, first, end int) ([]byte, error) {
	share, err := promise.Await(ctx, w.v.Call("share", map[string]any{"first": first, "end": end}))
	if err != nil {
		return nil, err
	}
	b := make([]byte, share.Get("byteLength").Int())
	js.CopyBytesToGo(b, share)
	w.v.Call("giveBack", share)
	return b, nil
}

func (w worker) End() { w.v.Call("end") }
