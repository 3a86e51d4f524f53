package native

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// definition names a definition of @mysten/walrus and bytes to read with it.
type definition struct {
	Module string `json:"module"`
	Name   string `json:"name"`
	BCS    string `json:"bcs"`
}

// TestOfficialDefinitionsReadOurObjects has Walrus' own client parse every kind
// of object that it knows, and write it again to the same bytes.
func TestOfficialDefinitionsReadOurObjects(t *testing.T) {
	modules := requireNode(t)
	w, objects := testObjects(t)
	epoch := uint32(2)
	blob := &Blob{ID: suitx.Address{1}, RegisteredEpoch: 1, BlobID: [32]byte{2}, Size: 3, Encoding: 1, CertifiedEpoch: &epoch,
		Storage: Storage{ID: suitx.Address{4}, Start: 5, End: 6, Size: 7}, Deletable: true}
	all := []definition{
		{"blob", "Blob", hexOf(blob)},
		{"storage_resource", "Storage", hexOf(&blob.Storage)},
		{"metadata", "Metadata", hexOf(&vecMap{Entries: []vecMapEntry{{"k", "v"}}})},
	}
	known := map[string]string{"System": "system", "Staking": "staking", "StakingPool": "staking_pool",
		"SystemStateInnerV1": "system_state_inner", "StakingInnerV1": "staking_inner"}
	for _, o := range objects {
		name, contents := o.Type.Name, o.Contents
		if name == "Field" && o.Type.Params[1].Kind == suitx.TypeStruct && len(contents) > 40 {
			name, contents = o.Type.Params[1].Struct.Name, contents[40:] // after id and version
		}
		if module, ok := known[name]; ok {
			all = append(all, definition{module, name, hex.EncodeToString(contents)})
		}
	}
	if len(all) != 3+4+len(testGenesis(t).Nodes) {
		t.Fatalf("%d objects to read", len(all))
	}
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join("testdata", "parse.mjs"), modules)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("couldn't read them: %v", err)
	}
	for _, want := range []string{`"package_id":"` + suitx.Address(w.IDs.WalrusPackage).String() + `"`,
		`"n_shards":13`, `"length":53`, `"current_index":1`, `"network_address":"127.0.0.1:1/node/0"`,
		`"certified_epoch":2`, `"commission_rate":6000`, `"storage_price_per_unit_size":"100000"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s isn't in %.3000s", want, out)
		}
	}
}

func hexOf(v move.Value) string { return hex.EncodeToString(move.Marshal(v)) }

// requireNode returns node_modules with the official clients, or skips the test.
func requireNode(t *testing.T) string {
	t.Helper()
	modules, err := filepath.Abs(filepath.Join("..", "..", "..", ".ci", "node_modules"))
	if err == nil {
		_, err = os.Stat(filepath.Join(modules, "@mysten", "walrus"))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return modules
	}
	if strings.Contains(","+os.Getenv("FLOE_REQUIRE")+",", ",node,") {
		t.Fatalf("FLOE_REQUIRE=node, but: %v; hint: cd .ci && npm ci", err)
	}
	t.Skip("LOUD: needs node and .ci/node_modules (cd .ci && npm ci); FLOE_REQUIRE=node makes this a failure")
	return ""
}
