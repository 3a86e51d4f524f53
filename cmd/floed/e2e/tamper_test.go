package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/crypto"
)

// TestTamperedDisks: four of thirteen nodes, among those that a healthy read
// asks, come back with spoilt disks, each in another way. Whoever opens the
// files gets them right, and the log says whose disk it was.
func TestTamperedDisks(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	alice := newPerson(t, d.base)
	files := tree{"harbour.bin": noise(1<<20, 60), "photos/dawn.txt": []byte("a folder keeps its path\n"), "empty.dat": {}}
	link := alice.send(files)
	whole, err := crypto.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	blobs, _ := onLedger(t, d.base, whole.Parcel)
	id, err := codec.ParseBlobID(blobs[0])
	if err != nil || len(blobs) != 1 {
		t.Fatalf("%d blobs: %v", len(blobs), err)
	}
	asked := systematicNodes(id)
	rotten, lying, mixed, crumbling := asked[0], asked[1], asked[2], asked[3]

	d.kill()
	rot(t, d.sliverFile(rotten, id), "*", 500)
	d.lieOnDisk(lying, id)
	d.spoilMetadata(mixed)
	rot(t, d.sliverFile(mixed, id), "*", 20_000)
	rot(t, d.nodeDisk(crumbling), "*.[ls][os][gt]", 1000) // *.log, *.sst: the records
	d.start()

	t.Run("metadata", func(t *testing.T) { // asked of whoever comes first, so that only one is left
		for node := range 13 {
			if node != mixed {
				d.node(node, "stop")
			}
		}
		body := strings.NewReader(fmt.Sprintf(`{"blob_id":%q,"metadata":true}`, id))
		res, err := http.Post(d.base+"/api/v1/read", "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 503 {
			t.Errorf("spoilt metadata: %s, want 503", res.Status)
		}
		for node := range 13 {
			if node != mixed {
				d.node(node, "start")
			}
		}
		d.waitLog(10*time.Second, "a node couldn't give metadata", fmt.Sprintf("node=%d ", mixed))
	})
	t.Run("floe", func(t *testing.T) {
		sameFiles(t, newPerson(t, d.base).open(link), files.hashes())
	})
	t.Run("page", func(t *testing.T) {
		p := startProfile(t)
		p.visit(d.base, link)
		sameFiles(t, p.saveAll(time.Minute), files.hashes())
		p.noProblems()
	})
	d.waitLog(10*time.Second, "a node couldn't give a sliver", fmt.Sprintf("node=%d ", rotten))
	d.waitLog(10*time.Second, "a node gave a wrong sliver", fmt.Sprintf("node=%d ", lying))
	for node := range 13 {
		if strings.Contains(d.log.String(), fmt.Sprintf(`"a node gave a wrong sliver" node=%d `, node)) && node != lying {
			t.Errorf("node %d is blamed for another's lie", node)
		}
	}
	// What a node knows to be damaged it gets back from the others.
	d.waitLog(30*time.Second, "msg=healed", fmt.Sprintf("node=%d ", rotten))
	d.waitLog(30*time.Second, "msg=healed", fmt.Sprintf("node=%d ", mixed))
}

// systematicNodes lists the nodes whose primary slivers are the blob's own
// bytes, in order.
func systematicNodes(id codec.BlobID) (nodes []int) {
	const shards, perNode = 104, 8
	for pair := range shards - 2*((shards-1)/3) {
		if node := codec.ShardOf(id, pair, shards) / perNode; !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// waitLog waits for a line of floed's log that holds all of words.
func (d *daemon) waitLog(within time.Duration, words ...string) {
	d.t.Helper()
	deadline := time.Now().Add(within)
	for {
		for line := range strings.Lines(d.log.String()) {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
				return
			}
		}
		if time.Now().After(deadline) {
			d.t.Errorf("the log has no line with %q after %v:\n%s", words, within, d.log)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// TestTamperedGrantOnDisk: a ledger has no second copy of a grant, so that one
// parcel is lost with it. What is shown instead is refused, and other parcels
// open as before.
func TestTamperedGrantOnDisk(t *testing.T) {
	t.Parallel()
	d := startDaemon(t)
	alice := newPerson(t, d.base)
	files := tree{"letter.txt": []byte("Dear reader,\n"), "empty.dat": {}}
	spoilt, fine := alice.send(files), alice.send(files)
	whole, err := crypto.ParseLink(spoilt)
	if err != nil {
		t.Fatal(err)
	}
	_, grants := onLedger(t, d.base, whole.Parcel)
	d.kill()
	d.spoilGrants(grants)
	d.start()

	p := startProfile(t)
	p.visit(d.base, spoilt)
	t.Logf("the page says: %s", p.waitText(id("error"), "This server said something untrue.", time.Minute))
	newPerson(t, d.base).caught(t, spoilt)
	p.visit(d.base, fine)
	sameFiles(t, p.saveAll(time.Minute), files.hashes())
	p.noProblems()
}

// caught wants floe open to refuse what a server shows as a lie.
func (p *person) caught(t *testing.T, link string) {
	t.Helper()
	_, complaint, code := p.try("open", "-wait", "1s", "-o", t.TempDir(), link)
	if code != 5 || !strings.Contains(complaint, "Don't trust what it shows") {
		t.Errorf("exit status %d and %q, want 5", code, complaint)
	}
}
