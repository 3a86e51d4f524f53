package zip

import (
	stdzip "archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

// sample is a file of a test archive.
type sample struct {
	name string
	data []byte
}

func samples() []sample {
	return []sample{
		{"readme.txt", []byte("four nodes may be down\n")},
		{"ordner/été.txt", bytes.Repeat([]byte("eis"), 1000)},
		{"日本語/ファイル.bin", bytes.Repeat([]byte{0, 1, 2, 255}, 500)},
		{"empty", nil},
		{"ordner/aux.c", []byte("int main;")},
	}
}

var sampleTime = time.Date(2026, 11, 22, 18, 30, 31, 0, time.UTC)

func entriesOf(files []sample) []Entry {
	out := make([]Entry, len(files))
	for i, f := range files {
		out[i] = Entry{f.name, sampleTime, int64(len(f.data))}
	}
	return out
}

// write returns the archive of files with padding.
func write(t testing.TB, files []sample, padding int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for i, e := range entriesOf(files) {
		data, err := w.Add(e.Name, e.Modified, e.Size)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := data.Write(files[i].data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Pad(padding); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(archive []byte) (*Reader, error) {
	return NewReader(bytes.NewReader(archive), int64(len(archive)))
}

// check holds an archive against files, with our reader and with Go's.
func check(t testing.TB, archive []byte, files []sample) {
	t.Helper()
	r, err := open(archive)
	if err != nil {
		t.Fatal(err)
	}
	std, err := stdzip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Files) != len(files) || len(std.File) != len(files) {
		t.Fatalf("%d files, Go sees %d, want %d", len(r.Files), len(std.File), len(files))
	}
	for i, f := range r.Files {
		data, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(data)
		if err != nil || f.Name != files[i].name || !bytes.Equal(got, files[i].data) || f.Size != int64(len(got)) {
			t.Fatalf("file %d %q: %d bytes, %v", i, f.Name, len(got), err)
		}
		s := std.File[i]
		theirs, err := s.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err = io.ReadAll(theirs)
		if err != nil || s.Name != f.Name || !bytes.Equal(got, files[i].data) || !s.Modified.Equal(f.Modified) ||
			s.NonUTF8 || s.Mode() != 0o644 {
			t.Fatalf("Go reads file %d as %q %v %v, %d bytes, %v", i, s.Name, s.Modified, s.Mode(), len(got), err)
		}
	}
	var copied bytes.Buffer
	if n, err := r.WriteTo(&copied); err != nil || !bytes.Equal(copied.Bytes(), archive) {
		t.Fatalf("copied %d of %d bytes: %v", n, len(archive), err)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, files := range [][]sample{nil, samples()[:1], samples()[3:4], samples()} {
		for _, padding := range []int64{0, 1, 76, 100_000} {
			archive := write(t, files, padding)
			check(t, archive, files)
			if n, err := Size(entriesOf(files), padding); err != nil || n != int64(len(archive)) {
				t.Errorf("predicted %d bytes, %v; written %d", n, err, len(archive))
			}
		}
	}
}

func TestModified(t *testing.T) {
	for _, c := range []struct{ in, want time.Time }{
		{sampleTime, sampleTime},
		{sampleTime.Add(999 * time.Millisecond), sampleTime},
		{sampleTime.In(time.FixedZone("", 3600)), sampleTime},
		{time.Time{}, time.Unix(minTime, 0)},
		{time.Unix(0, 0), time.Unix(minTime, 0)},
		{time.Date(2039, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(2039, 1, 1, 0, 0, 1, 0, time.UTC)},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(maxTime, 0)},
	} {
		var b bytes.Buffer
		w := NewWriter(&b)
		if _, err := w.Add("a", c.in, 0); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if r, err := open(b.Bytes()); err != nil || !r.Files[0].Modified.Equal(c.want) {
			t.Errorf("%v was read as %v, %v", c.in, r.Files[0].Modified, err)
		}
	}
}

func TestPlan(t *testing.T) {
	files := samples()
	least, err := Size(entriesOf(files), 0)
	if err != nil {
		t.Fatal(err)
	}
	grid := func(step int64) func(int64) int64 {
		return func(n int64) int64 { return (n + step - 1) / step * step }
	}
	for _, step := range []int64{1, 7, 4096, least, least + 1} {
		padding, total, err := Plan(entriesOf(files), grid(step))
		if err != nil || total != grid(step)(least) {
			t.Fatalf("step %d: %d + %d, %v", step, total, padding, err)
		}
		if archive := write(t, files, padding); int64(len(archive)) != total {
			t.Errorf("step %d: %d bytes written, %d planned", step, len(archive), total)
		}
	}
	// Around 4 GiB the end of the archive grows by 76 bytes.
	for size := int64(max32 - 300); size < max32+100; size++ {
		entries := []Entry{{"a", sampleTime, size}}
		padding, total, err := Plan(entries, grid(4096))
		n, sizeErr := Size(entries, padding)
		if err != nil || sizeErr != nil || n != total || total%4096 != 0 || total-size > 2*4096 {
			t.Fatalf("%d bytes: planned %d with padding %d, comes to %d: %v, %v", size, total, padding, n, err, sizeErr)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	add := func(w *Writer, name string, size int64, data string) error {
		e, err := w.Add(name, sampleTime, size)
		if err == nil {
			_, err = io.WriteString(e, data)
		}
		return err
	}
	for what, c := range map[string]struct {
		do   func(w *Writer) error
		want error
	}{
		"short data":      {func(w *Writer) error { return errors.Join(add(w, "a", 3, "ab"), w.Close()) }, ErrLength},
		"short, then add": {func(w *Writer) error { return errors.Join(add(w, "a", 3, "ab"), add(w, "b", 0, "")) }, ErrLength},
		"short, then pad": {func(w *Writer) error { return errors.Join(add(w, "a", 3, "ab"), w.Pad(1)) }, ErrLength},
		"long data":       {func(w *Writer) error { return add(w, "a", 1, "ab") }, ErrLength},
		"bad name":        {func(w *Writer) error { return add(w, "../a", 0, "") }, ErrName},
		"duplicate":       {func(w *Writer) error { return errors.Join(add(w, "a", 0, ""), add(w, "A", 0, "")) }, ErrDuplicate},
		"file as folder":  {func(w *Writer) error { return errors.Join(add(w, "a", 0, ""), add(w, "a/b", 0, "")) }, ErrDuplicate},
		"folder as file":  {func(w *Writer) error { return errors.Join(add(w, "a/b", 0, ""), add(w, "A", 0, "")) }, ErrDuplicate},
		"negative size":   {func(w *Writer) error { return add(w, "a", -1, "") }, ErrTooMany},
		"add after pad":   {func(w *Writer) error { return errors.Join(w.Pad(1), add(w, "a", 0, "")) }, errOrder},
		"close twice":     {func(w *Writer) error { return errors.Join(w.Close(), w.Close()) }, errOrder},
		"failing disk": {func(w *Writer) error {
			w.dst = failing{}
			return errors.Join(add(w, "a", 1, "a"), w.Close())
		}, io.ErrClosedPipe},
	} {
		w := NewWriter(io.Discard)
		err := c.do(w)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if w.Close() == nil {
			t.Errorf("%s: Close succeeds afterwards", what)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTooMany(t *testing.T) {
	entries := make([]Entry, MaxEntries+1)
	for i := range entries {
		entries[i].Name = fmt.Sprintf("%06d", i)
	}
	if _, err := Size(entries, 0); !errors.Is(err, ErrTooMany) {
		t.Errorf("%d files: %v", len(entries), err)
	}
	if _, err := Size(entries[:MaxEntries], 0); err != nil {
		t.Errorf("%d files: %v", MaxEntries, err)
	}
	for i := range entries[:600] {
		entries[i].Name = fmt.Sprintf("%065535d", i)
	}
	if _, err := Size(entries[:600], 0); !errors.Is(err, ErrTooMany) {
		t.Errorf("list of 600 · 64 KiB: %v", err)
	}
}
