package node

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

func sliverPath(x *blob, pair int, kind codec.Kind) string {
	return path(x, fmt.Sprintf("slivers/%d/%s", pair, kind))
}

func TestStoreAndServe(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 5000, 1)
	b.register(x.id, suitx.Address{1}, false)
	if _, got := b.do("GET", path(x, "metadata/status"), nil); got != `{"success":{"code":200,"data":"nonexistent"}}` {
		t.Errorf("status before: %s", got)
	}
	b.store(x)
	if _, got := b.do("GET", path(x, "metadata"), nil); got != string(x.metadata.MarshalWithID()) {
		t.Error("metadata differs")
	}
	if _, got := b.do("GET", path(x, "metadata/status"), nil); got != `{"success":{"code":200,"data":"stored"}}` {
		t.Errorf("status after: %s", got)
	}
	for _, pair := range x.ownPairs() {
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			p := sliverPath(x, pair, kind)
			if code, got := b.do("GET", p, nil); code != 200 || got != string(x.sliver(kind, pair)) {
				t.Errorf("%s sliver %d differs (%d)", kind, pair, code)
			}
			if _, got := b.do("GET", p+"/status", nil); got != `{"success":{"code":200,"data":"stored"}}` {
				t.Errorf("status of a sliver: %s", got)
			}
			if code, _ := b.do("PUT", p, x.sliver(kind, pair)); code != 200 {
				t.Errorf("the same sliver again: %d", code)
			}
		}
	}
	if code, _ := b.do("PUT", path(x, "metadata"), x.metadata.MarshalBCS()); code != 200 {
		t.Errorf("the same metadata again: %d", code)
	}
}

