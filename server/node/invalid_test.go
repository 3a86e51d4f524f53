package node

import (
	"strings"
	"testing"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

func TestInvalidBlob(t *testing.T) {
	b := newBench(t)
	x := newBlob(t, 5000, 1)
	b.register(x.id, suitx.Address{1}, false)
	b.store(x)
	b.confirmed(path(x, "confirmation/permanent"))
	b.chain.emit(api.BlobEvent{Kind: api.BlobInvalid, BlobID: x.id, Sequence: 3})
	status := func() string {
		_, got := b.do("GET", path(x, "status"), nil)
		return got
	}
	b.await("the event", func() bool { return strings.Contains(status(), "invalid") })
	const want = `{"success":{"code":200,"data":{"invalid":{"event":{"txDigest":"`
	if got := status(); !strings.HasPrefix(got, want) || !strings.Contains(got, `"eventSeq":"3"`) {
		t.Errorf("status: %s", got)
	}
	if b.onDisk(x) {
		t.Error("its slivers are still there")
	}
	refused := func() {
		t.Helper()
		pair := x.ownPairs()[0]
		b.refused("metadata", "PUT", path(x, "metadata"), x.metadata.MarshalBCS(), 400, "FAILED_PRECONDITION", "INVALID_BLOB")
		b.refused("sliver", "PUT", sliverPath(x, pair, codec.Primary), x.sliver(codec.Primary, pair), 400, "FAILED_PRECONDITION", "INVALID_BLOB")
		b.refused("confirmation", "GET", path(x, "confirmation/permanent"), nil, 400, "FAILED_PRECONDITION", "INVALID_BLOB")
		b.refused("metadata read", "GET", path(x, "metadata"), nil, 404, "NOT_FOUND", "METADATA_NOT_FOUND")
		b.refused("sliver read", "GET", sliverPath(x, pair, codec.Primary), nil, 404, "NOT_FOUND", "SLIVER_NOT_FOUND")
	}
	refused()
	// For good: registered anew, and after a restart.
	b.register(x.id, suitx.Address{2}, true)
	refused()
	b.stop()
	b.start()
	b.await("it knows again", func() bool { return strings.Contains(status(), "invalid") })
	refused()
}
