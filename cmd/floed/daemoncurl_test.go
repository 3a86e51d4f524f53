package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

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
