package server

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/server/api"
)

// sample is a blob with all that is made of it.
type sample struct {
	id    codec.BlobID
	data  []byte
	meta  *codec.Metadata
	pairs []codec.SliverPair
}

func encode(t *testing.T, data []byte) sample {
	t.Helper()
	enc, err := codec.NewEncoder(104)
	if err != nil {
		t.Fatal(err)
	}
	meta, pairs, err := enc.Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	return sample{meta.BlobID(), data, meta, pairs}
}

// ageLike is data that begins as an age file.
func ageLike(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	copy(b, ageIntro)
	return b
}

// frames are metadata and slivers of one node.
func (b sample) frames(com *api.Committee, node int) []api.Frame {
	out := []api.Frame{{Kind: api.FrameMetadata, BlobID: b.id, Body: b.meta.MarshalBCS()}}
	for _, shard := range com.Members[node].Shards {
		pair := codec.PairOf(b.id, shard, com.NShards)
		out = append(out,
			api.Frame{Kind: api.FramePrimary, Index: uint16(pair), BlobID: b.id, Body: b.pairs[pair].Primary.MarshalBCS()},
			api.Frame{Kind: api.FrameSecondary, Index: uint16(pair), BlobID: b.id, Body: b.pairs[pair].Secondary.MarshalBCS()})
	}
	return out
}

func marshal(frames []api.Frame) (b []byte) {
	for _, f := range frames {
		b = api.AppendFrame(b, f)
	}
	return b
}

func parse(t *testing.T, b []byte) (frames []api.Frame) {
	t.Helper()
	r := bytes.NewReader(b)
	for {
		f, err := api.ReadFrame(r, api.MaxBatch)
		if err == io.EOF {
			return frames
		}
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
}

// store posts frames to a node and returns how many acknowledgements had which status.
func (s *site) store(path string, frames []api.Frame) map[uint16]int {
	s.t.Helper()
	res, body := s.ask("POST", api.PathStore+path, marshal(frames))
	if res.StatusCode != 200 {
		s.t.Fatalf("store: status %d: %s", res.StatusCode, body)
	}
	count := make(map[uint16]int)
	for _, ack := range parse(s.t, body) {
		count[ack.Status]++
		if ack.Status/100 != 2 && len(ack.Body) == 0 {
			s.t.Errorf("status %d without a reason", ack.Status)
		}
	}
	return count
}

func TestStorePassesFramesOn(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(100_000))
	frames := b.frames(s.ledger.com, 5)
	if got := s.store("5", frames); got[201] != 17 || len(got) != 1 {
		t.Fatalf("acknowledged %v", got)
	}
	for _, f := range frames {
		if !bytes.Equal(s.nodes.held[keyOf(5, f)], f.Body) {
			t.Errorf("node 5 holds something else than it was sent: %d %d", f.Kind, f.Index)
		}
	}
	if got := s.store("5", frames); got[200] != 17 { // again, without asking
		t.Errorf("a second time: %v", got)
	}
	puts := s.nodes.puts
	if got := s.store("5?retry=1", frames); got[200] != 17 || s.nodes.puts != puts || s.nodes.asked != 17 {
		t.Errorf("a retry: %v, %d puts, %d questions", got, s.nodes.puts-puts, s.nodes.asked)
	}
	delete(s.nodes.held, keyOf(5, frames[3]))
	if got := s.store("5?retry=1", frames); got[200] != 16 || got[201] != 1 || s.nodes.puts != puts+1 {
		t.Errorf("a retry with one missing: %v", got)
	}
	if got := s.store("5", append(frames, api.Frame{Kind: api.FrameEnd})); got[200] != 17 {
		t.Errorf("with an end: %v", got)
	}
}

func TestStoreWaitsUntilTheNodeSawTheRegistration(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(1000))
	s.nodes.late = 2
	if got := s.store("0", b.frames(s.ledger.com, 0)); got[201] != 17 {
		t.Errorf("acknowledged %v", got)
	}
	s.nodes.late = 1 << 30
	b = encode(t, ageLike(1001))
	if got := s.store("0", b.frames(s.ledger.com, 0)[:1]); got[400] != 1 {
		t.Errorf("never registered: %v", got)
	}
}

