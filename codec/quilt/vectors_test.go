package quilt

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
)

// vector is a case with what @mysten/walrus 1.2.13 made of it.
type vector struct {
	quiltCase
	Want answer `json:"want"`
}

const vectorsFile = "testdata/vectors.json"

// TestVectors compares with what the official encoder made when the vectors
// were recorded, also where there is no Node.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 10 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		v.Want.check(t, v.quiltCase)
	}
}

// TestWalrusOwnVector is the one in Walrus' own tests, whose hash is h·33 + byte.
func TestWalrusOwnVector(t *testing.T) {
	blob, index, err := Encode([]File{{Identifier: "test-blob", Data: pattern(1000, 42)}}, params(t, 1000))
	if err != nil {
		t.Fatal(err)
	}
	hash := uint32(5381)
	for _, b := range blob {
		hash = hash*33 + uint32(b)
	}
	if len(blob) != 445_556 || index[0].Start != 1 || index[0].End != 3 || hash != 0x73b40ec0 {
		t.Errorf("%d bytes, columns %d to %d, hash %x", len(blob), index[0].Start, index[0].End, hash)
	}
}

// TestRecordVectors writes the vectors anew when FLOE_RECORD is set.
func TestRecordVectors(t *testing.T) {
	ci := requireNode(t)
	r := rand.New(rand.NewPCG(3, 5))
	var cases []quiltCase
	for len(cases) < 12 {
		c := randomCase(r)
		size := 0
		for _, f := range c.Files {
			size += len(f.Data)
		}
		if size < 8000 {
			cases = append(cases, c)
		}
	}
	cases = append(cases, quiltCase{NShards: 1000, Files: []caseFile{{Identifier: "test-blob", Data: pattern(1000, 42)}}})
	var vectors []vector
	for i, a := range official(t, ci, cases) {
		a.check(t, cases[i])
		vectors = append(vectors, vector{cases[i], a})
	}
	if os.Getenv("FLOE_RECORD") == "" {
		return
	}
	b, err := json.MarshalIndent(vectors, "", " ")
	if err == nil {
		err = os.WriteFile(vectorsFile, append(b, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
