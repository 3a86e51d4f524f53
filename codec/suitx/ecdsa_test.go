package suitx

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"os"
	"testing"
)

// engines are what verifies ECDSA before Sui's rules: the libraries, and the
// page's own (which is all there is under js).
var engines = map[string]struct {
	c               *curve
	ours, libraries func(key []byte, hash [32]byte, sig [64]byte) bool
	sui             func(key, message, sig []byte) bool
	vectors         string
	order           string
}{
	"secp256k1": {c: curve256k1, ours: curve256k1.verify, libraries: verify256k1, sui: VerifySecp256k1,
		vectors: "ecdsa_secp256k1_sha256_p1363.json", order: order256k1},
	"secp256r1": {c: curve256r1, ours: curve256r1.verify, libraries: verify256r1, sui: VerifySecp256r1,
		vectors: "ecdsa_secp256r1_sha256_p1363.json", order: order256r1},
}

// Wycheproof's vectors: the primitives take what is valid and nothing else. On
// top of that Sui's rule refuses those with a high s, and takes them once s is
// made low.
func TestWycheproofECDSA(t *testing.T) {
	for name, e := range engines {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile("../../../shared/testdata/wycheproof/" + e.vectors)
			if err != nil {
				missing(t, "shared", "../shared/testdata")
			}
			var file struct {
				NumberOfTests int
				TestGroups    []struct {
					PublicKey struct{ Uncompressed hexBytes }
					Tests     []struct {
						TCID     int
						Comment  string
						Msg, Sig hexBytes
						Result   string
					}
				}
			}
			if err := json.Unmarshal(b, &file); err != nil {
				t.Fatal(err)
			}
			n, valid, high := 0, 0, 0
			for _, g := range file.TestGroups {
				point := g.PublicKey.Uncompressed
				key := append([]byte{2 | point[64]&1}, point[1:33]...)
				for _, c := range g.Tests {
					n++
					want := c.Result == "valid"
					if len(c.Sig) != 64 {
						if want || e.sui(key, c.Msg, c.Sig) {
							t.Errorf("case %d (%s): a signature of %d bytes", c.TCID, c.Comment, len(c.Sig))
						}
						continue
					}
					hash := sha256.Sum256(c.Msg)
					if got := e.ours(key, hash, [64]byte(c.Sig)); got != want {
						t.Errorf("case %d (%s): ours says %v", c.TCID, c.Comment, got)
					}
					if got := e.libraries(key, hash, [64]byte(c.Sig)); got != want {
						t.Errorf("case %d (%s): the library says %v", c.TCID, c.Comment, got)
					}
					low := e.c.lowS(c.Sig)
					if got := e.sui(key, c.Msg, c.Sig); got != (want && low) {
						t.Errorf("case %d (%s): Sui's rule says %v, s is low: %v", c.TCID, c.Comment, got, low)
					}
					if want {
						valid++
					}
					if want && !low {
						high++
						if !e.sui(key, c.Msg, withOtherS(c.Sig, e.order)) {
							t.Errorf("case %d (%s): refused with a low s", c.TCID, c.Comment)
						}
					}
				}
			}
			if n != file.NumberOfTests || valid < 50 || high < 10 || valid-high < 10 {
				t.Errorf("%d of %d cases ran, %d valid, %d of them with a high s", n, file.NumberOfTests, valid, high)
			}
		})
	}
}

// withOtherS returns (r, n − s).
func withOtherS(sig []byte, order string) []byte {
	n, ok := new(big.Int).SetString(order, 16)
	if !ok {
		panic("internal error: " + order)
	}
	out := bytes.Clone(sig)
	n.Sub(n, new(big.Int).SetBytes(sig[32:])).FillBytes(out[32:])
	return out
}

// The page's engine and the library agree on random keys, which are compressed
// either way, and on points that aren't there.
func TestOwnCurveAgrees(t *testing.T) {
	for i := range 40 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256([]byte{byte(i)})
		r, s, err := ecdsa.Sign(rand.Reader, key, hash[:])
		if err != nil {
			t.Fatal(err)
		}
		var sig [64]byte
		r.FillBytes(sig[:32])
		s.FillBytes(sig[32:])
		point, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		compressed := append([]byte{2 | point[64]&1}, point[1:33]...)
		if !curve256r1.verify(compressed, hash, sig) {
			t.Errorf("refused the signature of %x", compressed)
		}
		compressed[0] ^= 1
		if curve256r1.verify(compressed, hash, sig) {
			t.Errorf("took the signature under the other point of %x", compressed)
		}
		for name, e := range engines {
			rand.Read(compressed[1:])
			_, own := e.c.decompress(compressed)
			if name == "secp256r1" {
				if x, _ := elliptic.UnmarshalCompressed(elliptic.P256(), compressed); own != (x != nil) {
					t.Errorf("%x is on the curve: %v", compressed, own)
				}
			}
			if e.ours(compressed, hash, sig) || e.libraries(compressed, hash, sig) {
				t.Errorf("%s: took the signature under %x", name, compressed)
			}
		}
	}
}

