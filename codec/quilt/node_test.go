package quilt

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"floe/codec"
)

// quiltCase is what goes to testdata/quilts.mjs, answer what comes back.
type quiltCase struct {
	NShards int        `json:"nShards"`
	Files   []caseFile `json:"files"`
}

type caseFile struct {
	Identifier string            `json:"identifier"`
	Tags       map[string]string `json:"tags,omitempty"`
	Data       []byte            `json:"data"`
}

type answer struct {
	SHA256  string `json:"sha256"`
	Size    int    `json:"size"`
	Patches []struct {
		Identifier string `json:"identifier"`
		Start      uint16 `json:"start"`
		End        uint16 `json:"end"`
		ID         string `json:"id"`
	} `json:"patches"`
	Error string `json:"error"`
}

func (c quiltCase) files() (files []File) {
	for _, f := range c.Files {
		files = append(files, File(f))
	}
	return files
}

// check compares what we make of a case with what they did.
func (a answer) check(t *testing.T, c quiltCase) {
	t.Helper()
	p, err := codec.NewParams(c.NShards)
	if err != nil {
		t.Fatal(err)
	}
	blob, index, err := Encode(c.files(), p)
	if (err != nil) != (a.Error != "") {
		t.Fatalf("%d files at n = %d: we say %v, they say %q", len(c.Files), c.NShards, err, a.Error)
	}
	if err != nil {
		return
	}
	if sum := sha256.Sum256(blob); hex.EncodeToString(sum[:]) != a.SHA256 || len(blob) != a.Size {
		t.Errorf("%d files at n = %d: %d bytes of hash %x, they have %d of %s", len(c.Files), c.NShards, len(blob), sum, a.Size, a.SHA256)
	}
	quilt, err := codec.ParseBlobID("OTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if err != nil || len(index) != len(a.Patches) {
		t.Fatalf("%d patches, they have %d: %v", len(index), len(a.Patches), err)
	}
	for i, want := range a.Patches {
		got := index[i]
		if got.Identifier != want.Identifier || got.Start != want.Start || got.End != want.End {
			t.Errorf("patch %d is %q, columns %d to %d; they have %q, %d to %d", i, got.Identifier, got.Start, got.End, want.Identifier, want.Start, want.End)
		}
		if id := (PatchID{quilt, got.Start, got.End}); id.String() != want.ID {
			t.Errorf("patch ID %s, they have %s", id, want.ID)
		} else if back, err := ParsePatchID(want.ID); err != nil || back != id {
			t.Errorf("ParsePatchID gives %v: %v", back, err)
		}
	}
}

// Letters that identifiers and tags are made of: of all lengths in UTF-8.
var letters = []string{"a", "B", "7", "-", ".", "é", "ß", "水", "🦭", "/", "_", " x"}

func word(r *rand.Rand, most int) string {
	var b strings.Builder
	for range 1 + r.IntN(most) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func randomCase(r *rand.Rand) quiltCase {
	shards := []int{4, 7, 10, 31, 100, 104, 1000}
	c := quiltCase{NShards: shards[r.IntN(len(shards))]}
	p, _ := codec.NewParams(c.NShards)
	most := []int{10, 1000, 30_000}[r.IntN(3)]
	seen := make(map[string]bool)
	for range 1 + r.IntN(min(p.Secondary, 60)) {
		f := caseFile{Identifier: word(r, 12), Data: make([]byte, r.IntN(most))}
		if seen[f.Identifier] {
			continue
		}
		seen[f.Identifier] = true
		for i := range f.Data {
			f.Data[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 {
			f.Tags = make(map[string]string)
			for range r.IntN(5) {
				f.Tags[word(r, 8)] = word(r, 20)
			}
		}
		c.Files = append(c.Files, f)
	}
	return c
}

// edgeCases are those in which little is left of a bound.
func edgeCases() []quiltCase {
	many := quiltCase{NShards: 1000}
	for i := range 666 {
		many.Files = append(many.Files, caseFile{Identifier: fmt.Sprintf("file-%d", i), Data: bytes.Repeat([]byte{byte(i)}, i)})
	}
	tooMany := quiltCase{NShards: 10}
	for i := range 7 {
		tooMany.Files = append(tooMany.Files, caseFile{Identifier: fmt.Sprint(i), Data: []byte{1}})
	}
	return []quiltCase{
		many,
		tooMany,
		{NShards: 1000, Files: []caseFile{{Identifier: "test-blob", Data: pattern(1000, 42)}}},
		{NShards: 10, Files: []caseFile{{Identifier: strings.Repeat("long", 15_000), Data: []byte{}}}},
		{NShards: 10, Files: []caseFile{{Identifier: "empty", Data: []byte{}}}},
		{NShards: 4, Files: []caseFile{{Identifier: "big", Data: make([]byte, 500_000)}}},
		{NShards: 10, Files: []caseFile{{Identifier: "tags", Tags: map[string]string{"k": strings.Repeat("v", 60_000), "10": "b", "9": "a", "long key": ""}, Data: []byte{1}}}},
		{NShards: 10, Files: []caseFile{{Identifier: "a", Data: []byte{1}}, {Identifier: "a", Data: []byte{2}}}},
	}
}

// pattern is data(size, seed) of Walrus' own vectors.
func pattern(n, seed int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + seed)
	}
	return b
}

// TestOfficialEncoder has @mysten/walrus encode the same files: byte for byte
// the same quilts come out.
func TestOfficialEncoder(t *testing.T) {
	ci := requireNode(t)
	r := rand.New(rand.NewPCG(1, uint64(os.Getpid())))
	t.Logf("seed %d", os.Getpid())
	cases := edgeCases()
	for range 120 {
		cases = append(cases, randomCase(r))
	}
	for i, a := range official(t, ci, cases) {
		a.check(t, cases[i])
	}
}

func official(t *testing.T, ci string, cases []quiltCase) (answers []answer) {
	t.Helper()
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "quilts.json")
	if err := os.WriteFile(path, in, 0o600); err != nil {
		t.Fatal(err)
	}
	script, err := os.Open("testdata/quilts.mjs")
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr, cmd.Env = ci, script, os.Stderr, append(os.Environ(), "QUILTS="+path)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatalf("%v: %s", err, lines.Bytes())
		}
		answers = append(answers, a)
	}
	if len(answers) != len(cases) {
		t.Fatalf("%d answers to %d cases", len(answers), len(cases))
	}
	return answers
}

// requireNode returns .ci, which holds @mysten/walrus, or skips loudly, or
// fails where FLOE_REQUIRE asks for node.
func requireNode(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, gone := os.Stat(filepath.Join(dir, "go.mod")); gone == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	ci := filepath.Join(dir, ".ci")
	_, err = os.Stat(filepath.Join(ci, "node_modules", "@mysten", "walrus"))
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return ci
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatalf("node is required: %v", err)
	}
	t.Skipf("LOUD: needs node and @mysten/walrus (%v); hint: npm ci in .ci; FLOE_REQUIRE=node makes this a failure", err)
	return ""
}
