package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// vector is one case of testdata/rs2-vectors.json, made by Walrus' own encoder.
type vector struct {
	NShards      int      `json:"n_shards"`
	Seed         uint32   `json:"seed"`
	Size         int      `json:"size"`
	Primary      int      `json:"primary_symbols"`
	Secondary    int      `json:"secondary_symbols"`
	SymbolSize   int      `json:"symbol_size"`
	BlobSHA      string   `json:"blob_sha256"`
	BlobIDHex    string   `json:"blob_id_hex"`
	BlobID       string   `json:"blob_id"`
	RootHash     string   `json:"root_hash_hex"`
	PrimaryRaw   string   `json:"primary_raw_sha256"`
	SecondaryRaw string   `json:"secondary_raw_sha256"`
	PrimaryBCS   string   `json:"primary_bcs_sha256"`
	SecondaryBCS string   `json:"secondary_bcs_pair_order_sha256"`
	MetadataLen  int      `json:"metadata_bcs_len"`
	MetadataSHA  string   `json:"metadata_bcs_sha256"`
	PrimarySHA   []string `json:"primary_sha256"`
	SecondarySHA []string `json:"secondary_sha256"`
	PrimaryHex   []string `json:"primary_hex"`
	SecondaryHex []string `json:"secondary_hex"`
	MetadataHex  string   `json:"metadata_bcs_hex"`
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/rs2-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 20 {
		t.Fatalf("only %d vectors", len(file.Vectors))
	}
	return file.Vectors
}

// testBlob recreates a vector's blob: SHA-256(LE32(seed) ‖ LE32(0)) ‖
// SHA-256(LE32(seed) ‖ LE32(1)) ‖ …, cut to size.
func testBlob(seed uint32, size int) []byte {
	blob := make([]byte, 0, size+sha256.Size)
	for i := uint32(0); len(blob) < size; i++ {
		b := binary.LittleEndian.AppendUint32(nil, seed)
		h := sha256.Sum256(binary.LittleEndian.AppendUint32(b, i))
		blob = append(blob, h[:]...)
	}
	return blob[:size]
}

// eachEngine runs a test on every engine this build has.
func eachEngine(t *testing.T, run func(t *testing.T, on engine)) {
	for name, on := range engines() {
		t.Run(name, func(t *testing.T) { run(t, on) })
	}
}

func sha(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestVectors(t *testing.T) {
	eachEngine(t, func(t *testing.T, on engine) {
		for _, v := range readVectors(t) {
			if testing.Short() && (v.Size >= 1<<20 || v.NShards > 500 && v.Size%2 == 0) {
				continue // a second or more each in WebAssembly
			}
			t.Run(fmt.Sprintf("n=%d/size=%d", v.NShards, v.Size), func(t *testing.T) { v.check(t, on) })
		}
	})
}

func (v *vector) check(t *testing.T, on engine) {
	blob := testBlob(v.Seed, v.Size)
	equal(t, "blob", sha(blob), v.BlobSHA)
	e, err := newEncoder(v.NShards, on)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "k1", e.p.Primary, v.Primary)
	equal(t, "k2", e.p.Secondary, v.Secondary)
	m, pairs, err := e.Encode(blob)
	if err != nil {
		t.Fatal(err)
	}
	id := m.BlobID()
	root := m.RootHash()
	equal(t, "blob ID", id.String(), v.BlobID)
	equal(t, "blob ID", hex.EncodeToString(id[:]), v.BlobIDHex)
	equal(t, "root hash", root.String(), v.RootHash)
	equal(t, "metadata's length", len(m.MarshalBCS()), v.MetadataLen)
	equal(t, "metadata", sha(m.MarshalBCS()), v.MetadataSHA)
	if v.MetadataHex != "" {
		equal(t, "metadata", hex.EncodeToString(m.MarshalBCS()), v.MetadataHex)
	}
	if v.NShards < 500 {
		only, err := e.Metadata(blob)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "metadata alone", only.BlobID(), id)
	}
	v.checkSlivers(t, pairs)
}

func (v *vector) checkSlivers(t *testing.T, pairs []SliverPair) {
	n := v.NShards
	equal(t, "pairs", len(pairs), n)
	var raw, bcs [2][][]byte
	for i, p := range pairs {
		equal(t, "symbol size", int(p.Primary.SymbolSize), v.SymbolSize)
		raw[0] = append(raw[0], p.Primary.Data)
		raw[1] = append(raw[1], pairs[n-1-i].Secondary.Data)
		bcs[0] = append(bcs[0], p.Primary.MarshalBCS())
		bcs[1] = append(bcs[1], p.Secondary.MarshalBCS())
	}
	equal(t, "primary slivers", sha(raw[0]...), v.PrimaryRaw)
	equal(t, "secondary slivers", sha(raw[1]...), v.SecondaryRaw)
	equal(t, "primary slivers in BCS", sha(bcs[0]...), v.PrimaryBCS)
	equal(t, "secondary slivers in BCS", sha(bcs[1]...), v.SecondaryBCS)
	for kind, want := range [2][2][]string{{v.PrimarySHA, v.PrimaryHex}, {v.SecondarySHA, v.SecondaryHex}} {
		for i, s := range want[0] {
			equal(t, fmt.Sprintf("%v sliver %d", Kind(kind), i), sha(raw[kind][i]), s)
		}
		for i, s := range want[1] {
			equal(t, fmt.Sprintf("%v sliver %d", Kind(kind), i), hex.EncodeToString(raw[kind][i]), s)
		}
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// count is data(size, seed) of Walrus' own tests: byte i is i + seed.
func count(size, seed int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i + seed)
	}
	return b
}

