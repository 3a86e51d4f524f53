package crypto

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
)

// In the page newAEAD is our own code, and TestInWASM runs these there; here
// they hold x/crypto to the same.

// aeads returns what is tested and its oracle for one key.
func aeads(t *testing.T, key []byte) (ours, stock cipher.AEAD) {
	t.Helper()
	ours, err := newAEAD(key)
	if err != nil {
		t.Fatal(err)
	}
	if stock, err = chacha20poly1305.New(key); err != nil {
		t.Fatal(err)
	}
	return ours, stock
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// checkAEAD seals and opens behind a prefix, into new memory and in place.
func checkAEAD(t *testing.T, key, nonce, plain, data []byte) {
	t.Helper()
	ours, stock := aeads(t, key)
	want := stock.Seal(nil, nonce, plain, data)
	prefix := []byte("before")
	if got := ours.Seal(slices.Clip(prefix), nonce, plain, data); !bytes.Equal(got, slices.Concat(prefix, want)) {
		t.Fatalf("%d bytes are sealed to something else", len(plain))
	}
	if got, err := ours.Open(slices.Clip(prefix), nonce, want, data); err != nil || !bytes.Equal(got, slices.Concat(prefix, plain)) {
		t.Fatalf("%d bytes are opened to something else, %v", len(plain), err)
	}
	room := append(make([]byte, 0, len(want)), plain...)
	if got := ours.Seal(room[:0], nonce, room, data); !bytes.Equal(got, want) {
		t.Fatalf("%d bytes are sealed to something else in place", len(plain))
	}
	if got, err := ours.Open(room[:0], nonce, room[:len(want)], data); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes are opened to something else in place, %v", len(plain), err)
	}
}

func TestAEADAsStock(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 600 {
		checkAEAD(t, noise(r, 32), noise(r, 12), noise(r, n), noise(r, n%3*r.IntN(50)))
	}
	for _, n := range []int{16<<10 - 1, 16<<10 + 64, ChunkSize - 64, ChunkSize - 1, ChunkSize, ChunkSize + 1, 3*ChunkSize + 77} {
		checkAEAD(t, noise(r, 32), noise(r, 12), noise(r, n), nil)
	}
}

// Whatever byte is another, nothing opens and nothing comes out.
func TestAEADRefusesTampering(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 16, 65, 300} {
		key, nonce, data := noise(r, 32), noise(r, 12), noise(r, 9)
		ours, _ := aeads(t, key)
		sealed := ours.Seal(nil, nonce, noise(r, n), data)
		for _, b := range [][]byte{sealed, nonce, data} {
			for i := range b {
				bit := byte(1) << r.IntN(8)
				b[i] ^= bit
				was := bytes.Clone(b)
				out := make([]byte, n)
				if _, err := ours.Open(out[:0], nonce, sealed, data); err == nil || !bytes.Equal(out, make([]byte, n)) {
					t.Fatalf("%d bytes, byte %d: %v", n, i, err)
				}
				if !bytes.Equal(b, was) {
					t.Fatal("opening changes what is opened")
				}
				b[i] ^= bit
			}
		}
	}
}

func TestAEADRefusesShortAndOverlapping(t *testing.T) {
	ours, _ := aeads(t, make([]byte, 32))
	nonce := make([]byte, ours.NonceSize())
	for n := range ours.Overhead() {
		if _, err := ours.Open(nil, nonce, make([]byte, n), nil); err == nil {
			t.Errorf("%d bytes open", n)
		}
	}
	b := make([]byte, 400)
	for name, f := range map[string]func(){
		"seal":  func() { ours.Seal(b[1:1], nonce, b[:100], nil) },
		"open":  func() { _, _ = ours.Open(b[:0], nonce, b[1:100], nil) },
		"data":  func() { ours.Seal(b[:0], nonce, b[:100], b[50:60]) },
		"nonce": func() { ours.Seal(nil, nonce[:11], b, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// wycheproof is what TestAEADByWycheproof takes from its file.
type wycheproof struct {
	TestGroups []struct {
		IVSize int `json:"ivSize"`
		Tests  []struct {
			ID                         int `json:"tcId"`
			Key, IV, AAD, Msg, CT, Tag string
			Result                     string
		}
	}
}

func TestAEADByWycheproof(t *testing.T) {
	b, err := os.ReadFile("../../shared/testdata/wycheproof/chacha20_poly1305.json")
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
	count := map[string]int{}
	for _, g := range file.TestGroups {
		if g.IVSize != 8*chacha20poly1305.NonceSize {
			continue // an AEAD takes no other
		}
		for _, c := range g.Tests {
			var key, nonce, data, plain, sealed []byte
			for text, b := range map[string]*[]byte{"k" + c.Key: &key, "n" + c.IV: &nonce, "d" + c.AAD: &data, "p" + c.Msg: &plain, "s" + c.CT + c.Tag: &sealed} {
				if *b, err = hex.DecodeString(text[1:]); err != nil {
					t.Fatal(err)
				}
			}
			count[c.Result]++
			ours, _ := aeads(t, key)
			got, err := ours.Open(nil, nonce, sealed, data)
			if valid := c.Result == "valid"; valid != (err == nil) || valid && !bytes.Equal(got, plain) {
				t.Errorf("%d: %v, want %s", c.ID, err, c.Result)
			} else if valid && !bytes.Equal(ours.Seal(nil, nonce, plain, data), sealed) {
				t.Errorf("%d: sealed to something else", c.ID)
			}
		}
	}
	if count["valid"] < 256 || count["invalid"] < 60 {
		t.Errorf("only %v", count)
	}
}
