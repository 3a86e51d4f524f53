package zip

import (
	stdzip "archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
)

// forge writes an archive of headers as they are, without a Writer's checks.
// Offsets that are -1 are filled in; data are zeros.
func forge(headers []header) []byte {
	var b, directory []byte
	for i := range headers {
		h := &headers[i]
		if h.offset == -1 {
			h.offset = int64(len(b))
		}
		b = h.appendLocal(b)
		b = append(b, make([]byte, h.Size)...)
		h.crc = updateCRC(0, make([]byte, h.Size))
		b = h.appendDescriptor(b)
	}
	for i := range headers {
		directory = headers[i].appendCentral(directory)
	}
	e := end{int64(len(headers)), int64(len(directory)), int64(len(b))}
	return e.append(append(b, directory...))
}

func forgeNames(names ...string) []byte {
	headers := make([]header, len(names))
	for i, n := range names {
		headers[i] = header{Entry: Entry{n, sampleTime, 3}, offset: -1}
	}
	return forge(headers)
}

// refused reports whether neither opening nor copying takes the archive.
func refused(archive []byte) error {
	r, err := open(archive)
	if err != nil {
		return err
	}
	_, err = r.WriteTo(io.Discard)
	return err
}

func TestForgeMakesWhatReadersAccept(t *testing.T) {
	if err := refused(forgeNames("a", "b/c")); err != nil {
		t.Fatal(err) // else the next test proves nothing
	}
}