func TestStoreNamesTheNodeThatDoesNotAnswer(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(1000))
	s.nodes.set(func(n *fakeNodes) { n.down[2] = true })
	if got := s.store("2", b.frames(s.ledger.com, 2)); got[502] != 17 {
		t.Errorf("acknowledged %v", got)
	}
	if s.health.up(2) {
		t.Error("node 2 counts as up")
	}
	s.nodes.set(func(n *fakeNodes) { n.down[2] = false })
	s.store("2", b.frames(s.ledger.com, 2))
	if !s.health.up(2) {
		t.Error("node 2 counts as down")
	}
}

func TestStoreRefuses(t *testing.T) {
	s := newSite(t)
	good := marshal(encode(t, ageLike(1000)).frames(s.ledger.com, 0)[:1])
	big := api.AppendFrame(nil, api.Frame{Kind: api.FramePrimary, Body: make([]byte, s.maxFrame+1)})
	for name, c := range map[string]struct {
		path   string
		body   []byte
		status int
	}{
		"no node":        {"13", good, 404},
		"no number":      {"x", good, 404},
		"negative":       {"-1", good, 404},
		"empty":          {"0", nil, 400},
		"cut header":     {"0", good[:20], 400},
		"cut body":       {"0", good[:200], 400},
		"unknown kind":   {"0", append([]byte{9}, good[1:]...), 400},
		"too large":      {"0", make([]byte, api.MaxBatch+1), 413},
		"too large body": {"0", big, 400},
	} {
		res, body := s.ask("POST", api.PathStore+c.path, c.body)
		if res.StatusCode != c.status {
			t.Errorf("%s: status %d: %s", name, res.StatusCode, body)
		}
	}
	// After the first frame an error can only cut the answer.
	req, _ := http.NewRequest("POST", s.base+api.PathStore+"0", bytes.NewReader(append(good, 9, 9, 9)))
	res, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("an answer to broken frames looks whole")
	}
}

func TestFirstBlobMustBeAge(t *testing.T) {
	s := newSite(t)
	cipher, plain := encode(t, ageLike(5000)), encode(t, bytes.Repeat([]byte("plain "), 1000))
	register := func(b sample, first bool, prefix []byte) (int, string) {
		res, body := s.ask("POST", api.PathRegister, api.RegisterRequest{Owner: "0x77", Epochs: 2, Blobs: []api.RegisterBlob{{
			BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size, First: first, Prefix: prefix,
		}}})
		return res.StatusCode, string(body)
	}
	for name, c := range map[string]struct {
		prefix []byte
		status int
	}{"plaintext": {plain.data[:64], 422}, "nothing": {nil, 400}, "short": {[]byte(ageIntro), 400}} {
		if status, body := register(plain, true, c.prefix); status != c.status {
			t.Errorf("%s: status %d: %s", name, status, body)
		}
	}
	if status, body := register(cipher, true, cipher.data[:64]); status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	// Whoever declares something else of it later changes nothing.
	if status, body := register(cipher, true, append([]byte(ageIntro), make([]byte, 42)...)); status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	node := s.ledger.com.MemberOf(codec.ShardOf(cipher.id, 0, 104)).Index
	if got := s.store(strconv.Itoa(node), cipher.frames(s.ledger.com, node)); got[201] != 17 {
		t.Errorf("ciphertext: %v", got)
	}
	// A sender whose declaration was right but whose slivers aren't.
	if status, body := register(plain, true, ageLike(64)); status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	node = s.ledger.com.MemberOf(codec.ShardOf(plain.id, 0, 104)).Index
	got := s.store(strconv.Itoa(node), plain.frames(s.ledger.com, node))
	if got[422] != 1 || got[201] != 16 {
		t.Errorf("plaintext: %v", got)
	}
	if s.nodes.held[keyOf(node, api.Frame{Kind: api.FramePrimary, BlobID: plain.id})] != nil {
		t.Error("the plaintext's beginning reached a node")
	}
	// What isn't a first blob may begin as it likes.
	other := encode(t, bytes.Repeat([]byte("middle "), 1000))
	if status, body := register(other, false, nil); status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	node = s.ledger.com.MemberOf(codec.ShardOf(other.id, 0, 104)).Index
	if got := s.store(strconv.Itoa(node), other.frames(s.ledger.com, node)); got[201] != 17 {
		t.Errorf("a later blob: %v", got)
	}
}

