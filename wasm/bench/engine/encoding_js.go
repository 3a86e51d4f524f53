package main

import (
	"context"
	"sync"
	"syscall/js"
	"unsafe"

	"floe/codec"
	"floe/wasm/crew"
)

// crew(Crew of static/js/crew.js) has its workers encode.
func (e *engine) hire(args []js.Value) (any, error) {
	hall := crew.Page(args[0])
	e.crew, e.breathe = crew.New(hall), func() { hall.Breathe(context.Background()) }
	return nil, nil
}

// encode(nShards, blob, put, done) calls put for all slivers in BCS and done with
// the blob ID. put(kind, pair, count, at) is given those of so many pairs, one
// behind the other in this module's memory.
//
// Those that are parts of the blob go while the others are made: the one worker
// that has the arrays puts some between two jobs, and so makes fewer of them.
func (e *engine) encode(args []js.Value) (any, error) {
	if n := args[1].Get("length").Int(); len(e.blob) != n {
		e.blob = make([]byte, n, n+128)
	}
	js.CopyBytesToGo(e.blob, args[1])
	n, put, done := args[0].Int(), args[2], args[3]
	go func() {
		source, err := codec.Source(n, e.blob)
		if err != nil {
			panic(err)
		}
		var known sync.WaitGroup
		known.Go(func() { e.put(source, put, true, e.breathe) })
		x, err := e.crew.Expand(context.Background(), n, e.blob, true)
		if err != nil {
			panic(err)
		}
		known.Wait()
		e.put(x, put, false, func() {})
		done.Invoke(x.Metadata().BlobID().String())
	}()
	return nil, nil
}

// put puts the slivers that are parts of the blob, or the others.
func (e *engine) put(x *codec.Expansion, put js.Value, known bool, between func()) {
	n := x.Params().NShards
	for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
		first, end := x.Params().Systematic(kind)
		ranges := [][2]int{{0, first}, {end, n}}
		if known {
			ranges = [][2]int{{first, end}}
		}
		for _, r := range ranges {
			e.putRange(x, put, kind, r[0], r[1], between)
		}
	}
}

// putRange puts as many at a time as stay in a cache.
func (e *engine) putRange(x *codec.Expansion, put js.Value, kind codec.Kind, first, end int, between func()) {
	const most = 1 << 20
	step := max(1, most/max(1, x.SizeBCS(kind)))
	for ; first < end; first += step {
		next := min(first+step, end)
		e.staged = x.AppendAllBCS(e.staged[:0], kind, first, next)
		put.Invoke(int(kind), first, next-first, uintptr(unsafe.Pointer(unsafe.SliceData(e.staged))))
		between()
	}
}