// Where additions meet the neutral element, or a point itself: keys next to the
// base point and to its negative, sums that vanish, and r and s at all edges. The
// page's engine says what the library says.
func TestOwnCurveAtItsEdges(t *testing.T) {
	for name, e := range engines {
		n := bigOf(e.c.n.m)
		below := func(v *big.Int) *big.Int { return v.Mod(v, n) }
		secrets := []*big.Int{big.NewInt(1), big.NewInt(2), big.NewInt(-1), big.NewInt(-2), new(big.Int).ModInverse(big.NewInt(2), n)}
		valid := 0
		for i, hash := range [][32]byte{sha256.Sum256(nil), {}, [32]byte(n.Bytes())} {
			for _, d := range secrets {
				below(d)
				key, z := e.c.times(d), new(big.Int).SetBytes(hash[:])
				vanish := below(new(big.Int).Neg(new(big.Int).Mul(z, new(big.Int).ModInverse(d, n)))) // z + r·d = 0
				for _, k := range []*big.Int{big.NewInt(1), d, below(big.NewInt(-1))} {
					r := below(new(big.Int).SetBytes(e.c.times(k)[1:]))
					s := new(big.Int).Mul(r, d)
					s = below(s.Mul(s.Add(s, z), new(big.Int).ModInverse(k, n)))
					for _, r := range []*big.Int{r, vanish, big.NewInt(0), n} {
						for _, s := range []*big.Int{s, below(new(big.Int).Neg(s)), big.NewInt(0), big.NewInt(1), n} {
							var sig [64]byte
							r.FillBytes(sig[:32])
							s.FillBytes(sig[32:])
							ours := e.ours(key, hash, sig)
							if library := e.libraries(key, hash, sig); ours != library {
								t.Errorf("%s: key of %x, hash %d, r %x, s %x: ours says %v, the library %v", name, d, i, r, s, ours, library)
							}
							if ours {
								valid++
							}
						}
					}
				}
			}
		}
		if valid < 60 {
			t.Errorf("%s: %d were valid: this test proves little", name, valid)
		}
	}
}

// times returns k times the base point as a key.
func (c *curve) times(k *big.Int) []byte {
	sum, bits := point{}, numberOf(k)
	for i := 255; i >= 0; i-- {
		if sum = c.double(sum); bits.bit(i) == 1 {
			sum = c.add(sum, c.base)
		}
	}
	inverse := c.p.invert(sum.z)
	square := c.p.mul(inverse, inverse)
	key := make([]byte, 33)
	key[0] = 2 | byte(c.p.out(c.p.mul(sum.y, c.p.mul(square, inverse))).bit(0))
	bigOf(c.p.out(c.p.mul(sum.x, square))).FillBytes(key[1:])
	return key
}

// The arithmetic against math/big, at the edges and in between.
func TestModular(t *testing.T) {
	for name, e := range engines {
		for _, p := range []*modulus{e.c.p, e.c.n} {
			m := bigOf(p.m)
			samples := []*big.Int{big.NewInt(0), big.NewInt(1), new(big.Int).Sub(m, big.NewInt(1)), new(big.Int).Rsh(m, 1)}
			for range 40 {
				x, err := rand.Int(rand.Reader, m)
				if err != nil {
					t.Fatal(err)
				}
				samples = append(samples, x)
			}
			for _, a := range samples {
				for _, b := range samples {
					x, y := numberOf(a), numberOf(b)
					mod := func(v *big.Int) number { return numberOf(v.Mod(v, m)) }
					if p.add(x, y) != mod(new(big.Int).Add(a, b)) || p.sub(x, y) != mod(new(big.Int).Sub(a, b)) ||
						p.out(p.mul(p.in(x), p.in(y))) != mod(new(big.Int).Mul(a, b)) || x.less(y) != (a.Cmp(b) < 0) {
						t.Fatalf("%s: %x and %x modulo %x", name, a, b, m)
					}
				}
				if a.Sign() > 0 && p.out(p.invert(p.in(numberOf(a)))) != numberOf(new(big.Int).ModInverse(a, m)) {
					t.Errorf("%s: 1/%x modulo %x", name, a, m)
				}
			}
			if !m.ProbablyPrime(20) || bigOf(p.m.half()).Cmp(new(big.Int).Rsh(m, 1)) != 0 {
				t.Errorf("%s: %x", name, m)
			}
		}
	}
}

func numberOf(v *big.Int) number { return parseNumber(v.FillBytes(make([]byte, 32))) }

func bigOf(n number) *big.Int {
	v := new(big.Int)
	for i := 3; i >= 0; i-- {
		v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(n[i]))
	}
	return v
}

func BenchmarkECDSA(b *testing.B) {
	tx, vectors := readSignatures(b).Transaction, readSignatures(b).Valid
	for _, name := range []string{"ed25519", "secp256k1", "secp256r1"} {
		v := vectors[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := VerifyTransaction(tx, v.Transaction, v.Address); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
