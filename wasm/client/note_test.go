//go:build !js

package client

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"floe/codec"
)

// TestRecoveryNote follows the note with stock tools: age from its own module
// and unzip. Only the fetching is done here.
func TestRecoveryNote(t *testing.T) {
	unzip, err := exec.LookPath("unzip")
	if err != nil {
		missing(t, "unzip")
	}
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	dir := t.TempDir()
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(sent.Note.Name, []byte(sent.Note.Text))
	for _, b := range sent.Blobs {
		if !strings.Contains(sent.Note.Text, codec.BlobID(b.BlobID).String()) {
			t.Errorf("the note doesn't name blob %s", codec.BlobID(b.BlobID))
		}
	}
	write("parcel.age", fetched(t, f.client(), sent))
	age := stockAge(t)
	want := "age -d -i " + sent.Note.Name + " parcel.age > parcel.zip"
	if !strings.Contains(sent.Note.Text, want) {
		t.Errorf("the note doesn't say %q", want)
	}
	run(age, "-d", "-i", sent.Note.Name, "-o", "parcel.zip", "parcel.age")
	run(unzip, "-q", "parcel.zip")
	for path, data := range files {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil || string(got) != string(data) {
			t.Errorf("%s isn't what was sent: %v", path, err)
		}
	}
}

// stockAge builds age's own program, of the version in go.mod.
func stockAge(t *testing.T) string {
	version, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "filippo.io/age").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	install := exec.Command("go", "install", "filippo.io/age/cmd/age@"+strings.TrimSpace(string(version)))
	install.Env = append(os.Environ(), "GOBIN="+dir)
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "age (go install: "+string(out)+")")
	}
	return filepath.Join(dir, "age")
}

// missing skips loudly for want of a tool, or fails where it is required.
func missing(t *testing.T, tool string) {
	for name := range strings.SplitSeq(os.Getenv("FLOE_REQUIRE"), ",") {
		if name == tool {
			t.Fatalf("needs %s, which FLOE_REQUIRE demands", tool)
		}
	}
	t.Skipf("LOUD: needs %s; FLOE_REQUIRE=%s makes this a failure", tool, tool)
}

func fetched(t *testing.T, c *Client, sent *Sent) []byte {
	t.Helper()
	req := FetchRequest{}
	for _, b := range sent.Blobs {
		req.Blobs = append(req.Blobs, codec.BlobID(b.BlobID))
	}
	var out bytes.Buffer
	if err := c.Fetch(context.Background(), &out, req); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
