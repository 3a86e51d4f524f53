package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"floe/codec"
)

// The embedded network isn't a mock: Walrus' own client reads what the relay
// stored, writes a blob itself, and the relay reads that.
func TestMystenWalrusClient(t *testing.T) {
	t.Parallel()
	ci := requireNode(t, "@mysten/walrus")
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	c := v.pack(sealed(70_000))
	v.send([]byte("grant"), c)
	sum := sha256.Sum256(c.data)
	input, err := json.Marshal(map[string]string{
		"url": d.base, "system": v.net.SystemObjectID, "staking": v.net.StakingObjectID,
		"blobId": c.id.String(), "sha256": hex.EncodeToString(sum[:]),
	})
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.Open(filepath.Join("testdata", "walrus.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = ci, script, os.Stderr
	cmd.Env = append(os.Environ(), "WALRUS_INPUT="+string(input))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	var written struct{ BlobID, ObjectID, SHA256 string }
	if err := json.Unmarshal(out, &written); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	id, err := codec.ParseBlobID(written.BlobID)
	if err != nil {
		t.Fatal(err)
	}
	if got := sha256.Sum256(v.readAny(id)); hex.EncodeToString(got[:]) != written.SHA256 {
		t.Error("the relay reads something else than the client wrote")
	}
}

// requireNode returns .ci, which holds an npm package's node_modules, or skips
// loudly, or fails where FLOE_REQUIRE asks for node.
func requireNode(t *testing.T, pkg string) string {
	t.Helper()
	ci := filepath.Join(root(t), ".ci")
	_, err := os.Stat(filepath.Join(ci, "node_modules", filepath.FromSlash(pkg)))
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return ci
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), "node") {
		t.Fatalf("node is required: %v", err)
	}
	t.Skipf("LOUD: needs node and %s (%v); hint: npm ci in .ci; FLOE_REQUIRE=node makes this a failure", pkg, err)
	return ""
}
