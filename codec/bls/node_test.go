package bls

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Walrus' own BLS takes our signatures and makes the same aggregate.
func TestAgreesWithWalrusWASM(t *testing.T) {
	ci := requireNode(t)
	msg := Confirmation{Epoch: 2, BlobID: [32]byte{3}, Deletable: true, ObjectID: [32]byte{4}}.Marshal()
	_, pubs, sigs := signers(t, 5, msg)
	agg, err := Aggregate(sigs)
	if err != nil {
		t.Fatal(err)
	}
	in := struct {
		Message    string   `json:"message"`
		Keys       []string `json:"keys"`
		Signatures []string `json:"signatures"`
		Aggregate  string   `json:"aggregate"`
	}{Message: hex.EncodeToString(msg), Aggregate: hex.EncodeToString(agg)}
	for i := range pubs {
		long := pubs[i].Uncompressed()
		in.Keys = append(in.Keys, hex.EncodeToString(long[:]))
		in.Signatures = append(in.Signatures, hex.EncodeToString(sigs[i]))
	}
	var out struct {
		Each      []bool
		Swapped   bool
		Aggregate string
		Verified  bool
	}
	runNode(t, ci, "testdata/walruswasm.mjs", in, &out)
	for i, ok := range out.Each {
		if !ok {
			t.Errorf("walrus-wasm refuses signature %d", i)
		}
	}
	if out.Swapped || !out.Verified || out.Aggregate != hex.EncodeToString(agg) {
		t.Errorf("walrus-wasm says %+v", out)
	}
}

func runNode(t *testing.T, ci, script string, in, out any) {
	t.Helper()
	input := filepath.Join(t.TempDir(), "input.json")
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(input, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(script)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = ci, f, os.Stderr
	cmd.Env = append(os.Environ(), "BLS_INPUT="+input)
	b, err = cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
}

// requireNode returns the folder .ci with its node_modules.
func requireNode(t *testing.T) string {
	t.Helper()
	_, missing := exec.LookPath("node")
	dir, _ := filepath.Abs(".")
	for !exists(filepath.Join(dir, "go.mod")) && dir != "/" {
		dir = filepath.Dir(dir)
	}
	ci := filepath.Join(dir, ".ci")
	if missing == nil && exists(filepath.Join(ci, "node_modules", "@mysten")) {
		return ci
	}
	msg := "LOUD: needs node and .ci/node_modules (cd .ci && npm ci); FLOE_REQUIRE=node makes this a failure"
	if strings.Contains(os.Getenv("FLOE_REQUIRE"), "node") {
		t.Fatal(msg)
	}
	t.Skip(msg)
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
