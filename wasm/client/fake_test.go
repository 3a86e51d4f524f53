package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// fake is a server in process: relay, storage nodes and ledger, as far as the
// client sees them. It verifies what it gets as strictly as the real ones, and
// keeps a record for tests to look at. It never sees a plaintext; tests make
// sure of that.
type fake struct {
	t   testing.TB
	net api.Network
	ids api.NetworkIDs

	mu        sync.Mutex
	nodes     []*fakeNode
	objects   map[suitx.Address]*suitx.Object
	parcels   map[suitx.Address]*fakeParcel
	promised  map[suitx.Digest]bool // transactions that gas is promised for
	executed  map[suitx.Digest]*api.ExecuteResponse
	submitted map[suitx.Digest]*api.SubmitResponse
	accepted  map[[32]byte]int // by blob: how often one was certified
	bought    map[[32]byte]int // by blob: how often it was registered
	puts      map[sliverKey]int
	requests  []string // method and path, in order
	traffic   bytes.Buffer
	clock     uint64 // object versions
	dearer    uint64 // than usual is a unit of gas

	forget bool // nodes take everything and keep nothing, so that it costs no memory

	// What a lying relay does: each may change an answer.
	lieAnswer   func(path string, body []byte) []byte
	lieFrame    func(f api.Frame) (api.Frame, bool) // false drops it
	cut         func(r Request) bool                // no answer at all
	busy        func() bool                         // no room for a whole blob
	storesWhole func() func()                       // called when a whole blob has come, and what that returns when it is stored
}

// fakeNode is a storage node: it holds what it verified.
type fakeNode struct {
	down     bool
	slow     time.Duration
	metadata map[codec.BlobID]*codec.Metadata
	slivers  map[sliverKey][]byte
}

type sliverKey struct {
	id   codec.BlobID
	kind codec.Kind
	pair int
}

const (
	fakeNodes   = 13
	fakeShards  = 26
	fakeSegment = 64 << 10
)

func newFake(t testing.TB) *fake {
	ids, ok := api.Networks(api.Local)
	if !ok {
		t.Fatal("the local network isn't compiled in")
	}
	f := &fake{t: t, ids: ids, clock: 10,
		objects: map[suitx.Address]*suitx.Object{}, parcels: map[suitx.Address]*fakeParcel{},
		promised: map[suitx.Digest]bool{}, executed: map[suitx.Digest]*api.ExecuteResponse{}, accepted: map[[32]byte]int{}, bought: map[[32]byte]int{}, puts: map[sliverKey]int{}}
	f.net = api.Network{
		Name: api.Local, ChainID: "fake", Epoch: 7, EpochStartMS: time.Now().UnixMilli(), EpochDurationMS: 24 * 3600 * 1000,
		MaxEpochsAhead: 53, NShards: fakeShards, SystemVersion: 3, DefaultEpochs: 14,
		SystemObjectID: suitx.Address(ids.System).String(), StakingObjectID: suitx.Address(ids.Staking).String(),
		WALPackage: suitx.Address(ids.WALPackage).String(), WalrusPackage: suitx.Address(ids.WalrusPackage).String(),
		FloePackage: suitx.Address(ids.FloePackage).String(), Sponsor: fakeSponsor.String(),
		SegmentSize: fakeSegment, MaxParcelSize: 8 << 20, Deletable: true, Light: true, StoragePrice: 100, WritePrice: 20,
	}
	for i := range fakeNodes {
		node := api.Node{Index: i, Name: fmt.Sprintf("Node %d", i+1), Up: true}
		for shard := i; shard < fakeShards; shard += fakeNodes {
			node.Shards = append(node.Shards, shard)
		}
		f.net.Nodes = append(f.net.Nodes, node)
		f.nodes = append(f.nodes, &fakeNode{metadata: map[codec.BlobID]*codec.Metadata{}, slivers: map[sliverKey][]byte{}})
	}
	return f
}

var fakeSponsor = suitx.Address{31: 0x5e}

// reshape gives the fake's nodes more shards to hold.
func (f *fake) reshape(shards int) {
	f.net.NShards = shards
	for i := range f.net.Nodes {
		f.net.Nodes[i].Shards = nil
		for shard := i; shard < shards; shard += fakeNodes {
			f.net.Nodes[i].Shards = append(f.net.Nodes[i].Shards, shard)
		}
	}
}

// client returns a Client of the fake with a device's memory.
func (f *fake) client() *Client { return f.clientWith(&shelf{}) }

func (f *fake) clientWith(m Memory) *Client {
	// Quick, yet patient enough for a busy machine.
	c := New(f, m)
	c.pace = pace{firstWait: time.Millisecond, maxWait: 5 * time.Millisecond, greeting: 50 * time.Millisecond, starting: time.Second, patience: time.Second,
		tailMin: 300 * time.Millisecond, heal: 5 * time.Millisecond, silence: time.Minute, journal: 50 * time.Millisecond}
	return c
}