func TestReaderRefusesNames(t *testing.T) {
	for what, names := range map[string][]string{
		"twice":           {"a", "b", "a"},
		"by case":         {"a.txt", "A.TXT"},
		"by long case":    {"straße", "STRASSE"},
		"by NFC":          {"é", "e\u0301"},
		"file and folder": {"a", "b", "A/c"},
		"above":           {"../a"},
		"above inside":    {"a/../../b"},
		"absolute":        {"/etc/passwd"},
		"drive":           {"c:/a"},
		"backslash":       {`..\a`},
		"folder entry":    {"a/"},
		"empty":           {""},
		"NUL":             {"a\x00.txt"},
		"line feed":       {"a\nb"},
		"not UTF-8":       {"\xff"},
		"NFD":             {"e\u0301"},
	} {
		if err := refused(forgeNames(names...)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReaderRefusesPlaces(t *testing.T) {
	entry := func(name string, offset, size int64) header {
		return header{Entry: Entry{name, sampleTime, size}, offset: offset}
	}
	for what, headers := range map[string][]header{
		"overlap":          {entry("a", -1, 9), entry("b", 0, 9)},
		"partial overlap":  {entry("a", -1, 9), entry("b", 20, 9)},
		"beyond the end":   {entry("a", 1<<20, 9)},
		"gap at the start": {entry("a", 1, 9)},
		"out of order":     {entry("a", 65, 9), entry("b", 0, 9)},
		"needless ZIP64":   {entry("a", max32, 9)},
		"enormous offset":  {entry("a", 1<<62, 9)},
		"past any measure": {entry("a", -1, 9), entry("b", 1<<63-1, 9)},
		"inside another":   {entry("a", -1, 9), entry("b", 30, 9)},
	} {
		if err := refused(forge(headers)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// patch returns a good archive with the bytes at off of its part replaced.
func patch(archive []byte, signature uint32, off int, with ...byte) []byte {
	at := bytes.LastIndex(archive, le.AppendUint32(nil, signature))
	archive = slices.Clone(archive)
	copy(archive[at+off:], with)
	return archive
}

func TestReaderRefusesFields(t *testing.T) {
	good := forgeNames("file")
	for what, archive := range map[string][]byte{
		"deflate":               patch(patch(good, sigCentral, 10, 8), sigLocal, 8, 8),
		"encrypted":             patch(patch(good, sigCentral, 8, 9), sigLocal, 6, 9),
		"no UTF-8 flag":         patch(patch(good, sigCentral, 9, 0), sigLocal, 7, 0),
		"symlink":               patch(good, sigCentral, 38, 0, 0, 0xff, 0xa1),
		"setuid":                patch(good, sigCentral, 38, 0, 0, 0xed, 0x89),
		"folder":                patch(good, sigCentral, 38, 0x10, 0, 0xed, 0x41),
		"made by DOS":           patch(good, sigCentral, 5, 0),
		"another disk":          patch(good, sigCentral, 34, 1),
		"internal attributes":   patch(good, sigCentral, 36, 1),
		"entry comment":         patch(good, sigCentral, 32, 1),
		"CRC in the list":       patch(good, sigCentral, 16, 1, 2, 3, 4),
		"CRC in the descriptor": patch(good, sigDescriptor, 4, 1, 2, 3, 4),
		"size in the list":      patch(good, sigCentral, 20, 4, 0, 0, 0, 4),
		"size, local only":      patch(good, sigLocal, 18, 4, 0, 0, 0, 4),
		"name, local only":      patch(good, sigLocal, 30, 'g'),
		"time, local only":      patch(good, sigLocal, 10, 1),
		"extra, local only":     patch(good, sigLocal, 34, 0x99),
		"data":                  patch(good, sigLocal, 30+4+9, 'X'),
		"comment":               append(patch(good, sigEnd, 20, 1), 'c'),
		"trailing garbage":      append(slices.Clone(good), 0),
		"leading garbage":       append([]byte{0}, good...),
		"one entry more":        patch(good, sigEnd, 8, 2, 0, 2),
		"no entries":            patch(good, sigEnd, 8, 0, 0, 0),
		"counts that differ":    patch(good, sigEnd, 8, 2),
		"directory elsewhere":   patch(good, sigEnd, 16, 0),
		"directory shorter":     patch(good, sigEnd, 12, 1),
		"ZIP64 without one":     patch(good, sigEnd, 8, 0xff, 0xff, 0xff, 0xff),
		"nothing":               {},
		"end alone, cut":        good[len(good)-endSize+1:],
	} {
		if err := refused(archive); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReaderRefusesOtherWriters(t *testing.T) {
	for what, h := range map[string]stdzip.FileHeader{
		"stored":   {Name: "a", Method: stdzip.Store},
		"deflated": {Name: "a", Method: stdzip.Deflate},
	} {
		var b bytes.Buffer
		w := stdzip.NewWriter(&b)
		h.SetMode(fs.FileMode(0o644))
		if _, err := w.CreateHeader(&h); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := refused(b.Bytes()); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Every byte counts: whichever is changed, and wherever the archive is cut, it
// is refused.
func TestReaderRefusesEveryChange(t *testing.T) {
	archive := write(t, samples(), 100)
	for i := range archive {
		for _, bit := range []byte{1, 0x80} {
			changed := slices.Clone(archive)
			changed[i] ^= bit
			if err := refused(changed); !errors.Is(err, ErrMalformed) {
				t.Fatalf("byte %d of %d changed: %v", i, len(archive), err)
			}
		}
		if err := refused(archive[:i]); err == nil {
			t.Fatalf("cut to %d of %d bytes: accepted", i, len(archive))
		}
	}
}

// A file is never called complete before its last byte is verified.
func TestOpenHoldsBackEOF(t *testing.T) {
	archive := write(t, []sample{{"a", bytes.Repeat([]byte("eis"), 1000)}}, 0)
	archive[30+1+9+2999] ^= 1 // its last byte
	r, err := open(archive)
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.Files[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, data)
	if n != 3000 || !errors.Is(err, ErrMalformed) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, again := data.Read(make([]byte, 1)); again == nil || again == io.EOF {
		t.Errorf("reading on gives %v", again)
	}
}

type brokenSource struct{}

func (brokenSource) ReadAt([]byte, int64) (int, error) { return 0, io.ErrNoProgress }

func TestSourceErrorsAreNotDamage(t *testing.T) {
	_, err := NewReader(brokenSource{}, 1000)
	if !errors.Is(err, io.ErrNoProgress) || errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}
