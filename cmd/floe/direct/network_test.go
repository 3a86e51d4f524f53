package direct

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
	"floe/wasm/client"
)

// network is an embedded network in a process of its own, without a relay.
type network struct {
	url   string
	place api.Place
	payer ed25519.PrivateKey
}

func newNetwork(t *testing.T, epoch time.Duration) *network {
	t.Helper()
	binary, data := filepath.Join(t.TempDir(), "floed"), t.TempDir()
	build := exec.Command("go", "build", "-o", binary, "floe/cmd/floed")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("couldn't build floed: %v\n%s", err, out)
	}
	cmd := exec.Command(binary, "-relay=false", "-listen", begin(t, data, epoch), "-data", data)
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	n := &network{payer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}
	lines := bufio.NewScanner(stdout)
	for n.url == "" && lines.Scan() {
		_, n.url, _ = strings.Cut(lines.Text(), "floe: ready at ")
	}
	if n.url == "" {
		t.Fatalf("floed ended before it was ready:\n%s", &log)
	}
	go io.Copy(io.Discard, stdout)
	n.place, _ = api.Places(api.Local)
	n.place.Ledger = n.url
	return n
}

// begin writes how the network begins, as floed does, and returns where.
func begin(t *testing.T, data string, epoch time.Duration) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := json.Marshal(map[string]any{
		"Nodes": 13, "Shards": 104, "Host": l.Addr().String(), "Start": time.Now().UTC().Truncate(time.Millisecond),
		"EpochDurationMS": epoch.Milliseconds(), "StoragePrice": 100_000, "WritePrice": 20_000,
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(data, "network.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(l.Addr())
}

// TestEpochsPass: epochs begin while files are being sent; each is sent and can
// be opened all the same, by a reader who began before too.
func TestEpochsPass(t *testing.T) {
	t.Parallel()
	const epoch = 4 * time.Second
	n := newNetwork(t, epoch)
	n.fund(t, n.payer)
	sender, reader := n.open(t, Config{Payer: n.payer}), n.open(t, Config{})
	first, err := reader.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for began := time.Now(); time.Since(began) < 3*epoch; sent++ {
		time.Sleep(epoch / 50)
		data := bytes.Repeat([]byte{byte(sent)}, 100_000+sent)
		file := client.File{Path: "a.bin", Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
		s, err := sender.Send(t.Context(), client.SendRequest{Files: []client.File{file}, Seed: crypto.NewSeed(), Epochs: 50})
		if err != nil {
			t.Fatalf("parcel %d, %v after the beginning: %v", sent, time.Since(began), err)
		}
		if got, _, err := read(t, reader, s.Link.URL("floe:local")); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("parcel %d: %d bytes, %v", sent, len(got), err)
		}
	}
	last, err := reader.Network(t.Context())
	if err != nil || last.Epoch < first.Epoch+2 {
		t.Errorf("from epoch %d to %d: %v", first.Epoch, last.Epoch, err)
	}
	t.Logf("%d parcels in epochs %d to %d", sent, first.Epoch, last.Epoch)
}
