package official_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// What the client calls is what its trace says, operation by operation:
// testdata/calls/<operation>.txt.
func TestCalls(t *testing.T) {
	t.Parallel()
	ci := requireNode(t)
	r := newRecorder(t)
	data := t.TempDir()
	begin(t, data, r.host(), 24*time.Hour) // so that nodes are reached through the recorder
	f := ownFloed(t, data, "-upload-relay", "local", "-daemon-listen", "127.0.0.1:0", "-tip", "const:5000", "-tip-address", tipAddress)
	var err error
	if r.target, err = url.Parse(f.base); err != nil {
		t.Fatal(err)
	}
	if r.relay, err = url.Parse(f.relay); err != nil {
		t.Fatal(err)
	}
	input := f.input(t)
	input["url"] = r.URL
	known := networkNames()
	for _, said := range runScript(t, ci, "calls", input, nil) {
		id, name, _ := strings.Cut(said, " ")
		known[id] = name
	}
	compared := 0
	for _, operation := range r.begun {
		if operation == "unlisted" {
			continue
		}
		compared++
		t.Run(operation, func(t *testing.T) {
			golden, err := os.ReadFile(filepath.Join("testdata", "calls", operation+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := known.read(r.calls[operation])
			if err != nil {
				t.Fatal(err)
			}
			if err := compare(string(golden), got); err != nil {
				t.Errorf("%v\nrecorded:\n%s", err, listing(got))
			}
		})
	}
	if lists, _ := filepath.Glob(filepath.Join("testdata", "calls", "*.txt")); len(lists) != compared {
		t.Errorf("%d operations were recorded, %d are listed", compared, len(lists))
	}
}

// networkNames are the names of what every network has.
func networkNames() names {
	ids, _ := api.Networks(api.Local)
	u64, version := suitx.TypeTag{Kind: suitx.TypeU64}, []byte{3, 0, 0, 0, 0, 0, 0, 0}
	n := names{
		suitx.Address(ids.System).String():                                      "System",
		suitx.Address(ids.Staking).String():                                     "Staking",
		suitx.DynamicFieldID(suitx.Address(ids.System), u64, version).String():  "field(System,version)",
		suitx.DynamicFieldID(suitx.Address(ids.Staking), u64, version).String(): "field(Staking,version)",
		suitx.Address(ids.WalrusPackage).String():                               "walrus",
		suitx.Address(ids.WALPackage).String():                                  "wal",
	}
	for i := range 13 {
		n[suitx.Address(api.EmbeddedPool(i)).String()] = "pool"
	}
	return n
}
