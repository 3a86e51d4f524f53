package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"floe/wasm/client/zip"
)

// shop opens files, and knows which are open.
type shop struct {
	open, most int
	opened     []string
}

func (s *shop) file(name string, size int) File {
	data := bytes.Repeat([]byte{name[0]}, size)
	return File{Path: name, Size: int64(size), Open: func() (io.ReadCloser, error) {
		s.opened = append(s.opened, name)
		s.open++
		s.most = max(s.most, s.open)
		return &closer{Reader: bytes.NewReader(data), shop: s}, nil
	}}
}

type closer struct {
	io.Reader
	shop *shop
}

func (c *closer) Close() error { c.shop.open--; return nil }

func planned(t *testing.T, files []File) *archive {
	t.Helper()
	a, err := planArchive(files)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFilesAhead: small files are opened ahead, once and in order, so many and so
// many bytes at most; none stays open.
func TestFilesAhead(t *testing.T) {
	for name, c := range map[string]struct{ count, size, most int }{
		"none ahead": {1, 10, 1},
		"few":        {5, 10, 5},
		"many":       {100, 10, filesAhead + 1},
		"empty":      {100, 0, filesAhead + 1},
		"middling":   {20, bytesAhead / 4, 5},
		"large":      {5, bytesAhead + 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shop{}
			files := make([]File, c.count)
			for i := range files {
				files[i] = s.file(fmt.Sprintf("%03d", i), c.size)
			}
			r := newFilesReader(t.Context(), planned(t, files))
			for i := range files {
				var got bytes.Buffer
				if err := r.write(&got, i, 0); err != nil {
					t.Fatal(err)
				}
				if got.Len() != c.size {
					t.Errorf("file %d: %d bytes", i, got.Len())
				}
			}
			r.close()
			if s.most != c.most {
				t.Errorf("%d were open at once, want %d", s.most, c.most)
			}
			if len(s.opened) != c.count || s.open != 0 {
				t.Errorf("%d were opened, %d are open still", len(s.opened), s.open)
			}
		})
	}
}

// TestFilesAheadFrom: a pass may begin within a file, jump and stop anywhere.
func TestFilesAheadFrom(t *testing.T) {
	s := &shop{}
	var files []File
	for i := range 50 {
		files = append(files, s.file(string(rune('A'+i)), 3))
	}
	r := newFilesReader(t.Context(), planned(t, files))
	var got bytes.Buffer
	for _, at := range []struct{ i, off int }{{4, 2}, {5, 0}, {6, 0}, {30, 0}, {31, 1}, {32, 0}} {
		if err := r.write(&got, at.i, int64(at.off)); err != nil {
			t.Fatal(err)
		}
	}
	if want := "E" + "FFF" + "GGG" + "___" + "``" + "aaa"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
	r.close()
	if s.open != 0 {
		t.Errorf("%d are open still", s.open)
	}
}

// TestFilesAheadFails: a file that can't be opened is told of when its turn
// comes, and by its name.
func TestFilesAheadFails(t *testing.T) {
	s := &shop{}
	files := []File{s.file("a", 3), s.file("b", 3), s.file("c", 3)}
	files[1].Open = func() (io.ReadCloser, error) { return nil, errors.New("it is locked") }
	r := newFilesReader(t.Context(), planned(t, files))
	if err := r.write(io.Discard, 0, 0); err != nil {
		t.Fatalf("the first: %v", err)
	}
	err := r.write(io.Discard, 1, 0)
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeFileGone || e.Name != "b" || !strings.Contains(e.Message, "“b”") {
		t.Fatalf("the second: %v", err)
	}
	r.close()
	if s.open != 0 {
		t.Errorf("%d are open still", s.open)
	}
}

// TestTooManyFiles is refused before anything is read or asked for.
func TestTooManyFiles(t *testing.T) {
	s := &shop{}
	files := make([]File, zip.MaxEntries+1)
	for i := range files {
		files[i] = s.file(fmt.Sprint(i), 0)
	}
	f := newFake(t)
	_, err := f.client().Send(t.Context(), SendRequest{Files: files})
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeTooMany || !strings.Contains(e.Message, "100000") {
		t.Errorf("got %v", err)
	}
	if len(s.opened) > 0 || f.count("") > 0 {
		t.Errorf("%d files were opened, %d requests made", len(s.opened), f.count(""))
	}
}