// shelf is a Memory that lasts as long as the test.
type shelf struct {
	mu   sync.Mutex
	seen map[[32]byte]uint64
}

func (s *shelf) Seen(parcel [32]byte) (uint64, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sequence, known := s.seen[parcel]
	return sequence, known, nil
}

func (s *shelf) Saw(parcel [32]byte, sequence uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[[32]byte]uint64{}
	}
	s.seen[parcel] = max(s.seen[parcel], sequence)
	return nil
}

// lieInAnswers and lieInFrames set what the relay says from now on (nil: the
// truth); what an earlier client asked may still be under way.
func (f *fake) lieInAnswers(change func(path string, body []byte) []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lieAnswer = change
}

func (f *fake) lieInFrames(change func(api.Frame) (api.Frame, bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lieFrame = change
}

// Do answers a request as the server would.
func (f *fake) Do(ctx context.Context, r Request) (*Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.requests = append(f.requests, r.Method+" "+r.Path)
	if !f.forget {
		f.traffic.WriteString(r.Path)
		f.traffic.Write(r.Body.Bytes())
	}
	cut := f.cut != nil && f.cut(r)
	f.mu.Unlock()
	if cut {
		return nil, fmt.Errorf("connection reset")
	}
	if rest, ok := strings.CutPrefix(r.Path, api.PathStore); ok {
		return f.store(ctx, rest, r.Body)
	}
	if rest, ok := strings.CutPrefix(r.Path, api.PathBlobs); ok {
		return f.whole(rest, r)
	}
	if r.Path == api.PathRead {
		return f.read(r.Body.Bytes())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out, problem := f.json(r)
	if problem != nil {
		return answer(statusOf(problem), &api.ErrorBody{Error: problem})
	}
	body, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	if f.lieAnswer != nil {
		body = f.lieAnswer(r.Path, body)
	}
	return &Response{Status: 200, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

func (f *fake) json(r Request) (any, *api.Error) {
	switch {
	case r.Path == api.PathNetwork:
		return f.net, nil
	case r.Path == api.PathRegister:
		return handle(r.Body.Bytes(), f.register)
	case r.Path == api.PathCertificate:
		return handle(r.Body.Bytes(), f.certificates)
	case r.Path == api.PathGas:
		return handle(r.Body.Bytes(), f.gas)
	case r.Path == api.PathExecute:
		return handle(r.Body.Bytes(), f.execute)
	case strings.HasPrefix(r.Path, api.PathAccounts):
		return f.account(strings.TrimPrefix(r.Path, api.PathAccounts))
	case r.Path == api.PathSimulate:
		return handle(r.Body.Bytes(), f.simulate)
	case r.Path == api.PathSubmit:
		return handle(r.Body.Bytes(), f.submit)
	case strings.HasPrefix(r.Path, api.PathParcels):
		return f.parcel(strings.TrimPrefix(r.Path, api.PathParcels))
	}
	return nil, &api.Error{Code: api.CodeNotFound, Message: "no such path"}
}

func handle[In, Out any](body []byte, do func(*In) (*Out, *api.Error)) (any, *api.Error) {
	in := new(In)
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return nil, malformed("%v", err)
	}
	return do(in)
}

func malformed(what string, args ...any) *api.Error {
	return &api.Error{Code: api.CodeMalformed, Message: fmt.Sprintf(what, args...)}
}

func statusOf(e *api.Error) int {
	switch e.Code {
	case api.CodeNotFound:
		return http.StatusNotFound
	case api.CodeTooFewNodes:
		return http.StatusServiceUnavailable
	case api.CodeNodeUnavailable:
		return http.StatusBadGateway
	case api.CodeConflict:
		return http.StatusConflict
	case api.CodeQuota:
		return http.StatusTooManyRequests
	case api.CodeFull:
		return http.StatusInsufficientStorage
	}
	return http.StatusBadRequest
}

func answer(status int, v any) (*Response, error) {
	body, err := json.Marshal(v)
	return &Response{Status: status, Body: io.NopCloser(bytes.NewReader(body))}, err
}

// stop makes nodes silent, start brings them back.
func (f *fake) stop(nodes ...int) { f.setDown(true, nodes) }

func (f *fake) start(nodes ...int) { f.setDown(false, nodes) }

func (f *fake) setDown(down bool, nodes []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range nodes {
		f.nodes[i].down = down
	}
}

// count returns how many requests there were below a path.
func (f *fake) count(prefix string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if _, path, _ := strings.Cut(r, " "); strings.HasPrefix(path, prefix) {
			n++
		}
	}
	return n
}
