package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// The whole way over real parts: register, store, certify, create the parcel,
// read it back; with four of thirteen nodes down on sending, and after a
// SIGKILL with four others down on reading.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	if status, body := d.request("GET", api.PathHealth, "", nil); status != 200 {
		t.Fatalf("health: %d %s", status, body)
	}
	v := newTraveller(t, d)
	if v.net.SegmentSize != 16<<20 || v.net.NShards != 104 || len(v.net.Nodes) != 13 {
		t.Fatalf("network %+v", v.net)
	}
	for _, i := range []int{0, 4, 7, 12} {
		d.request("POST", fmt.Sprintf("/api/v1/nodes/%d/stop", i), "application/json", []byte("{}"))
	}
	grant := []byte("age-encryption.org/v1\nnot really")
	first, second := v.pack(sealed(3_000_000)), v.pack(sealed(100_000))
	began := time.Now()
	id := v.send(grant, first, second)
	t.Logf("3.1 MB to parcel: %v", time.Since(began).Round(time.Millisecond))
	if want := []int{0, 4, 7, 12}; !slices.Equal(first.cert.Missing, want) || first.cert.Weight != 72 {
		t.Errorf("certificate without %v and %d shards, want without %v", first.cert.Missing, first.cert.Weight, want)
	}

	d.kill()
	d.start()
	for _, i := range []int{1, 2, 3, 5} {
		d.request("POST", fmt.Sprintf("/api/v1/nodes/%d/stop", i), "application/json", []byte("{}"))
	}
	p, st := v.parcel(id)
	if len(st.Blobs) != 2 || st.Blobs[0].BlobID != first.id || st.Blobs[1].BlobID != second.id {
		t.Errorf("statement %+v", st)
	}
	if len(p.Grants) != 1 || !bytes.Equal(p.Grants[0].Grant, grant) {
		t.Errorf("grants %+v", p.Grants)
	}
	failed := v.readBack(first.id, first.data)
	for _, i := range []int{1, 2, 3, 5} {
		if !slices.Contains(failed, i) {
			t.Errorf("node %d isn't named", i)
		}
	}
	v.readBack(second.id, second.data)
	var n api.Network
	v.get(api.PathNetwork, &n)
	for i, up := range map[int]bool{1: false, 5: false, 6: true, 0: true} {
		if n.Nodes[i].Up != up {
			t.Errorf("node %d: up is %v", i, n.Nodes[i].Up)
		}
		if host := strings.TrimPrefix(d.base, "http://"); !strings.HasPrefix(n.Nodes[i].Address, host+"/node/") {
			t.Errorf("node %d is said to be at %s, floed is at %s", i, n.Nodes[i].Address, host)
		}
	}
	if took := d.interrupt(); took > 10*time.Second {
		t.Errorf("floed took %v to end", took)
	}
}