func hashOf(h codec.Hash) []byte { return h[:] }

// While nodes take nothing, senders wait: what the relay holds stays bounded.
func TestStoreMemoryIsBounded(t *testing.T) {
	s := newSite(t)
	s.nodes.gate = make(chan struct{})
	const bound = 8 << 20
	s.memory = newMemory(13, bound, 2<<20)
	b := encode(t, ageLike(16<<20))
	done := make(chan error)
	const senders = 4
	for node := range 13 {
		batch := marshal(b.frames(s.ledger.com, node))
		for range senders {
			go func() {
				res, err := http.Post(s.base+api.PathStore+strconv.Itoa(node), mimeFrames, bytes.NewReader(batch))
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					res.Body.Close()
					if err == nil && res.StatusCode != 200 {
						err = errors.New(res.Status)
					}
				}
				done <- err
			}()
		}
	}
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		if s.nodes.holding() > bound/2 {
			break
		}
	}
	close(s.nodes.gate)
	for range 13 * senders {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d MiB came in at once; at most %d MiB were in the relay's hands", senders*13*len(marshal(b.frames(s.ledger.com, 0)))>>20, s.nodes.most>>20)
	if s.nodes.most > bound || s.nodes.most < bound/2 {
		t.Errorf("%d bytes were in the relay's hands, %d may be", s.nodes.most, bound)
	}
}

// Acknowledgements come while slivers still go, and also before an answer that is
// cut: what a node took needn't be sent again.
func TestStoreAcknowledgesMeanwhile(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(100_000))
	frames := b.frames(s.ledger.com, 0)
	r, w := io.Pipe()
	defer w.Close()
	answer := make(chan *http.Response, 1)
	go func() {
		defer close(answer)
		if res, err := http.Post(s.base+api.PathStore+"0", mimeFrames, r); err == nil {
			answer <- res
		}
	}()
	w.Write(marshal(frames[:1]))
	res := <-answer
	if res == nil {
		t.Fatal("no answer")
	}
	defer res.Body.Close()
	for i, f := range frames[:3] {
		if i > 0 {
			w.Write(marshal(frames[i : i+1]))
		}
		if ack, err := api.ReadFrame(res.Body, 1000); err != nil || ack.Status != 201 || ack.Kind != f.Kind {
			t.Fatalf("frame %d: %v %v", i, ack, err)
		}
	}
	w.Write(append(marshal(frames[3:4]), make([]byte, api.FrameHeaderSize)...)) // no such kind
	w.Close()
	if ack, err := api.ReadFrame(res.Body, 1000); err != nil || ack.Status != 201 {
		t.Errorf("what came before the mistake: %v %v", ack, err)
	}
	if _, err := api.ReadFrame(res.Body, 1000); err == nil || err == io.EOF {
		t.Errorf("after the mistake: %v", err)
	}
}

// Who sends a frame drop by drop is cut off, and the memory that was taken for
// it is free again.
func TestStoreCutsOffSlowSenders(t *testing.T) {
	s := newSite(t)
	s.frameTime = 200 * time.Millisecond
	s.memory = newMemory(13, 1<<20, 1<<20)
	b := encode(t, ageLike(16<<20))
	frames := b.frames(s.ledger.com, 0)
	var all sync.WaitGroup
	for range 10 { // each of them takes half of the memory
		all.Go(func() {
			r, w := io.Pipe()
			go func() {
				w.Write(marshal(frames[:1]))
				w.Write(marshal(frames[1:2])[:1000])
			}()
			res, err := http.Post(s.base+api.PathStore+"0", mimeFrames, r)
			if err == nil {
				_, err = io.ReadAll(res.Body)
				res.Body.Close()
			}
			w.Close()
			if err == nil {
				t.Error("a slow sender got a whole answer")
			}
		})
	}
	all.Wait()
	if got := s.store("0", frames); got[201]+got[200] != 17 {
		t.Errorf("afterwards: %v", got)
	}
}