// refused checks an answer that isn't a success: code, Walrus' status word and reason.
func (b *bench) refused(name, method, path string, body []byte, code int, status, reason string) {
	b.t.Helper()
	got, answer := b.do(method, path, body)
	var e struct {
		Error struct {
			Status, Message string
			Code            int
			Details         []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(answer), &e); err != nil || e.Error.Message == "" {
		b.t.Errorf("%s: %d %q", name, got, answer)
		return
	}
	r := ""
	if len(e.Error.Details) > 0 {
		r = fmt.Sprint(e.Error.Details[0]["reason"])
		if e.Error.Details[0]["@type"] != "ErrorInfo" || e.Error.Details[0]["domain"] == "" {
			b.t.Errorf("%s: details are %v", name, e.Error.Details)
		}
	}
	if got != code || e.Error.Code != code || e.Error.Status != status || r != reason {
		b.t.Errorf("%s: %d %s, wanted %d %s %s", name, got, answer, code, status, reason)
	}
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	x, y, unknown := newBlob(t, 5000, 1), newBlob(t, 5000, 2), newBlob(t, 5000, 3)
	b.register(x.id, suitx.Address{1}, false)
	b.register(y.id, suitx.Address{2}, false)
	own := x.ownPairs()[0]
	foreign := codec.PairOf(x.id, 0, testShards)
	other := x.sliver(codec.Primary, x.ownPairs()[1])
	damaged := x.sliver(codec.Primary, own)
	damaged[40] ^= 1
	encoding := x.metadata.MarshalBCS()
	encoding[1] = 7
	const ia, fp = "INVALID_ARGUMENT", "FAILED_PRECONDITION"
	md, sl := path(x, "metadata"), sliverPath(x, own, codec.Primary)

	b.refused("metadata of an unregistered blob", "PUT", path(unknown, "metadata"), unknown.metadata.MarshalBCS(), 400, fp, "NOT_REGISTERED")
	b.refused("sliver of an unregistered blob", "PUT", sliverPath(unknown, unknown.ownPairs()[0], codec.Primary), other, 400, fp, "NOT_REGISTERED")
	b.refused("sliver before metadata", "PUT", sl, x.sliver(codec.Primary, own), 400, fp, "METADATA_NOT_FOUND")
	b.refused("metadata that isn't there", "GET", md, nil, 404, "NOT_FOUND", "METADATA_NOT_FOUND")
	b.refused("another blob's metadata", "PUT", md, y.metadata.MarshalBCS(), 400, ia, "INVALID_METADATA")
	b.refused("nonsense as metadata", "PUT", md, []byte("nonsense"), 400, ia, "INVALID_METADATA")
	b.refused("unknown encoding", "PUT", md, encoding, 400, ia, "UNSUPPORTED_ENCODING_TYPE")
	b.refused("metadata too large", "PUT", md, make([]byte, maxMetadata+1), 400, ia, "INVALID_METADATA")
	b.put(md, x.metadata.MarshalBCS())
	b.refused("sliver that isn't there", "GET", sl, nil, 404, "NOT_FOUND", "SLIVER_NOT_FOUND")
	b.refused("another pair's sliver", "PUT", sl, other, 400, ia, "SLIVER_INDEX_MISMATCH")
	b.refused("damaged sliver", "PUT", sl, damaged, 400, ia, "INVALID_SLIVER")
	b.refused("nonsense as sliver", "PUT", sl, []byte("nonsense"), 400, ia, "INVALID_SLIVER")
	b.refused("sliver too large", "PUT", sl, make([]byte, 7*65534+129), 403, "SIZE_EXCEEDED", "SLIVER_TOO_LARGE")
	b.refused("another node's shard", "PUT", sliverPath(x, foreign, codec.Primary), x.sliver(codec.Primary, foreign), 400, fp, "SHARD_NOT_ASSIGNED")
	b.refused("another node's shard asked", "GET", sliverPath(x, foreign, codec.Primary), nil, 400, fp, "SHARD_NOT_ASSIGNED")
	b.refused("no such pair", "GET", path(x, "slivers/10/primary"), nil, 400, ia, "INDEX_OUT_OF_RANGE")
	b.refused("no number", "GET", path(x, "slivers/x/primary/status"), nil, 400, ia, "")
	b.refused("no kind", "GET", path(x, "slivers/1/tertiary"), nil, 400, ia, "")
	b.refused("no blob ID", "GET", "/v1/blobs/abc/metadata", nil, 400, ia, "")
	b.refused("unknown query field", "PUT", sl+"?pending=true&x=1", nil, 400, ia, "")
	b.refused("odd query value", "PUT", sl+"?pending=perhaps", nil, 400, ia, "")
	b.refused("confirmation of too little", "GET", path(x, "confirmation/permanent"), nil, 400, fp, "MISSING_SLIVERS")
	b.refused("confirmation of an unregistered blob", "GET", path(unknown, "confirmation/permanent"), nil, 400, fp, "NOT_REGISTERED")
	b.refused("no object ID", "GET", path(x, "confirmation/deletable/abc"), nil, 400, ia, "")

	req, _ := http.NewRequest("PUT", b.url+sl, strings.NewReader("x"))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 400 {
		t.Errorf("JSON as sliver: %v, %v", resp, err)
	}
}

// A confirmation is given for all slivers of all own shards, and verifies.
func TestConfirmation(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 300, 4)
	object := suitx.Address{9}
	b.register(x.id, object, true)
	b.put(path(x, "metadata"), x.metadata.MarshalBCS())
	ask := path(x, "confirmation/deletable/"+object.String())
	pairs := x.ownPairs()
	for i, pair := range pairs {
		b.put(sliverPath(x, pair, codec.Secondary), x.sliver(codec.Secondary, pair))
		b.refused("too few slivers", "GET", ask, nil, 400, "FAILED_PRECONDITION", "MISSING_SLIVERS")
		b.put(sliverPath(x, pair, codec.Primary), x.sliver(codec.Primary, pair))
		if i < len(pairs)-1 {
			b.refused("too few slivers", "GET", ask, nil, 400, "FAILED_PRECONDITION", "MISSING_SLIVERS")
		}
	}
	c, err := bls.ParseConfirmation(b.confirmed(ask))
	if err != nil || c != (bls.Confirmation{Epoch: 1, BlobID: x.id, Deletable: true, ObjectID: object}) {
		t.Errorf("it confirms %+v, %v", c, err)
	}
	b.refused("as permanent", "GET", path(x, "confirmation/permanent"), nil, 400, "FAILED_PRECONDITION", "NOT_REGISTERED")
	b.refused("of another object", "GET", path(x, "confirmation/deletable/0x5"), nil, 400, "FAILED_PRECONDITION", "NOT_REGISTERED")

	// The same blob as permanent, asked for before the node has seen it.
	answer := make(chan []byte)
	go func() {
		answer <- b.confirmed(path(x, "confirmation/permanent?wait_for_registration=true&wait_millis=60000"))
	}()
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: x.id, ObjectID: suitx.Address{10}})
	if c, err := bls.ParseConfirmation(<-answer); err != nil || c != (bls.Confirmation{Epoch: 1, BlobID: x.id}) {
		t.Errorf("it confirms %+v, %v", c, err)
	}
}

