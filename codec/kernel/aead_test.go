//go:build !js

package kernel

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"golang.org/x/crypto/chacha20poly1305"
)

// outside runs the module's AEAD in a WebAssembly runtime written in Go, between
// bytes that nobody may touch.
type outside struct {
	t          *testing.T
	seal, open api.Function
	memory     api.Memory
}

const (
	scratchPlace = 64
	dataPlace    = 4 << 10
	srcPlace     = 64 << 10
	dstPlace     = 2 << 20
	guard        = 0xa5
)

func newOutside(t *testing.T) *outside {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() {
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	memory := []byte("\x00asm\x01\x00\x00\x00\x05\x03\x01\x00\x40\x07\x07\x01\x03mem\x02\x00") // 64 pages
	config := wazero.NewModuleConfig()
	host, err := r.InstantiateWithConfig(ctx, memory, config.WithName(ImportModule))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.InstantiateWithConfig(ctx, Module(), config.WithName("kernel"))
	if err != nil {
		t.Fatal(err)
	}
	return &outside{t, m.ExportedFunction("seal"), m.ExportedFunction("open"), host.ExportedMemory(ImportMemory)}
}

func (o *outside) write(at int, b []byte) {
	if !o.memory.Write(uint32(at), b) {
		o.t.Fatalf("no room for %d bytes", len(b))
	}
}

func (o *outside) read(at, n int) []byte {
	b, ok := o.memory.Read(uint32(at), uint32(n))
	if !ok {
		o.t.Fatal("outside the memory")
	}
	return slices.Clone(b)
}

// message is what one call is about.
type message struct{ key, nonce, data []byte }

// run calls f on src, of which it takes n for its length, and returns what is at
// dst, whether that is there at all, and the verdict.
func (o *outside) run(f api.Function, m message, src []byte, n, room int, inPlace bool) (dst []byte, verdict uint32) {
	o.t.Helper()
	dstAt := dstPlace
	if inPlace {
		dstAt = srcPlace
	}
	guards := bytes.Repeat([]byte{guard}, 300)
	o.write(dstAt-len(guards), bytes.Repeat([]byte{guard}, room+2*len(guards)))
	o.write(scratchPlace-32, guards[:32])
	o.write(scratchPlace, bytes.Repeat([]byte{guard}, aeadSize+32))
	o.write(scratchPlace+keyAt, m.key)
	o.write(scratchPlace+nonceAt, m.nonce)
	o.write(dataPlace, m.data)
	o.write(srcPlace, src)
	if _, err := f.Call(context.Background(), uint64(dstAt), srcPlace, uint64(n), dataPlace, uint64(len(m.data)), scratchPlace); err != nil {
		o.t.Fatal(err)
	}
	before, behind := o.read(dstAt-len(guards), len(guards)), o.read(dstAt+max(room, len(src)*btoi(inPlace)), len(guards)/2)
	if !bytes.Equal(before, guards) || !bytes.Equal(behind, guards[:len(behind)]) {
		o.t.Fatalf("%d bytes: written beside the destination", n)
	}
	left := o.read(scratchPlace-32, aeadSize+64)
	verdict = uint32(left[32+verdictAt])
	left[32+verdictAt] = 0
	want := slices.Concat(guards[:32], make([]byte, aeadSize), guards[:32])
	if !bytes.Equal(left, want) {
		o.t.Fatalf("%d bytes: the scratch memory isn't wiped, or something beside it was written", n)
	}
	return o.read(dstAt, room), verdict
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m message) stock(t *testing.T) cipher.AEAD {
	a, err := chacha20poly1305.New(m.key)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// check seals and opens as x/crypto does, in place too.
func (o *outside) check(m message, plain []byte) {
	o.t.Helper()
	want := m.stock(o.t).Seal(nil, m.nonce, plain, m.data)
	for _, inPlace := range []bool{false, true} {
		sealed, _ := o.run(o.seal, m, plain, len(plain), len(want), inPlace)
		if !bytes.Equal(sealed, want) {
			o.t.Fatalf("%d bytes with %d of data are sealed to something else", len(plain), len(m.data))
		}
		opened, ok := o.run(o.open, m, want, len(plain), len(plain), inPlace)
		if ok != 1 || !bytes.Equal(opened, plain) {
			o.t.Fatalf("%d bytes with %d of data don't open: %d", len(plain), len(m.data), ok)
		}
	}
}

// refuse wants that sealed doesn't open, and that nothing of it comes out.
func (o *outside) refuse(m message, sealed []byte, what string) {
	o.t.Helper()
	n := len(sealed) - 16
	if got, ok := o.run(o.open, m, sealed, n, n, false); ok != 0 || !bytes.Equal(got, make([]byte, n)) {
		o.t.Fatalf("%s: verdict %d", what, ok)
	}
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func randomMessage(r *rand.Rand, data int) message {
	return message{noise(r, 32), noise(r, 12), noise(r, data)}
}

func TestAEADAsStock(t *testing.T) {
	o := newOutside(t)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 1100 {
		o.check(randomMessage(r, 0), noise(r, n))
	}
	for range 300 {
		o.check(randomMessage(r, r.IntN(200)), noise(r, r.IntN(700)))
	}
	const chunk = 64 << 10
	for _, n := range []int{chunk - group, chunk - 64, chunk - 1, chunk, chunk + 1, chunk + 16, 3*chunk + 77} {
		o.check(randomMessage(r, 0), noise(r, n))
	}
}

// Numbers at the edges of Poly1305's limbs and modulus: r and blocks of all ones
// and of all zeros, and blocks that are chosen so that the ciphertext is.
func TestAEADAtEdges(t *testing.T) {
	o := newOutside(t)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 400 {
		m := randomMessage(r, 0)
		n := 16 * r.IntN(30)
		stream := m.stock(t).Seal(nil, m.nonce, make([]byte, n), nil)[:n]
		plain := make([]byte, n)
		for j := range plain {
			wanted := byte(0xff)
			if i%2 == 1 && r.IntN(3) == 0 {
				wanted = byte([]int{0, 1, 0x80, 0xfb, 0xfe}[r.IntN(5)])
			}
			plain[j] = stream[j] ^ wanted
		}
		o.check(m, plain)
	}
}

// Whatever bit of message, tag, data, nonce or key is another, nothing opens.
func TestAEADRefusesTampering(t *testing.T) {
	o := newOutside(t)
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 16, 65, 300} {
		m := randomMessage(r, 20)
		sealed := m.stock(t).Seal(nil, m.nonce, noise(r, n), m.data)
		for _, b := range [][]byte{sealed, m.data, m.nonce, m.key} {
			for i := range b {
				bit := byte(1) << r.IntN(8)
				b[i] ^= bit
				o.refuse(m, sealed, "a changed bit")
				b[i] ^= bit
			}
		}
		tag := sealed[n:]
		for bit := range 128 {
			tag[bit/8] ^= 1 << (bit % 8)
			o.refuse(m, sealed, "a changed bit of the tag")
			tag[bit/8] ^= 1 << (bit % 8)
		}
		o.refuse(m, append(bytes.Clone(sealed[:n]), make([]byte, 16)...), "a tag of zeros")
		if n > 0 {
			o.refuse(m, sealed[1:], "a lost byte")
		}
	}
}

// RFC 8439, 2.8.2.
func TestAEADOfTheRFC(t *testing.T) {
	m := message{key: make([]byte, 32), nonce: unhex(t, "070000004041424344454647"), data: unhex(t, "50515253c0c1c2c3c4c5c6c7")}
	for i := range m.key {
		m.key[i] = byte(0x80 + i)
	}
	plain := []byte("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.")
	want := unhex(t, "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"+
		"3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"+
		"92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"+
		"3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")
	o := newOutside(t)
	got, _ := o.run(o.seal, m, plain, len(plain), len(want), false)
	if !bytes.Equal(got, want) {
		t.Errorf("%x", got)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wycheproof is what these tests take from its file.
type wycheproof struct {
	TestGroups []struct {
		IVSize int `json:"ivSize"`
		Tests  []struct {
			ID                         int `json:"tcId"`
			Key, IV, AAD, Msg, CT, Tag string
			Comment, Result            string
		}
	}
}

func TestAEADByWycheproof(t *testing.T) {
	b, err := os.ReadFile("../../../shared/testdata/wycheproof/chacha20_poly1305.json")
	if err != nil {
		if strings.Contains(","+os.Getenv("FLOE_REQUIRE")+",", ",shared,") {
			t.Fatal(err)
		}
		t.Skipf("LOUD: needs ../shared/testdata (%v); FLOE_REQUIRE=shared makes this a failure", err)
	}
	var file wycheproof
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	o := newOutside(t)
	valid, invalid := 0, 0
	for _, g := range file.TestGroups {
		if g.IVSize != 96 {
			continue // there is no way to give the kernel another
		}
		for _, c := range g.Tests {
			m := message{unhex(t, c.Key), unhex(t, c.IV), unhex(t, c.AAD)}
			plain, sealed := unhex(t, c.Msg), unhex(t, c.CT+c.Tag)
			if c.Result != "valid" {
				invalid++
				o.refuse(m, sealed, c.Comment)
				continue
			}
			valid++
			o.check(m, plain)
			if got, _ := o.run(o.seal, m, plain, len(plain), len(sealed), false); !bytes.Equal(got, sealed) {
				t.Errorf("%d (%s): sealed to something else", c.ID, c.Comment)
			}
		}
	}
	if valid < 256 || invalid < 60 {
		t.Errorf("only %d and %d cases", valid, invalid)
	}
}
