package main

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recipe is a call of curl as Walrus' documentation has them. Where there is no
// curl, Go's client does the same.
type recipe struct {
	method, path string
	header       string // "Name: value"
	data         string // -d
	upload       string // --upload-file
	form         []string
}

func (r recipe) curl(at string) []string {
	args := []string{"-sS", "--fail-with-body", at + r.path}
	if r.method != "" {
		args = append(args, "-X", r.method)
	}
	if r.header != "" {
		args = append(args, "-H", r.header)
	}
	if r.data != "" {
		args = append(args, "-d", r.data)
	}
	if r.upload != "" {
		args = append(args, "--upload-file", r.upload)
	}
	for _, f := range r.form {
		args = append(args, "-F", f)
	}
	return args
}

// request is the same for Go's client; files are looked for in dir.
func (r recipe) request(t *testing.T, at, dir string) *http.Request {
	t.Helper()
	file := func(name string) string { return string(read(t, filepath.Join(dir, name))) }
	body, contentType := bytes.NewBufferString(r.data), ""
	if r.upload != "" {
		body = bytes.NewBufferString(file(r.upload))
	}
	if len(r.form) > 0 {
		w := multipart.NewWriter(body)
		for _, f := range r.form {
			name, value, _ := strings.Cut(f, "=")
			if from, isFile := strings.CutPrefix(value, "@"); isFile {
				value = file(from)
			}
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		contentType = w.FormDataContentType()
	}
	method := r.method
	if method == "" {
		method = "GET"
	}
	req, err := http.NewRequest(method, at+r.path, body)
	if err != nil {
		t.Fatal(err)
	}
	if name, value, ok := strings.Cut(r.header, ": "); ok {
		req.Header.Set(name, value)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

// cook follows a recipe and returns what comes out of it.
func (d *walrusDaemon) cook(dir string, r recipe) string {
	d.t.Helper()
	if curl, err := exec.LookPath("curl"); err == nil {
		cmd := exec.Command(curl, r.curl(d.at)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			d.t.Fatalf("curl %v: %v\n%s", cmd.Args, err, out)
		}
		return string(out)
	}
	res, err := http.DefaultClient.Do(r.request(d.t, d.at, dir))
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 400 {
		d.t.Fatalf("%+v: status %d: %v\n%s", r, res.StatusCode, err, b)
	}
	return string(b)
}

func TestRecipes(t *testing.T) {
	t.Parallel()
	d := startWalrus(t, "-aggregator", "local", "-publisher", "local")
	dir := t.TempDir()
	file := string(sealed(20_000))
	for _, name := range []string{"file", "logo"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store := func(r recipe) string {
		t.Helper()
		var p published
		answer := d.cook(dir, r)
		if err := json.Unmarshal([]byte(answer), &p); err != nil || p.NewlyCreated == nil {
			t.Fatalf("%v: %s", err, answer)
		}
		return p.NewlyCreated.BlobObject.BlobID
	}
	text := store(recipe{method: "PUT", path: "/v1/blobs", data: "some string"})
	whole := store(recipe{method: "PUT", path: "/v1/blobs?epochs=5", upload: "file"})
	made := d.cook(dir, recipe{method: "PUT", path: "/v1/quilts?epochs=5&quilt_version=V1", form: []string{"quilt-manual=@file", "logo-2025=@logo",
		`_metadata=[{"identifier": "quilt-manual", "tags": {"creator": "walrus", "version": "1.0"}}, {"identifier": "logo-2025", "tags": {"type": "logo", "format": "png"}}]`}})
	var q struct {
		BlobStoreResult  published
		StoredQuiltBlobs []struct{ Identifier, QuiltPatchID string }
	}
	if err := json.Unmarshal([]byte(made), &q); err != nil || len(q.StoredQuiltBlobs) != 2 || q.BlobStoreResult.NewlyCreated == nil {
		t.Fatalf("%v: %s", err, made)
	}
	quilt, logo := q.BlobStoreResult.NewlyCreated.BlobObject.BlobID, q.StoredQuiltBlobs[0].QuiltPatchID
	for _, c := range []struct {
		recipe
		want string
	}{
		{recipe{path: "/v1/blobs/" + text}, "some string"},
		{recipe{path: "/v1/blobs/" + whole}, file},
		{recipe{path: "/v1/blobs/" + text, header: "Range: bytes=0-4"}, "some "},
		{recipe{path: "/v1/blobs/" + text, header: "Range: bytes=5-"}, "string"},
		{recipe{path: "/v1/blobs/" + text, header: "Range: bytes=-6"}, "string"},
		{recipe{path: "/v1/blobs/" + text + "/byte-range?start=5&length=3"}, "str"},
		{recipe{path: "/v1alpha/blobs/" + text + "/stream"}, "some string"},
		{recipe{path: "/v1alpha/blobs/concat?ids=" + text + "," + text}, "some stringsome string"},
		{recipe{method: "POST", path: "/v1alpha/blobs/concat", header: "Content-Type: application/json", data: `{"ids":["` + text + `"]}`}, "some string"},
		{recipe{path: "/v1/blobs/by-quilt-patch-id/" + logo}, file},
		{recipe{path: "/v1/blobs/by-quilt-id/" + quilt + "/quilt-manual"}, file},
		{recipe{path: "/status"}, "OK"},
	} {
		if got := d.cook(dir, c.recipe); got != c.want {
			t.Errorf("%+v gives %.80q, want %.80q", c.recipe, got, c.want)
		}
	}
	if got := d.cook(dir, recipe{path: "/v1/quilts/" + quilt + "/patches"}); !strings.Contains(got, `"identifier":"logo-2025","patch_id":"`+logo+`","tags":{"format":"png","type":"logo"}`) {
		t.Errorf("patches: %s", got)
	}
	if got := d.cook(dir, recipe{path: "/v1/api"}); !json.Valid([]byte(got)) {
		t.Errorf("the OpenAPI document is no JSON: %.80s", got)
	}
}
