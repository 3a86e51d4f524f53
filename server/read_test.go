package server

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"floe/codec"
	"floe/server/api"
)

// keep puts all of a blob into the nodes' stores.
func (s *site) keep(b sample) {
	for node := range s.ledger.com.Members {
		for _, f := range b.frames(s.ledger.com, node) {
			s.nodes.set(func(n *fakeNodes) { n.held[keyOf(node, f)] = f.Body })
		}
	}
}

// read asks for slivers and returns the frames, without the end.
func (s *site) read(req api.ReadRequest) []api.Frame {
	s.t.Helper()
	res, body := s.ask("POST", api.PathRead, req)
	if res.StatusCode != 200 {
		s.t.Fatalf("read: status %d: %s", res.StatusCode, body)
	}
	frames := parse(s.t, body)
	if len(frames) == 0 || frames[len(frames)-1].Kind != api.FrameEnd {
		s.t.Fatal("no end")
	}
	return frames[:len(frames)-1]
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func TestReadGivesVerifiedSlivers(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(300_000))
	s.keep(b)
	frames := s.read(api.ReadRequest{BlobID: b.id.String(), Metadata: true, Primary: upTo(36), Secondary: []int{7, 3}})
	if len(frames) != 39 || frames[0].Kind != api.FrameMetadata || !bytes.Equal(frames[0].Body, b.meta.MarshalBCS()) {
		t.Fatalf("%d frames, the first of kind %d", len(frames), frames[0].Kind)
	}
	d, err := codec.NewDecoder(b.id, b.meta)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames[1:] {
		if f.Status != 200 || f.BlobID != b.id {
			t.Fatalf("frame %+v", f)
		}
		kind := codec.Primary
		if f.Kind == api.FrameSecondary {
			kind = codec.Secondary
		}
		sliver, err := codec.UnmarshalSliver(kind, f.Body)
		if err == nil {
			err = d.Add(sliver)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, err := d.Decode(); err != nil || !bytes.Equal(got, b.data) {
		t.Errorf("decoded something else: %v", err)
	}
}

// What a node loses, damages or swaps is told from what others give, and the
// frame names the node.
func TestReadNamesTheGuiltyNode(t *testing.T) {
	s := newSite(t)
	b, other := encode(t, ageLike(300_000)), encode(t, ageLike(300_000))
	s.keep(b)
	nodeOf := func(pair int) int { return s.ledger.com.MemberOf(codec.ShardOf(b.id, pair, 104)).Index }
	held := func(pair int) key {
		return keyOf(nodeOf(pair), api.Frame{Kind: api.FramePrimary, BlobID: b.id, Index: uint16(pair)})
	}
	delete(s.nodes.held, held(0))
	damaged := slices.Clone(s.nodes.held[held(1)])
	damaged[100] ^= 1
	s.nodes.set(func(n *fakeNodes) { n.held[held(1)] = damaged })
	s.nodes.set(func(n *fakeNodes) { n.held[held(2)] = other.pairs[2].Primary.MarshalBCS() })
	s.nodes.set(func(n *fakeNodes) { n.held[held(3)] = b.pairs[4].Primary.MarshalBCS() })
	s.nodes.set(func(n *fakeNodes) { n.held[held(5)] = []byte("nonsense") })
	want := map[int]uint16{0: 404, 1: statusLiar, 2: statusLiar, 3: statusLiar, 4: 200, 5: statusLiar}
	for _, f := range s.read(api.ReadRequest{BlobID: b.id.String(), Primary: upTo(6)}) {
		if f.Status != want[int(f.Index)] || int(f.Node) != nodeOf(int(f.Index)) || f.Status != 200 && len(f.Body) == 0 {
			t.Errorf("pair %d: status %d of node %d: %q", f.Index, f.Status, f.Node, f.Body)
		}
	}
	down := nodeOf(4)
	s.nodes.set(func(n *fakeNodes) { n.down[down] = true })
	for _, f := range s.read(api.ReadRequest{BlobID: b.id.String(), Primary: []int{4}}) {
		if f.Status != 502 || int(f.Node) != down {
			t.Errorf("a node that is down: status %d of node %d", f.Status, f.Node)
		}
	}
}

func TestReadFindsMetadataAmongLiars(t *testing.T) {
	s := newSite(t)
	named := 0
	for range 8 { // nodes are asked in random order
		b, other := encode(t, ageLike(3000)), encode(t, ageLike(3000))
		s.keep(b)
		for node := range 12 { // all but one
			s.nodes.set(func(n *fakeNodes) {
				n.held[keyOf(node, api.Frame{Kind: api.FrameMetadata, BlobID: b.id})] = other.meta.MarshalBCS()
			})
		}
		frames := s.read(api.ReadRequest{BlobID: b.id.String(), Metadata: true})
		if len(frames) == 0 || frames[0].Node != 12 || !bytes.Equal(frames[0].Body, b.meta.MarshalBCS()) {
			t.Fatalf("%d frames", len(frames))
		}
		for _, f := range frames[1:] {
			named++
			if f.Kind != api.FrameMetadata || f.Status != statusLiar || f.Node == 12 {
				t.Errorf("frame %+v", f)
			}
		}
	}
	if named == 0 {
		t.Error("no liar was named")
	}
}

func TestReadTellsUnknownFromUnreachable(t *testing.T) {
	s := newSite(t)
	unknown := api.ReadRequest{BlobID: codec.BlobID{1}.String(), Metadata: true}
	if code := s.want(404, "POST", api.PathRead, unknown); code != api.CodeNotFound {
		t.Error(code)
	}
	for node := range 5 { // the 8 left hold 64 shards: no quorum
		s.nodes.set(func(n *fakeNodes) { n.down[node] = true })
	}
	if code := s.want(503, "POST", api.PathRead, unknown); code != api.CodeTooFewNodes {
		t.Error(code)
	}
}

// A node that fails doesn't say that the blob is unknown.
func TestReadTellsUnknownFromFailing(t *testing.T) {
	s := newSite(t)
	b := encode(t, ageLike(3000))
	s.keep(b)
	for node := range 13 {
		s.nodes.set(func(n *fakeNodes) { n.failing[node] = true })
	}
	req := api.ReadRequest{BlobID: b.id.String(), Metadata: true, Primary: []int{0}}
	if code := s.want(503, "POST", api.PathRead, req); code != api.CodeTooFewNodes {
		t.Error(code)
	}
	node := s.ledger.com.MemberOf(codec.ShardOf(b.id, 0, 104)).Index
	for i := range 13 {
		s.nodes.set(func(n *fakeNodes) { n.failing[i] = i == node })
	}
	frames := s.read(req)
	if last := frames[len(frames)-1]; last.Status != 500 || int(last.Node) != node {
		t.Errorf("status %d of node %d, want 500 of node %d", last.Status, last.Node, node)
	}
}

func TestReadRefuses(t *testing.T) {
	s := newSite(t)
	id := codec.BlobID{1}.String()
	for name, req := range map[string]api.ReadRequest{
		"no blob ID":  {BlobID: "x"},
		"beyond":      {BlobID: id, Primary: []int{104}},
		"negative":    {BlobID: id, Secondary: []int{-1}},
		"named twice": {BlobID: id, Primary: []int{1, 1}},
	} {
		if code := s.want(http.StatusBadRequest, "POST", api.PathRead, req); code != api.CodeMalformed {
			t.Errorf("%s: %s", name, code)
		}
	}
}
