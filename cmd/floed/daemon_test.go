package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	more := sealed(3000)
	d.reads("/v1/blobs/"+d.publish("", more).NewlyCreated.BlobObject.BlobID, more)
}

// The interfaces stand on an origin of their own; what is off isn't there, and
// neither port serves what is the other's.
func TestDaemonHasItsOwnOrigin(t *testing.T) {
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

// curl's recipes out of Walrus' documentation, with curl where there is one.
func TestCurlRecipes(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("LOUD: needs curl; the other tests do the same with Go's client")
	}
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local")
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(curl, append([]string{"-sS", "--fail-with-body"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("curl %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	file := sealed(20_000)
	if err := os.WriteFile(filepath.Join(dir, "file"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	id := func(answer string) string {
		t.Helper()
		var p published
		if err := json.Unmarshal([]byte(answer), &p); err != nil || p.NewlyCreated == nil {
			t.Fatalf("%v: %s", err, answer)
		}
		return p.NewlyCreated.BlobObject.BlobID
	}
	text := id(run("-X", "PUT", d.at+"/v1/blobs", "-d", "some string"))
	if got := run(d.at + "/v1/blobs/" + text); got != "some string" {
		t.Errorf("read %q", got)
	}
	whole := id(run("-X", "PUT", d.at+"/v1/blobs?epochs=5", "--upload-file", "file"))
	run(d.at+"/v1/blobs/"+whole, "-o", "back")
	if back, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || !bytes.Equal(back, file) {
		t.Errorf("the file came back differently: %v", err)
	}
	if got := run("-H", "Range: bytes=0-4", d.at+"/v1/blobs/"+text); got != "some " {
		t.Errorf("range: %q", got)
	}
	if got := run("-r", "-6", d.at+"/v1/blobs/"+text); got != "string" {
		t.Errorf("range: %q", got)
	}
	if got := run(d.at + "/v1/blobs/" + text + "/byte-range?start=5&length=3"); got != "str" {
		t.Errorf("byte-range: %q", got)
	}
	if got := run(d.at + "/v1alpha/blobs/concat?ids=" + text + "," + text); got != "some stringsome string" {
		t.Errorf("concat: %q", got)
	}
	if got := run("-X", "POST", d.at+"/v1alpha/blobs/concat", "-H", "Content-Type: application/json", "-d", `{"ids":["`+text+`"]}`); got != "some string" {
		t.Errorf("concat: %q", got)
	}
	quilt := run("-X", "PUT", d.at+"/v1/quilts?epochs=5&quilt_version=V1", "-F", "quilt-manual=@file", "-F", "logo-2025=@back",
		"-F", `_metadata=[{"identifier": "quilt-manual", "tags": {"creator": "walrus", "version": "1.0"}}, {"identifier": "logo-2025", "tags": {"type": "logo", "format": "png"}}]`)
	var q struct {
		BlobStoreResult  published
		StoredQuiltBlobs []struct{ Identifier, QuiltPatchID string }
	}
	if err := json.Unmarshal([]byte(quilt), &q); err != nil || len(q.StoredQuiltBlobs) != 2 || q.BlobStoreResult.NewlyCreated == nil {
		t.Fatalf("%v: %s", err, quilt)
	}
	quiltID := q.BlobStoreResult.NewlyCreated.BlobObject.BlobID
	if got := run(d.at + "/v1/blobs/by-quilt-patch-id/" + q.StoredQuiltBlobs[0].QuiltPatchID); got != string(file) {
		t.Error("a file of the quilt came back differently")
	}
	if got := run(d.at + "/v1/blobs/by-quilt-id/" + quiltID + "/quilt-manual"); got != string(file) {
		t.Error("a file of the quilt came back differently")
	}
	if got := run(d.at + "/v1/quilts/" + quiltID + "/patches"); !strings.Contains(got, `"identifier":"logo-2025","patch_id":"`+q.StoredQuiltBlobs[0].QuiltPatchID+`","tags":{"format":"png","type":"logo"}`) {
		t.Errorf("patches: %s", got)
	}
	if got := run("-I", d.at+"/v1/blobs/"+text); !strings.Contains(got, "Content-Length: 11") {
		t.Errorf("HEAD: %s", got)
	}
	if got := run(d.at + "/status"); got != "OK" {
		t.Errorf("status: %q", got)
	}
}

// @mysten/walrus reads what the publisher stored, its quilt too, and sends
// through the upload relay, with a tip; the aggregator reads what it sent.
func TestMystenWalrusAgainstTheDaemon(t *testing.T) {
	ci := requireNode(t, "@mysten/walrus")
	tipTo := suitx.Address{31: 0x71}
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local", "-upload-relay", "local", "-tip", "linear:100,3", "-tip-address", tipTo.String())
	v := newTraveller(t, d.daemon)
	hash := func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }
	blob := sealed(70_000)
	contents := map[string][]byte{"a.txt": sealed(300), "b": sealed(40_000)}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, name := range []string{"a.txt", "b"} {
		part, err := w.CreateFormFile(name, name)
		if err == nil {
			_, err = part.Write(contents[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.WriteField("_metadata", `[{"identifier":"a.txt","tags":{"kind":"text"}}]`), w.Close()); err != nil {
		t.Fatal(err)
	}
	_, answer := d.call("PUT", "/v1/quilts?epochs=2", map[string]string{"Content-Type": w.FormDataContentType()}, form.Bytes())
	var q struct {
		BlobStoreResult  published
		StoredQuiltBlobs []struct{ QuiltPatchID string }
	}
	if err := json.Unmarshal(answer, &q); err != nil || len(q.StoredQuiltBlobs) != 2 {
		t.Fatalf("%v: %s", err, answer)
	}
	type file struct {
		Identifier string            `json:"identifier"`
		Tags       map[string]string `json:"tags"`
		SHA256     string            `json:"sha256"`
	}
	input, err := json.Marshal(map[string]any{
		"url": d.base, "relay": d.at, "system": v.net.SystemObjectID, "staking": v.net.StakingObjectID,
		"blobId": d.publish("epochs=2", blob).NewlyCreated.BlobObject.BlobID, "sha256": hash(blob),
		"quiltId": q.BlobStoreResult.NewlyCreated.BlobObject.BlobID, "patchId": q.StoredQuiltBlobs[0].QuiltPatchID,
		"files": []file{{"a.txt", map[string]string{"kind": "text"}, hash(contents["a.txt"])}, {"b", map[string]string{}, hash(contents["b"])}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		BlobIDs, SHA256s, ObjectIDs []string
		PatchID                     string
	}
	runDaemonScript(t, ci, "daemon.mjs", "DAEMON_INPUT="+string(input), &sent)
	for i, id := range sent.BlobIDs {
		if _, b := d.call("GET", "/v1/blobs/"+id, nil, nil); hash(b) != sent.SHA256s[i] {
			t.Errorf("the aggregator reads something else than was sent as %s", id)
		}
		if res, b := d.call("GET", "/v1/blobs/by-object-id/"+sent.ObjectIDs[i], nil, nil); hash(b) != sent.SHA256s[i] || res.Header.Get("Content-Type") != "image/png" {
			t.Errorf("by object ID: %d, %v", res.StatusCode, res.Header)
		}
	}
	if h := d.reads("/v1/blobs/by-quilt-patch-id/"+sent.PatchID, []byte("hello")); h.Get("Content-Type") != "text/plain" || h.Get("X-Quilt-Patch-Identifier") != "hello.txt" {
		t.Errorf("the file of the quilt has headers %v", h)
	}
}

// runDaemonScript runs one of the scripts in testdata, which prints JSON.
func runDaemonScript(t *testing.T, ci, name, input string, to any) {
	t.Helper()
	script, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr, cmd.Env = ci, script, os.Stderr, append(os.Environ(), input)
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, to)
	}
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
}
