package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"floe/codec/suitx"
)

// walrusDaemon is a floed that serves Walrus' own interfaces.
type walrusDaemon struct {
	*daemon
	at string
}

func startWalrus(t *testing.T, args ...string) *walrusDaemon {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return &walrusDaemon{startDaemon(t, t.TempDir(), append([]string{"-daemon-listen", listen}, args...)...), "http://" + listen}
}

// call sends one request and returns the answer with its body.
func (d *walrusDaemon) call(method, path string, header map[string]string, body []byte) (*http.Response, []byte) {
	d.t.Helper()
	req, err := http.NewRequest(method, d.at+path, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res, b
}

// answer is what the publisher answers, as far as the tests look at it.
type published struct {
	NewlyCreated *struct {
		BlobObject struct {
			ID             suitx.Address
			BlobID         string
			Size           uint64
			EncodingType   string
			CertifiedEpoch *uint32
			Storage        struct{ StartEpoch, EndEpoch uint32 }
			Deletable      bool
		}
		ResourceOperation map[string]map[string]uint64
		Cost              uint64
		SharedBlobObject  suitx.Address
	}
	AlreadyCertified *struct {
		BlobID   string
		Event    *struct{ TxDigest, EventSeq string }
		Object   *suitx.Address
		EndEpoch uint32
	}
}

func (d *walrusDaemon) publish(query string, blob []byte) published {
	d.t.Helper()
	res, b := d.call("PUT", "/v1/blobs?"+query, nil, blob)
	var p published
	if err := json.Unmarshal(b, &p); err != nil || res.StatusCode != 200 || p.NewlyCreated == nil && p.AlreadyCertified == nil {
		d.t.Fatalf("PUT /v1/blobs?%s: %d %s", query, res.StatusCode, b)
	}
	return p
}

func (d *walrusDaemon) reads(path string, want []byte) http.Header {
	d.t.Helper()
	res, got := d.call("GET", path, nil, nil)
	if res.StatusCode != 200 || !bytes.Equal(got, want) {
		d.t.Fatalf("GET %s: %d, %d bytes, want %d", path, res.StatusCode, len(got), len(want))
	}
	return res.Header
}

func TestPublisher(t *testing.T) {
	t.Parallel()
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local")
	blob := sealed(50_000)
	first := d.publish("epochs=2", blob).NewlyCreated
	o := first.BlobObject
	if !o.Deletable || o.Size != 50_000 || o.EncodingType != "RS2" || o.CertifiedEpoch == nil || o.Storage.EndEpoch-o.Storage.StartEpoch != 2 ||
		first.ResourceOperation["registerFromScratch"]["epochsAhead"] != 2 || first.Cost == 0 {
		t.Errorf("%+v", first)
	}
	d.reads("/v1/blobs/"+o.BlobID, blob)
	d.reads("/v1/blobs/by-object-id/"+o.ID.String(), blob)

	// Again: with one's own object if that is asked for, else anew, for who can
	// delete it need not keep it.
	if again := d.publish("epochs=2&reuse_resources=true", blob).AlreadyCertified; again == nil || again.Object == nil || *again.Object != o.ID {
		t.Errorf("reused: %+v", again)
	}
	if longer := d.publish("epochs=5&reuse_resources=true", blob).NewlyCreated; longer == nil || longer.BlobObject.ID != o.ID ||
		longer.BlobObject.Storage.EndEpoch != o.Storage.EndEpoch+3 || longer.ResourceOperation["reuseAndExtend"]["epochsExtended"] != 3 {
		t.Errorf("extended: %+v", longer)
	}
	if anew := d.publish("epochs=2", blob).NewlyCreated; anew == nil || anew.BlobObject.ID == o.ID {
		t.Errorf("anew: %+v", anew)
	}
	if p := d.publish("permanent=true&epochs=3", blob).NewlyCreated; p == nil || p.BlobObject.Deletable {
		t.Errorf("permanent: %+v", p)
	}
	if p := d.publish("epochs=3", blob).AlreadyCertified; p == nil || p.Event == nil || p.Event.TxDigest == "" || p.Event.EventSeq != "0" || p.BlobID != o.BlobID || p.EndEpoch != o.Storage.StartEpoch+3 {
		t.Errorf("once it can't be deleted: %+v", p)
	}
	if p := d.publish("epochs=3&force=true", blob).NewlyCreated; p == nil {
		t.Error("forced: nothing was made")
	}
	if p := d.publish("share=true", sealed(100)).NewlyCreated; p == nil || p.SharedBlobObject.IsZero() {
		t.Errorf("shared: %+v", p)
	} else {
		d.call("GET", "/v1/blobs/by-object-id/"+p.SharedBlobObject.String(), nil, nil)
	}
	v := newTraveller(t, d.daemon)
	given := d.publish("send_object_to="+v.address.String(), sealed(101)).NewlyCreated
	if got := v.ownerOf(given.BlobObject.ID); got != v.address {
		t.Errorf("the object belongs to %s, it was sent to %s", got, v.address)
	}
	for query, want := range map[string]string{
		"permanent=true&deletable=true": "INVALID_BLOB_PERSISTENCE", "epochs=0": "MALFORMED_REQUEST", "epochs=54": "MALFORMED_REQUEST",
		"share=true&send_object_to=0x1": "MALFORMED_REQUEST", "x=1": "MALFORMED_REQUEST", "encoding_type=RedStuff": "MALFORMED_REQUEST",
	} {
		if res, b := d.call("PUT", "/v1/blobs?"+query, nil, blob); res.StatusCode != 400 || !strings.Contains(string(b), `"reason":"`+want+`"`) {
			t.Errorf("%s: %d %s", query, res.StatusCode, b)
		}
	}
	if res, b := d.call("PUT", "/v1/blobs", nil, make([]byte, 10<<20+1)); res.StatusCode != 413 {
		t.Errorf("more than 10 MiB: %d %s", res.StatusCode, b)
	}
}

// ownerOf asks the ledger for an object's owner, through its JSON.
func (v *traveller) ownerOf(id suitx.Address) suitx.Address {
	v.t.Helper()
	status, b := v.d.request("POST", "/sui.rpc.v2.LedgerService/GetObject", "application/json", fmt.Appendf(nil, `{"objectId":%q,"readMask":"owner"}`, id))
	var res struct {
		Object struct {
			Owner struct{ Address string }
		}
	}
	if err := json.Unmarshal(b, &res); err != nil || status != 200 {
		v.t.Fatalf("status %d: %v: %s", status, err, b)
	}
	a, err := suitx.ParseAddress(res.Object.Owner.Address)
	if err != nil {
		v.t.Fatalf("%v: %s", err, b)
	}
	return a
}

// Four nodes of thirteen may be off: what is stored is read and more is stored.
func TestDaemonWithNodesDown(t *testing.T) {
	t.Parallel()
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local")
	blob := sealed(200_000)
	id := d.publish("", blob).NewlyCreated.BlobObject.BlobID
	for i := range 4 {
		if status, b := d.request("POST", fmt.Sprintf("/api/v1/nodes/%d/stop", i), "application/json", []byte("{}")); status != 204 {
			t.Fatalf("stop: %d %s", status, b)
		}
	}
	d.reads("/v1/blobs/"+id, blob)
	res, part := d.call("GET", "/v1/blobs/"+id, map[string]string{"Range": "bytes=-100000"}, nil)
	if res.StatusCode != 206 || !bytes.Equal(part, blob[100_000:]) {
		t.Errorf("range: %d, %d bytes", res.StatusCode, len(part))
	}
	// Eight at once, as many as are served at a time, each with coins of its own.
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			more := sealed(3000 + i)
			res, b := d.call("PUT", "/v1/blobs", nil, more)
			var p published
			if err := json.Unmarshal(b, &p); err != nil || res.StatusCode != 200 || p.NewlyCreated == nil {
				t.Errorf("%d of 8 at once: %d %s", i, res.StatusCode, b)
				return
			}
			if _, back := d.call("GET", "/v1/blobs/"+p.NewlyCreated.BlobObject.BlobID, nil, nil); !bytes.Equal(back, more) {
				t.Errorf("%d of 8 at once reads differently", i)
			}
		})
	}
	all.Wait()
}

