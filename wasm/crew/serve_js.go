package crew

import (
	"errors"
	"runtime"
	"syscall/js"

	"floe/codec"
)

// Serve makes this worker a mate, for as long as it lives: it puts one object,
// mate, onto the global scope.
//
//	mate.load(nShards, want, blob)     keeps a copy of a Uint8Array
//	mate.share(first, end, room)       → Uint8Array in what room(size) returns, or an error's text
func Serve() {
	m := &mate{}
	js.Global().Set("mate", map[string]any{"load": js.FuncOf(m.load), "share": js.FuncOf(m.share)})
	select {}
}

type mate struct {
	encoders codec.Latest
	encoder  *codec.Encoder
	want     codec.Want
	blob     []byte
	memory   []byte // of shares: what they hold is copied out
	err      error
}

// overread is room behind a blob for the kernel, which reads further than it
// hashes.
const overread = 128

func (m *mate) load(_ js.Value, args []js.Value) any {
	m.encoder, m.err = m.encoders.Encoder(args[0].Int())
	m.want = codec.Want(args[1].Int())
	size := args[2].Get("byteLength").Int()
	if m.want&codec.WantSlivers == 0 || cap(m.blob) < size+overread {
		m.memory = nil // where shares are small, making them takes room instead
	}
	if cap(m.blob) < size+overread {
		m.blob = nil // before the next is made: there is no room for both
	}
	if m.memory == nil {
		runtime.GC() // WebAssembly's memory never shrinks
	}
	if m.blob == nil {
		m.blob = make([]byte, size+overread)
	}
	m.blob = m.blob[:size]
	js.CopyBytesToGo(m.blob, args[2])
	return nil
}

func (m *mate) share(_ js.Value, args []js.Value) any {
	b, err := m.make(args[0].Int(), args[1].Int())
	if err != nil {
		return err.Error()
	}
	out := js.Global().Get("Uint8Array").New(args[2].Invoke(len(b)), 0, len(b))
	js.CopyBytesToJS(out, b)
	return out
}

func (m *mate) make(first, end int) ([]byte, error) {
	if m.err != nil || m.encoder == nil {
		return nil, errors.Join(m.err, errors.New("there is no encoder"))
	}
	s, err := m.encoder.NewShareIn(m.memory, m.blob, first, end, m.want)
	if err != nil {
		return nil, err
	}
	b := s.Bytes()
	if cap(b) > cap(m.memory) {
		m.memory = b
	}
	return b, nil
}
