package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"floe/codec/suitx"
)

// @mysten/walrus reads what the publisher stored, its quilt too, and sends
// through the upload relay, with a tip; the aggregator reads what it sent.
func TestMystenWalrusAgainstTheDaemon(t *testing.T) {
	t.Parallel()
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
