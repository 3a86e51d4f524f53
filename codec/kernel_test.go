//go:build !js

package codec

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"floe/codec/kernel"
)

// kernelOutside runs the kernel in a WebAssembly runtime written in Go.
type kernelOutside struct {
	t      *testing.T
	module api.Module
	memory api.Memory
	used   uint32
}

func newKernelOutside(t *testing.T) *kernelOutside {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() {
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	memory := slices.Concat([]byte("\x00asm\x01\x00\x00\x00\x05\x04\x01\x00\x80\x02"), // 256 pages
		[]byte("\x07\x07\x01\x03mem\x02\x00"))
	config := wazero.NewModuleConfig()
	host, err := r.InstantiateWithConfig(ctx, memory, config.WithName(kernel.ImportModule))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.InstantiateWithConfig(ctx, kernel.Module(), config.WithName("kernel"))
	if err != nil {
		t.Fatal(err)
	}
	return &kernelOutside{t: t, module: m, memory: host.ExportedMemory(kernel.ImportMemory), used: 64}
}

// put copies b into the memory and returns where.
func (k *kernelOutside) put(b []byte) uint32 {
	at := k.used
	k.used += uint32(len(b)+127) / 64 * 64
	if !k.memory.Write(at, b) {
		k.t.Fatalf("no room for %d bytes", len(b))
	}
	return at
}

func (k *kernelOutside) read(at uint32, n int) []byte {
	b, ok := k.memory.Read(at, uint32(n))
	if !ok {
		k.t.Fatal("outside the memory")
	}
	return slices.Clone(b)
}

func (k *kernelOutside) call(name string, args ...uint32) {
	k.t.Helper()
	var all []uint64
	for _, a := range args {
		all = append(all, uint64(a))
	}
	if _, err := k.module.ExportedFunction(name).Call(context.Background(), all...); err != nil {
		k.t.Fatalf("%s: %v", name, err)
	}
}

func bytesOf(v lane) []byte {
	b := make([]byte, 0, 8*len(v))
	for _, w := range v {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestKernelConvertsAsGo(t *testing.T) {
	k := newKernelOutside(t)
	tables := k.put(theField().kernelTables()[:])
	b := randomBytes(rand.New(rand.NewPCG(1, 2)), 64*40)
	v := make(lane, len(b)/8)
	v.load(b)
	src, dst := k.put(b), k.put(make([]byte, len(b)))
	k.call("load", dst, src, uint32(len(b)), tables)
	if !slices.Equal(k.read(dst, len(b)), bytesOf(v)) {
		t.Error("load differs")
	}
	k.call("store", src, dst, uint32(len(b)), tables)
	if !slices.Equal(k.read(src, len(b)), b) {
		t.Error("store isn't load's inverse")
	}
}

func TestKernelTransformsAsGo(t *testing.T) {
	k := newKernelOutside(t)
	f := theField()
	tables := k.put(f.kernelTables()[:])
	r := rand.New(rand.NewPCG(3, 4))
	start := k.used
	for _, c := range []struct{ size, words, pos, used int }{
		{1, 8, 0, 1}, {2, 8, 2, 2}, {4, 16, 0, 3}, {8, 8, 24, 5}, {64, 24, 64, 64}, {128, 8, 896, 77},
		{512, 16, 512, 333}, {512, 8, 1536, 512}, {1024, 8, 1024, 700}, {2048, 8, 0, 2048},
	} {
		k.used = start
		words := make(lane, c.size*c.words)
		v := lanes{words, c.words}
		for i := range c.used * c.words {
			words[i] = r.Uint64()
		}
		at := k.put(bytesOf(words))
		k.call("inverse", at, uint32(c.size), uint32(8*c.words), uint32(c.pos), uint32(c.used), tables)
		f.ifft(v, c.pos, c.used)
		if !slices.Equal(k.read(at, 8*len(words)), bytesOf(words)) {
			t.Fatalf("%+v: inverse differs", c)
		}
		k.call("forward", at, uint32(c.size), uint32(8*c.words), uint32(c.pos), uint32(c.used), tables)
		f.fft(v, c.pos, c.used)
		if !slices.Equal(k.read(at, 8*c.words*c.used), bytesOf(words[:c.words*c.used])) {
			t.Fatalf("%+v: forward differs", c)
		}
	}
}

func TestKernelMultipliesAsGo(t *testing.T) {
	k := newKernelOutside(t)
	f := theField()
	tables := k.put(f.kernelTables()[:])
	r := rand.New(rand.NewPCG(5, 6))
	x, y := make(lane, 24), make(lane, 24)
	for i := range x {
		x[i], y[i] = r.Uint64(), r.Uint64()
	}
	dst, src := k.put(bytesOf(x)), k.put(bytesOf(y))
	for i := range 3000 {
		m := f.multiplier(uint16(i))
		if i > 600 {
			m = f.multiplier(uint16(r.Uint32()))
		}
		m.addTo(x, y)
		a, b, c := m.bytes[0], m.bytes[1], m.bytes[2]
		k.call("multiplyAdd", dst, src, uint32(8*len(x)), uint32(a), uint32(b), uint32(c), tables)
		if !slices.Equal(k.read(dst, 8*len(x)), bytesOf(x)) {
			t.Fatalf("%d: the product differs", i)
		}
	}
	k.call("add", dst, src, uint32(8*len(x)))
	x.add(y)
	if !slices.Equal(k.read(dst, 8*len(x)), bytesOf(x)) {
		t.Error("the sum differs")
	}
}

func TestKernelHashesAsGo(t *testing.T) {
	k := newKernelOutside(t)
	r := rand.New(rand.NewPCG(7, 8))
	scratch := k.put(make([]byte, len(kernel.Scratch{})))
	start := k.used
	for _, size := range []int{1, 2, 6, 7, 8, 16, 62, 64, 70, 71, 72, 100, 126, 127, 128, 130, 254, 255, 256, 258, 1000, 6658} {
		for _, count := range []int{0, 1, 2, 3, 5, 8} {
			k.used = start
			stride := size + r.IntN(70)
			b := randomBytes(r, count*stride+size)
			src, dst := k.put(b), k.put(make([]byte, 32*count+32))
			k.call("leaves", dst, 32, src, uint32(stride), uint32(size), uint32(count), scratch)
			got := k.read(dst, 32*count+32)
			for i := range count {
				if want := sum(leafPrefix, b[i*stride:][:size]); Hash(got[32*i:]) != want {
					t.Fatalf("leaf %d of %d of %d bytes differs", i, count, size)
				}
			}
			if Hash(got[32*count:]) != (Hash{}) {
				t.Fatalf("%d leaves write behind their end", count)
			}
		}
	}
	for count := range 9 {
		k.used = start
		level := randomBytes(r, 64*count)
		at := k.put(slices.Concat(level, make([]byte, 64)))
		k.call("inner", at, at, at+32, 64, uint32(count), 1, 0, scratch)
		got := k.read(at, 64*count)
		for i := range count {
			if want := sum(innerPrefix, level[64*i:][:64]); Hash(got[32*i:]) != want {
				t.Fatalf("node %d of %d differs", i, count)
			}
		}
	}
}

// TestKernelRestoresAsGo holds what decoding adds to transforms: lanes times
// factors of their own, and derivatives.
func TestKernelRestoresAsGo(t *testing.T) {
	k := newKernelOutside(t)
	f := theField()
	tables := k.put(f.kernelTables()[:])
	r := rand.New(rand.NewPCG(25, 26))
	const n, width = 64, 16
	v := lanes{make(lane, n*width), width}
	for i := range v.words {
		v.words[i] = r.Uint64()
	}
	by := make([]*multiplier, n)
	for i := range by {
		if i%5 > 0 {
			by[i] = f.multiplier(uint16(i * i * i))
		}
	}
	at := k.put(bytesOf(v.words))
	var factors []byte
	for _, b := range factorsOf(by) {
		factors = append(factors, b[:]...)
	}
	k.call("scale", at, 8*width, n, k.put(factors), tables)
	scale(v, by, nil, make(lane, width))
	if !slices.Equal(k.read(at, 8*len(v.words)), bytesOf(v.words)) {
		t.Fatal("products differ")
	}
	k.call("derive", at, 8*width, n)
	derive(v)
	if !slices.Equal(k.read(at, 8*len(v.words)), bytesOf(v.words)) {
		t.Fatal("derivatives differ")
	}
}
