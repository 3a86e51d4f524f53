//go:build !js

package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec/kernel"
)

// officialCase is what testdata/official.mjs is asked, officialResult what it
// answers.
type officialCase struct {
	N    int    `json:"n"`
	Seed uint32 `json:"seed"`
	Size int    `json:"size"`
}

type officialResult struct {
	BlobID    string  `json:"blob_id"`
	RootHash  string  `json:"root_hash"`
	Metadata  string  `json:"metadata"`
	Primary   string  `json:"primary"`
	Secondary string  `json:"secondary"`
	Millis    float64 `json:"ms"`
}

// TestOfficialEncoder compares with @mysten/walrus-wasm, unmodified, run in
// Node: other numbers of shards and sizes each time.
func TestOfficialEncoder(t *testing.T) {
	ci := requireNode(t)
	cases := randomCases(rand.Uint64())
	if testing.Short() {
		cases = cases[2:9] // of no more than 133 shards: all of them take the race detector a minute
	}
	results := askOfficial(t, ci, cases)
	eachEngine(t, func(t *testing.T, on engine) {
		for i, c := range cases {
			t.Run(fmt.Sprintf("n=%d/size=%d/seed=%d", c.N, c.Size, c.Seed), func(t *testing.T) {
				c.compare(t, on, results[i])
			})
		}
	})
}

// randomCases draws numbers of shards all over the range, and sizes from none
// to symbols of several blocks.
func randomCases(seed uint64) []officialCase {
	random := rand.New(rand.NewPCG(seed, 0))
	cases := []officialCase{{N: 104, Seed: uint32(seed), Size: 16 << 20}}
	for i := range 40 {
		n := MinShards + random.IntN(130)
		if i%8 == 0 {
			n = MinShards + random.IntN(1000-MinShards+1)
		}
		p, err := NewParams(n)
		if err != nil {
			panic(err)
		}
		symbols := p.Primary * p.Secondary
		size := random.IntN(2*symbols + 1)
		if n < 300 {
			size = random.IntN([]int{10, 70, 300}[random.IntN(3)] * symbols)
		}
		cases = append(cases, officialCase{N: n, Seed: random.Uint32(), Size: size})
	}
	return cases
}

func askOfficial(t *testing.T, ci string, cases []officialCase) []officialResult {
	t.Helper()
	var in bytes.Buffer
	for _, c := range cases {
		if err := json.NewEncoder(&in).Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", "testdata/official.mjs", ci)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("official encoder: %v\n%s", err, &stderr)
	}
	var results []officialResult
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var r officialResult
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
	}
	if len(results) != len(cases) {
		t.Fatalf("%d results for %d cases", len(results), len(cases))
	}
	t.Logf("official encoder, n = %d, %d bytes: %.0f ms", cases[0].N, cases[0].Size, results[0].Millis)
	return results
}

func (c *officialCase) compare(t *testing.T, on engine, want officialResult) {
	e, err := newEncoder(c.N, on)
	if err != nil {
		t.Fatal(err)
	}
	m, pairs, err := e.Encode(testBlob(c.Seed, c.Size))
	if err != nil {
		t.Fatal(err)
	}
	var primary, secondary [][]byte
	for _, p := range pairs {
		primary = append(primary, p.Primary.MarshalBCS())
		secondary = append(secondary, p.Secondary.MarshalBCS())
	}
	equal(t, "blob ID", m.BlobID().String(), want.BlobID)
	equal(t, "root hash", m.RootHash().String(), want.RootHash)
	equal(t, "metadata", sha(m.MarshalBCS()), want.Metadata)
	equal(t, "primary slivers", sha(primary...), want.Primary)
	equal(t, "secondary slivers", sha(secondary...), want.Secondary)
}

// TestInWebAssembly runs this package's tests as the page runs the package, with
// the kernel and without.
func TestInWebAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	requireNode(t)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program, vectors := filepath.Join(dir, "codec.wasm"), filepath.Join(dir, "kernel.wasm")
	if err := os.WriteFile(vectors, kernel.Module(), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-c", "-o", program, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wasmExec := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	runner := filepath.Join("testdata", "exec.mjs")
	for name, file := range map[string]string{"kernel": vectors, "Go alone": "-"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command("node", "--stack-size=8192", runner, wasmExec, file, program, "-test.short", "-test.v", "-test.run", "Test").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if want := fmt.Sprintf("kernel: %v", file != "-"); !strings.Contains(string(out), want) {
				t.Errorf("no line %q in\n%s", want, out)
			}
		})
	}
}

// TestWebAssemblyLinks keeps out of the page what only native builds need.
func TestWebAssemblyLinks(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "floe/codec") {
		t.Fatalf("no dependencies: %s", out)
	}
	for _, bad := range []string{"klauspost", "golang.org/x/crypto", "net/http"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("%s is linked into WebAssembly", bad)
		}
	}
}

// requireNode returns the folder that holds node_modules with the official
// encoder, or skips the test.
func requireNode(t *testing.T) string {
	t.Helper()
	ci := filepath.Join("..", ".ci")
	_, err := os.Stat(filepath.Join(ci, "node_modules", "@mysten", "walrus-wasm"))
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return ci
	}
	if strings.Contains(","+os.Getenv("FLOE_REQUIRE")+",", ",node,") {
		t.Fatalf("FLOE_REQUIRE=node, but: %v; hint: cd .ci && npm ci", err)
	}
	t.Skip("LOUD: needs node and .ci/node_modules (cd .ci && npm ci); FLOE_REQUIRE=node makes this a failure")
	return ""
}
