package official_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestOutage(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	f := ownFloed(t, t.TempDir())
	runScript(t, ci, "outage", f.input(t), nil)
}

func TestFewShards(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	f := ownFloed(t, t.TempDir(), "-nodes", "5", "-shards", "10")
	runScript(t, ci, "shards", f.input(t), map[string]any{"sizes": []int{1, 1000, 300_000}, "down": 3})
}

// As many shards as Walrus has, held by fewer nodes.
func TestManyShards(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	f := ownFloed(t, t.TempDir(), "-nodes", "20", "-shards", "1000")
	runScript(t, ci, "shards", f.input(t), map[string]any{"sizes": []int{20_000}})
}

func TestEpochs(t *testing.T) {
	t.Parallel()
	needsTime(t)
	ci := requireNode(t)
	address := freeAddress(t)
	data := t.TempDir()
	begin(t, data, address, 6*time.Second)
	f := ownFloed(t, data, "-listen", address)
	runScript(t, ci, "epochs", f.input(t), nil)
}

// begin writes how the network in a data directory began, as floed does: where
// its nodes are reached and how long its epochs are.
func begin(t *testing.T, data, host string, epoch time.Duration) {
	t.Helper()
	b, err := json.Marshal(map[string]any{
		"Nodes": 13, "Shards": 104, "Host": host, "Start": time.Now().UTC().Truncate(time.Millisecond),
		"EpochDurationMS": epoch.Milliseconds(), "StoragePrice": 100_000, "WritePrice": 20_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "network.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// freeAddress is one that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
