package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

// TestReadFilesInOneGo: many small files take few requests, and no row twice.
func TestReadFilesInOneGo(t *testing.T) {
	files := map[string][]byte{}
	for i := range 2000 {
		files[fmt.Sprintf("%04d.txt", i)] = noise(fmt.Sprint(i), 1000+i%700)
	}
	c, sent := sentLarge(t, files)
	p := openLarge(t, c, sent)
	c.reset()
	read := func(indices []int) {
		t.Helper()
		n := 0
		err := p.ReadFiles(context.Background(), indices, ReadRequest{}, func(f FileInfo, data io.Reader) error {
			got, err := io.ReadAll(data)
			if !bytes.Equal(got, files[f.Path]) || f.Index != indices[n] {
				t.Errorf("%s came wrongly", f.Path)
			}
			n++
			return err
		})
		if err != nil || n != len(indices) {
			t.Fatalf("%d files came: %v", n, err)
		}
	}
	all := make([]int, len(p.Files))
	for i := range all {
		all[i] = i
	}
	read(all)
	if twice := c.twice(); len(twice) > 0 || len(c.reads) > 20 {
		t.Errorf("%d requests, rows of %d blobs twice", len(c.reads), len(twice))
	}
	read([]int{3, 4, 700, 1999})
	read(nil)
	for _, wrong := range [][]int{{-1}, {2000}, {4, 3}, {5, 5}} {
		if err := p.ReadFiles(context.Background(), wrong, ReadRequest{}, nil); err == nil {
			t.Errorf("read %v", wrong)
		}
	}
	full := errors.New("no space left")
	if err := p.ReadFiles(context.Background(), all, ReadRequest{}, func(FileInfo, io.Reader) error { return full }); err != full {
		t.Errorf("got %v, want what the taker said", err)
	}
}

// TestBlobsBefore: what a shelf may drop is never needed again.
func TestBlobsBefore(t *testing.T) {
	files := map[string][]byte{}
	for i := range 40 {
		files[fmt.Sprintf("%02d", i)] = noise(fmt.Sprint(i), 150_000)
	}
	c, sent := sentLarge(t, files)
	p := openLarge(t, c, sent)
	if n := p.BlobsBefore(0); n != 0 {
		t.Errorf("%d blobs come before the first file", n)
	}
	if n := p.BlobsBefore(len(p.Files)); n != len(sent.Blobs) || len(p.Blobs()) != n {
		t.Errorf("%d of %d blobs in all", n, len(sent.Blobs))
	}
	for i := range p.Files {
		p := openLarge(t, c, sent)
		early := map[string]bool{}
		for _, id := range p.Blobs()[:p.BlobsBefore(i)] {
			early[id.String()] = true
		}
		c.reset()
		if err := p.WriteFile(context.Background(), i, io.Discard, ReadRequest{}); err != nil {
			t.Fatal(err)
		}
		for _, ask := range c.reads {
			if early[ask.BlobID] {
				t.Errorf("file %d needs an early blob", i)
			}
		}
	}
}
