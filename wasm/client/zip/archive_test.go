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
	l, err := layOut(entriesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	l.pad(padding)
	var b bytes.Buffer
	if err := l.SumFrom(&b, Sum{}, nil, dataOf(files)); err != nil {
		t.Fatal(err)
	}
	if l.Size() != int64(b.Len()) {
		t.Errorf("predicted %d bytes, written %d", l.Size(), b.Len())
	}
	return b.Bytes()
}

func dataOf(files []sample) FileFunc {
	return func(dst io.Writer, i int, off int64) error {
		_, err := dst.Write(files[i].data[off:])
		return err
	}
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
		l, err := layOut([]Entry{{"a", c.in, 0}})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := l.WriteFrom(&b, 0, dataOf([]sample{{}})); err != nil {
			t.Fatal(err)
		}
		if r, err := open(b.Bytes()); err != nil || !r.Files[0].Modified.Equal(c.want) {
			t.Errorf("%v was read as %v, %v", c.in, r.Files[0].Modified, err)
		}
	}
}

func grid(step int64) func(int64) int64 {
	return func(n int64) int64 { return (n + step - 1) / step * step }
}

func TestPlan(t *testing.T) {
	files := samples()
	plain, err := layOut(entriesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	least := plain.Size()
	for _, step := range []int64{1, 7, 4096, least, least + 1} {
		l, err := NewLayout(entriesOf(files), grid(step))
		if err != nil || l.Size() != grid(step)(least) {
			t.Fatalf("step %d: %d + %d, %v", step, l.Size(), l.padding, err)
		}
		if archive := write(t, files, l.padding); int64(len(archive)) != l.Size() {
			t.Errorf("step %d: %d bytes written, %d planned", step, len(archive), l.Size())
		}
	}
	// Around 4 GiB the end of the archive grows by 76 bytes.
	for size := int64(max32 - 300); size < max32+100; size++ {
		l, err := NewLayout([]Entry{{"a", sampleTime, size}}, grid(4096))
		if err != nil || l.Size() != l.all.total(l.padding) || l.Size()%4096 != 0 || l.Size()-size > 2*4096 {
			t.Fatalf("%d bytes: planned %d with padding %d: %v", size, l.Size(), l.padding, err)
		}
	}
}

// TestWriteFrom: from every offset on the archive is the same; its checksums go
// on from a mark.
func TestWriteFrom(t *testing.T) {
	files := samples()
	want := write(t, files, 77)
	var marks []*Sum
	for at := range want {
		marks = append(marks, &Sum{Offset: int64(at)})
	}
	l, err := layOut(entriesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	l.pad(77)
	if err := l.SumFrom(io.Discard, Sum{}, marks, dataOf(files)); err != nil {
		t.Fatal(err)
	}
	for at := range want {
		var again, summed bytes.Buffer
		if err := l.WriteFrom(&again, int64(at), dataOf(files)); err != nil || !bytes.Equal(again.Bytes(), want[at:]) {
			t.Fatalf("from %d on: %d bytes, want %d; %v", at, again.Len(), len(want)-at, err)
		}
		other, err := layOut(entriesOf(files))
		if err != nil {
			t.Fatal(err)
		}
		other.pad(77)
		if err := other.SetSums(l.Sums(int64(at))); err != nil {
			t.Fatal(err)
		}
		if err := other.SumFrom(&summed, *marks[at], nil, dataOf(files)); err != nil || !bytes.Equal(summed.Bytes(), want[at:]) {
			t.Fatalf("going on at %d: %d bytes, want %d; %v", at, summed.Len(), len(want)-at, err)
		}
	}
}

func TestSpan(t *testing.T) {
	l, err := layOut(entriesOf(samples()))
	if err != nil {
		t.Fatal(err)
	}
	second := l.headers[1].offset
	for _, c := range []struct {
		from, to   int64
		first, end int
	}{{0, 1, 0, 1}, {0, second, 0, 1}, {0, second + 1, 0, 2}, {second, second + 1, 1, 2}, {second - 1, second + 1, 0, 2}, {0, l.Size(), 0, 5}, {l.all.offset, l.Size(), 5, 5}} {
		if first, end := l.Span(c.from, c.to); first != c.first || end != c.end {
			t.Errorf("%d to %d: %d to %d, want %d to %d", c.from, c.to, first, end, c.first, c.end)
		}
	}
}

func TestLayoutRefuses(t *testing.T) {
	for what, c := range map[string]struct {
		names []string
		size  int64
		data  string
		dst   io.Writer
		want  error
	}{
		"short data":     {[]string{"a"}, 3, "ab", io.Discard, ErrLength},
		"long data":      {[]string{"a"}, 1, "ab", io.Discard, ErrLength},
		"bad name":       {[]string{"../a"}, 0, "", io.Discard, ErrName},
		"duplicate":      {[]string{"a", "A"}, 0, "", io.Discard, ErrDuplicate},
		"file as folder": {[]string{"a", "a/b"}, 0, "", io.Discard, ErrDuplicate},
		"folder as file": {[]string{"a/b", "A"}, 0, "", io.Discard, ErrDuplicate},
		"negative size":  {[]string{"a"}, -1, "", io.Discard, ErrTooMany},
		"failing disk":   {[]string{"a"}, 1, "a", failing{}, io.ErrClosedPipe},
	} {
		var entries []Entry
		var files []sample
		for _, name := range c.names {
			entries = append(entries, Entry{name, sampleTime, c.size})
			files = append(files, sample{name, []byte(c.data)})
		}
		l, err := layOut(entries)
		if err == nil {
			err = l.WriteFrom(c.dst, 0, dataOf(files))
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
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
	if _, err := layOut(entries); !errors.Is(err, ErrTooMany) {
		t.Errorf("%d files: %v", len(entries), err)
	}
	if _, err := layOut(entries[:MaxEntries]); err != nil {
		t.Errorf("%d files: %v", MaxEntries, err)
	}
	for i := range entries[:600] {
		entries[i].Name = fmt.Sprintf("%065535d", i)
	}
	if _, err := layOut(entries[:600]); !errors.Is(err, ErrTooMany) {
		t.Errorf("list of 600 · 64 KiB: %v", err)
	}
}