// A stopped node closes connections without an answer; what it held is there
// when it returns, and what it missed heals.
func TestStoppedNodeHealsWhatItMissed(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	d.request("POST", "/api/v1/nodes/3/stop", "application/json", []byte("{}"))
	if _, _, err := d.try("GET", "/node/3/v1/health", "", nil); err == nil {
		t.Error("a stopped node answers")
	}
	if status, _ := d.request("GET", "/node/4/v1/health", "", nil); status != 200 {
		t.Errorf("node 4: status %d", status)
	}
	c := v.pack(sealed(50_000))
	v.send([]byte("grant"), c)
	d.request("POST", "/api/v1/nodes/3/start", "application/json", []byte("{}"))
	pair := codec.PairOf(c.id, v.net.Nodes[3].Shards[0], v.net.NShards)
	path := fmt.Sprintf("/node/3/v1/blobs/%s/slivers/%d/primary", c.id, pair)
	for end := time.Now().Add(40 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if status, body := d.request("GET", path, "", nil); status == 200 {
			if !bytes.Equal(body, c.pairs[pair].Primary.MarshalBCS()) {
				t.Error("node 3 healed something else")
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal("node 3 still misses its sliver")
		}
	}
}

// Slivers that are damaged on disk are noticed, survived, and blamed on the
// node that holds them.
func TestDamagedStoreIsSurvived(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := startDaemon(t, data)
	v := newTraveller(t, d)
	c := v.pack(sealed(200_000))
	id := v.send([]byte("grant"), c)
	d.interrupt()
	damaged := 0
	err := filepath.WalkDir(filepath.Join(data, "nodes", "06", "slivers"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) == 0 {
			return err
		}
		for i := 0; i < len(b); i += 1000 {
			b[i] ^= 0x40
		}
		damaged++
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil || damaged == 0 {
		t.Fatalf("damaged %d files: %v", damaged, err)
	}
	d.start()
	v.parcel(id)
	if failed := v.readBack(c.id, c.data); !slices.Equal(failed, []int{6}) {
		t.Errorf("nodes %v are blamed, want node 6", failed)
	}
}

// What is sent to the relay twice, because an answer was lost, happens once.
func TestRetriesAreIdempotent(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	c := v.pack(sealed(10_000))
	v.register(c)
	was := c.object.Ref()
	v.register(c)
	if c.object.Ref() != was {
		t.Error("a second registration gave another object")
	}
	d.kill()
	d.start()
	v.register(c)
	if c.object.Ref() != was {
		t.Error("a registration after a restart gave another object")
	}
	v.store(c)
	for node, n := range v.store(c) {
		if n != 17 {
			t.Errorf("node %d acknowledges %d frames the second time", node, n)
		}
	}
	v.certify(c)
	req := v.signed(v.gas(v.parcelTx([]byte("grant"), c)))
	var one, two, three api.ExecuteResponse
	v.post(api.PathExecute, req, &one)
	v.post(api.PathExecute, req, &two)
	d.kill()
	d.start()
	v.post(api.PathExecute, req, &three)
	if one.Digest != three.Digest || !bytes.Equal(one.Effects, two.Effects) || !bytes.Equal(one.Effects, three.Effects) {
		t.Error("the same transaction had other effects")
	}
}

// Over the real ledger: what the sponsor refuses before it signs.
func TestSponsorOverTheRealLedger(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	c := v.pack(sealed(10_000))
	v.register(c)
	v.store(c)
	v.certify(c)
	refused := func(status int, what string, t2 *suitx.TransactionData) {
		t.Helper()
		if got, body := v.tryPost(api.PathGas, api.GasRequest{Transaction: t2.Marshal()}, nil); got != status {
			t.Errorf("%s: status %d, want %d: %s", what, got, status, body)
		}
	}
	forged := *c
	forged.cert.Signature = slices.Clone(c.cert.Signature)
	forged.cert.Signers = []byte{0xff, 0}
	refused(http.StatusUnprocessableEntity, "a certificate without a quorum", v.parcelTx([]byte("grant"), &forged))
	wrong := v.parcelTx([]byte("grant"), c)
	wrong.Inputs[1].Object.Ref.Version++
	refused(http.StatusConflict, "another version of the blob", wrong)
	drain := v.parcelTx([]byte("grant"), c)
	drain.Commands = append(drain.Commands, &suitx.SplitCoins{Coin: suitx.GasCoin, Amounts: []suitx.Argument{{Kind: suitx.ArgInput, Index: 0}}})
	refused(http.StatusForbidden, "splitting the gas coin", drain)

	// Two transactions of one sender over the same blob, signed at once: one is
	// executed, the other never reaches the ledger.
	one, two := v.signed(v.gas(v.parcelTx([]byte("a"), c))), v.signed(v.gas(v.parcelTx([]byte("b"), c)))
	statuses := make(chan int)
	for _, req := range []api.ExecuteRequest{one, two} {
		go func() {
			status, _ := v.tryPost(api.PathExecute, req, nil)
			statuses <- status
		}()
	}
	got := []int{<-statuses, <-statuses}
	slices.Sort(got)
	if got[0] != 200 || got[1] != 409 {
		t.Errorf("conflicting transactions got %v", got)
	}
}

// What floed holds in memory doesn't grow with what goes through it.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED with -short: the race detector, which runs the short tests, multiplies the memory that is measured here")
	}
	d := startDaemon(t, t.TempDir())
	v := newTraveller(t, d)
	const blobs = 6
	before := d.peakMemory()
	began := time.Now()
	for range blobs {
		c := v.pack(sealed(16 << 20))
		v.register(c)
		for node, n := range v.store(c) {
			if n != 17 {
				t.Errorf("node %d acknowledged %d frames", node, n)
			}
		}
		v.readBack(c.id, c.data)
	}
	peak := d.peakMemory()
	t.Logf("%d MiB of blobs (%d MiB of slivers) in %v; floed had %d MiB at the start and at most %d MiB", blobs*16, blobs*70, time.Since(began).Round(time.Second), before>>10, peak>>10)
	if peak > maxMemory>>10 {
		t.Errorf("floed had %d MiB in memory", peak>>10)
	}
}

const maxMemory = 512 << 20