// confirmed returns the message that the node signed, its signature verified.
func (b *bench) confirmed(path string) []byte {
	b.t.Helper()
	code, answer := b.do("GET", path, nil)
	var got struct {
		Success struct {
			Data struct {
				Signed struct{ SerializedMessage, Signature []byte }
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || code != 200 {
		b.t.Errorf("%s: %d %s", path, code, answer)
	}
	signed := got.Success.Data.Signed
	if err := b.key.Public().Verify(signed.SerializedMessage, signed.Signature); err != nil {
		b.t.Error(err)
	}
	return signed.SerializedMessage
}

func TestDeletedAndEndedBlobs(t *testing.T) {
	b := newBench(t)
	x, y, z := newBlob(t, 100, 1), newBlob(t, 100, 2), newBlob(t, 100, 3)
	for i, blob := range []*blob{x, y, z} {
		b.register(blob.id, suitx.Address{byte(i)}, true)
		b.store(blob)
	}
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: y.id, ObjectID: suitx.Address{8}, EndEpoch: 2})
	b.chain.emit(api.BlobEvent{Kind: api.BlobDeleted, BlobID: x.id, ObjectID: suitx.Address{0}})
	b.await("deletion", func() bool { ok, _ := b.node.registered(x.id); return !ok })
	b.refused("a deleted blob", "GET", path(x, "metadata"), nil, 404, "NOT_FOUND", "METADATA_NOT_FOUND")
	b.refused("a deleted blob's sliver", "GET", sliverPath(x, x.ownPairs()[0], codec.Primary), nil, 404, "NOT_FOUND", "SLIVER_NOT_FOUND")
	b.refused("a deleted blob's new sliver", "PUT", sliverPath(x, x.ownPairs()[0], codec.Primary), nil, 400, "FAILED_PRECONDITION", "NOT_REGISTERED")
	b.refused("a deleted blob's confirmation", "GET", path(x, "confirmation/deletable/0x0"), nil, 400, "FAILED_PRECONDITION", "NOT_REGISTERED")
	if !b.onDisk(x) {
		t.Error("data went before the epoch's end")
	}
	b.chain.setEpoch(4)
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: z.id, ObjectID: suitx.Address{9}, EndEpoch: 7})
	b.await("garbage collection", func() bool { return !b.onDisk(x) })
	if !b.onDisk(y) || !b.onDisk(z) {
		t.Error("the data of a live blob went")
	}
	b.confirmed(path(y, "confirmation/deletable/"+suitx.Address{1}.String()))
	b.chain.setEpoch(6)
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: x.id, ObjectID: suitx.Address{11}, EndEpoch: 9})
	b.await("garbage collection", func() bool { return !b.onDisk(y) })
	if !b.onDisk(z) {
		t.Error("an extended blob's data went")
	}
	b.store(x) // registered anew, stored anew
}

func (b *bench) onDisk(x *blob) bool {
	_, err := os.Stat(b.node.slivers.path(x.id))
	missing, merr := b.node.missing(x.id, b.node.view())
	return err == nil && merr == nil && len(missing) == 0
}

func TestBlobStatus(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 100, 1)
	status := func() string {
		_, s := b.do("GET", path(x, "status"), nil)
		return strings.TrimSuffix(strings.TrimPrefix(s, `{"success":{"code":200,"data":`), "}}")
	}
	if got := status(); got != `"nonexistent"` {
		t.Errorf("unknown: %s", got)
	}
	b.register(x.id, suitx.Address{1}, true)
	if got := status(); got != `{"deletable":{"initialCertifiedEpoch":null,"deletableCounts":{"count_deletable_total":1,"count_deletable_certified":0}}}` {
		t.Errorf("deletable: %s", got)
	}
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: x.id, ObjectID: suitx.Address{2}})
	b.chain.emit(api.BlobEvent{Kind: api.BlobCertified, BlobID: x.id, ObjectID: suitx.Address{2}, EndEpoch: 9})
	b.chain.emit(api.BlobEvent{Kind: api.BlobRegistered, BlobID: x.id, ObjectID: suitx.Address{3}, EndEpoch: 20})
	b.await("certification", func() bool { return strings.Contains(status(), "true") })
	b.await("another registration", func() bool { r, _ := b.node.registrations(x.id); return len(r) == 3 })
	want := `{"permanent":{"endEpoch":9,"isCertified":true,"statusEvent":{"txDigest":"` + suitx.Digest{3}.String() +
		`","eventSeq":"0"},"deletableCounts":{"count_deletable_total":1,"count_deletable_certified":0},"initialCertifiedEpoch":1}}`
	if got := status(); got != want {
		t.Errorf("permanent: %s", got)
	}
}

func TestHealthAndOrigins(t *testing.T) {
	b := newBench(t)
	_, answer := b.do("GET", "/v1/health?detailed=true", nil)
	var got struct{ Success struct{ Data healthInfo } }
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	h, pub := got.Success.Data, b.key.Public().Compressed()
	if h.Epoch != 1 || h.NodeStatus != "Active" || h.ShardSummary.Owned != 3 || !slices.Equal(h.PublicKey, pub[:]) || len(h.ShardDetail.Owned) != 3 {
		t.Errorf("health is %s", answer)
	}
	req, _ := http.NewRequest("OPTIONS", b.url+"/v1/health", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %v, %v", resp, err)
	}
}
