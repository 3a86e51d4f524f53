package server

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"testing"
	"testing/fstest"
)

// opened counts how often files are opened.
type opened struct {
	fstest.MapFS
	times map[string]int
}

func (o opened) Open(name string) (fs.File, error) {
	o.times[name]++
	return o.MapFS.Open(name)
}

// TestLargeAssetsAreHeldOnce: large files are served whole, and not held in memory
// beside the program that has them.
func TestLargeAssetsAreHeldOnce(t *testing.T) {
	s := newSite(t)
	large := bytes.Repeat([]byte("large "), largeFile/6+1)
	files := opened{fstest.MapFS{
		"large.wasm":    {Data: large},
		"large.wasm.br": {Data: large[1:]},
		"css/large.css": {Data: large},
		"small.wasm":    {Data: large[:10]},
	}, make(map[string]int)}
	if err := s.readTree(files); err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]*form{"large.wasm": &s.assets["large.wasm"].body, "large.wasm.br": s.assets["large.wasm"].brotli} {
		if form.bytes != nil {
			t.Errorf("%s is held", name)
		}
	}
	for _, c := range []struct {
		path, encoding, file string
		want                 []byte
	}{
		{"large.wasm", "", "large.wasm", large},
		{"large.wasm", "br", "large.wasm.br", large[1:]},
		{"css/large.css", "", "", large},
		{"small.wasm", "", "", large[:10]},
	} {
		clear(files.times)
		res, body := s.ask("GET", pathAssets+c.path, nil, "Accept-Encoding", c.encoding)
		if res.StatusCode != 200 || sha256.Sum256(body) != sha256.Sum256(c.want) || c.file != "" && res.ContentLength != int64(len(c.want)) {
			t.Errorf("%s as %q: status %d, %d bytes of %d, want %d", c.path, c.encoding, res.StatusCode, len(body), res.ContentLength, len(c.want))
		}
		if c.file != "" && files.times[c.file] != 1 || c.file == "" && len(files.times) > 0 {
			t.Errorf("%s as %q: opened %v", c.path, c.encoding, files.times)
		}
		if res, body = s.ask("HEAD", pathAssets+c.path, nil, "Accept-Encoding", c.encoding); len(body) > 0 || c.file != "" && res.ContentLength != int64(len(c.want)) {
			t.Errorf("HEAD %s as %q: %d bytes of %d", c.path, c.encoding, len(body), res.ContentLength)
		}
	}
}