// TestGoldenIDs checks blob IDs found in the tests of MystenLabs/walrus and
// MystenLabs/ts-sdks.
func TestGoldenIDs(t *testing.T) {
	golden := []struct {
		n    int
		blob []byte
		id   string
	}{
		{10, []byte("walrus blob id v1 regression test"), "RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY"},
		{1000, nil, "3GPQL3HZNnFhN_F7l5Aa-X1VOtAKwIsg9zuWk8R81v4"},
		{1000, []byte{42}, "0niAAmr9-Q_YFFeP-P6wFZtbwUhk-b7hPwAfCPvW2VE"},
		{1000, count(64, 64), "pF3O9UP27CNCii7tgZk1XXNdjvp12h7s3576OvY-JZ8"},
		{1000, count(100, 1), "5a9PFTKPcQ4DbDE-2MDwT5B38qkTxhHaKgfM1xKzmU4"},
		{1000, count(256, 256), "sji4t0yWFfIq1h2GqpfrWcCZqtf0MneRIxpQmBL42k0"},
		{1000, count(500, 42), "LMmd4BFEy9l5kUHKZb-qVO3BtAbvv-3aOIwEvvWzgLU"},
		{1000, count(500, 55), "OAbh4OKSH3UAplgPok8_sz0C54IabPrOD4HR7-WyUZI"},
		{1000, count(1000, 1), "vC09PBIQ9EstpEGqnvkCyy-xvLnFj_WtCwEmJ0u64AE"},
		{1000, count(1000, 2), "WIBSlunwMJPdsJtA-_IszS8TrsN39s1VTPBbgEEtDFI"},
		{1000, count(1000, 5), "xOyQIKpbFfUifGbAAMh-YYNCLGOMgtdLItu-UHb5tF0"},
		{1000, count(1000, 99), "Awsf2iRisVKjbkFBLliw4KM3xyfctH4SCe5s8-SltiM"},
		{1000, make([]byte, 1000), "rJL4lspyN0zWTbMDnPGLIJSPbLBeCplfOuyIm05AhdU"},
		{1000, bytes.Repeat([]byte{255}, 1000), "8mzGoDlAnqk6s5W2teu28iilOet8TJ_8O4Mwc2jQMkE"},
		{1000, count(1024, 1024), "Y7I3MQ2INptonwwvnMInAO8PTxIzVI1Haqrwmv06h5c"},
		{1000, count(4096, 4096), "hxwiGUrFX3dLC6I_zpMq8XBUpA1iT_RK_q2Tf1b3f6s"},
		{1000, count(5000, 77), "Xv-WEizkm0ZowfMHxhBd4o-xfCyODJj2TgsUOX2EPPU"},
		{1000, count(10000, 42), "DT8sosEzCz5bWLenUKGdt7j5zmIvlw5snOECpXQViII"},
		{1000, count(100000, 123), "5mAQjSq3hwcpxdqrIPL9ACnCJuTNt3fS_E6TCOZQntM"},
	}
	eachEngine(t, func(t *testing.T, on engine) {
		for i, g := range golden {
			if testing.Short() && i%6 != 0 {
				continue
			}
			e, err := newEncoder(g.n, on)
			if err != nil {
				t.Fatal(err)
			}
			m, err := e.Metadata(g.blob)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, fmt.Sprintf("blob ID of %d bytes", len(g.blob)), m.BlobID().String(), g.id)
		}
	})
}

// djb2 is the short hash that MystenLabs/ts-sdks' tests print.
func djb2(b []byte) string {
	h := uint32(5381)
	for _, c := range b {
		h = h*33 + uint32(c)
	}
	return fmt.Sprintf("%08x", h)
}

func TestGoldenBytes(t *testing.T) {
	eachEngine(t, func(t *testing.T, on engine) {
		e, err := newEncoder(1000, on)
		if err != nil {
			t.Fatal(err)
		}
		m, err := e.Metadata(count(5000, 77))
		if err != nil {
			t.Fatal(err)
		}
		root := m.RootHash()
		equal(t, "root hash", djb2(root[:]), "49c62b52")
		_, pairs, err := e.Encode(count(500, 55))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "primary 0", djb2(pairs[0].Primary.MarshalBCS()), "041b81c1")
		equal(t, "primary 1", djb2(pairs[1].Primary.MarshalBCS()), "c940b2e8")
	})
}

func TestMatrix(t *testing.T) {
	e, err := NewEncoder(4) // 2 rows, 3 columns
	if err != nil {
		t.Fatal(err)
	}
	x, err := e.Expand(count(11, 1))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "row 1", hex.EncodeToString(x.Pair(1).Primary.Data), "0708090a0b00")
	equal(t, "column 2", hex.EncodeToString(x.Pair(1).Secondary.Data), "05060b00")
}
