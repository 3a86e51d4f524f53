// Command engine is what wasm/bench measures: encoding, decoding, sealing and
// opening, called from a worker as the page's engine is. Bytes come from
// JavaScript and go back there, as the peers' do.
package main

import (
	"os"
	"slices"
	"syscall/js"

	"filippo.io/age"

	"floe/codec"
	"floe/wasm/crew"
)

func main() {
	if slices.Contains(os.Args[1:], "mate") {
		crew.Serve()
	}
	e := &engine{}
	js.Global().Set("ours", map[string]any{
		"crew":       function(e.hire),
		"encode":     function(e.encode),
		"slices":     function(e.slices),
		"decode":     function(e.decode),
		"seal":       function(e.seal),
		"open":       function(e.open),
		"sealedSize": function(e.sealedSize),
	})
	select {}
}

// function makes f callable from JavaScript. The benchmark is its only caller,
// and a failure ends it.
func function(f func(args []js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		result, err := f(args)
		if err != nil {
			panic(err)
		}
		return result
	})
}

// engine keeps between calls what a benchmark prepares.
type engine struct {
	crew     *crew.Crew
	breathe  func()
	blob     []byte
	staged   []byte
	slivers  []*codec.Sliver
	metadata *codec.Metadata
	identity *age.HybridIdentity
}

func bytesOf(v js.Value) []byte {
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}

// slices(nShards, blob) keeps primary slivers that hold none of the blob, for
// decode, and returns them in BCS.
func (e *engine) slices(args []js.Value) (any, error) {
	encoder, err := codec.NewEncoder(args[0].Int())
	if err != nil {
		return nil, err
	}
	x, err := encoder.Expand(bytesOf(args[1]))
	if err != nil {
		return nil, err
	}
	e.metadata, e.slivers = x.Metadata(), nil
	all := js.Global().Get("Array").New()
	p := encoder.Params()
	for i := range p.Primary {
		s := x.Sliver(codec.Primary, p.NShards-p.Primary+i)
		e.slivers = append(e.slivers, s)
		b := s.MarshalBCS()
		array := js.Global().Get("Uint8Array").New(len(b))
		js.CopyBytesToJS(array, b)
		all.Call("push", array)
	}
	return all, nil
}

// decode(output) decodes what slices kept. Unlike the peer's it verifies every
// sliver and every row.
func (e *engine) decode(args []js.Value) (any, error) {
	d, err := codec.NewDecoder(e.metadata.BlobID(), e.metadata)
	if err != nil {
		return nil, err
	}
	for _, s := range e.slivers {
		if err := d.Add(s); err != nil {
			return nil, err
		}
	}
	blob, err := d.Decode()
	if err != nil {
		return nil, err
	}
	js.CopyBytesToJS(args[0], blob)
	return nil, nil
}