// The interfaces stand on an origin of their own; what is off isn't there, and
// neither port serves what is the other's.
func TestDaemonHasItsOwnOrigin(t *testing.T) {
	t.Parallel()
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local", "-upload-relay", "local")
	html := []byte("<!doctype html><script>document.title = 'hostile'</script>")
	id := d.publish("permanent=true", html).NewlyCreated.BlobObject.BlobID
	for _, path := range []string{"/v1/blobs/" + id, "/v1/tip-config", "/status", "/v1/api"} {
		if status, _ := d.request("GET", path, "", nil); status != 404 {
			t.Errorf("the page's origin answers %s with %d", path, status)
		}
	}
	res, _ := d.call("GET", "/v1/blobs/"+id, map[string]string{"Accept": "text/html"}, nil)
	h := res.Header
	if csp := h.Get("Content-Security-Policy"); h.Get("Content-Type") != "text/html" || !strings.HasSuffix(csp, "; sandbox") || !strings.HasPrefix(csp, "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a hostile page is served with %v", h)
	}
	for path, want := range map[string]int{"/": 404, "/open": 404, "/static/page.js": 404, "/healthz": 404, "/api/v1/network": 404, "/node/0/v1/health": 404, "/sui.rpc.v2.LedgerService/GetServiceInfo": 404, "/status": 200, "/v1/api": 200} {
		if res, _ := d.call("GET", path, nil, nil); res.StatusCode != want {
			t.Errorf("the daemon's origin answers %s with %d, want %d", path, res.StatusCode, want)
		}
	}
	if res, b := d.call("PUT", "/v1/blobs", map[string]string{"Origin": "http://127.0.0.1"}, html); res.StatusCode != 403 {
		t.Errorf("a page could spend the sponsor's WAL: %d %s", res.StatusCode, b)
	}
}

// Without pages and relay the interfaces that spend nothing are served still;
// the publisher has nobody who pays.
func TestDaemonWithoutRelay(t *testing.T) {
	t.Parallel()
	d := startWalrus(t, "-relay=false", "-aggregator", "local", "-upload-relay", "local")
	for _, path := range []string{"/status", "/v1/tip-config"} {
		if res, b := d.call("GET", path, nil, nil); res.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, res.StatusCode, b)
		}
	}
	cfg, err := parseFlags([]string{"-relay=false", "-publisher", "local", "-listen", "127.0.0.1:0", "-daemon-listen", "127.0.0.1:0", "-data", t.TempDir(), "-nodes", "1", "-shards", "4"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), cfg, io.Discard); err == nil || !strings.Contains(err.Error(), "-publisher needs the relay") {
		t.Errorf("floed said %v", err)
	}
}
