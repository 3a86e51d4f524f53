package quilt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"floe/codec"
)

func params(t testing.TB, shards int) codec.Params {
	t.Helper()
	p, err := codec.NewParams(shards)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// counted are the columns of a blob, and which were asked for.
func counted(blob []byte, p codec.Params, asked map[int]bool) Column {
	return func(c int) ([]byte, error) {
		asked[c] = true
		return BlobColumn(blob, p, c)
	}
}

func TestReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		c := randomCase(r)
		p := params(t, c.NShards)
		blob, index, err := Encode(c.files(), p)
		if errors.Is(err, ErrTooLarge) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, blob, index, p, sorted(c.files()))
	}
}

func readAll(t *testing.T, blob []byte, index []Patch, p codec.Params, files []File) {
	t.Helper()
	asked := make(map[int]bool)
	got, err := ReadIndex(p, counted(blob, p, asked))
	if err != nil {
		t.Fatal(err)
	}
	for c := range asked {
		if c >= int(index[0].Start) {
			t.Errorf("column %d was asked for, the index ends at %d", c, index[0].Start)
		}
	}
	for i, patch := range got {
		if patch.Identifier != index[i].Identifier || patch.Start != index[i].Start || patch.End != index[i].End || !maps.Equal(patch.Tags, files[i].Tags) {
			t.Errorf("patch %d is %v, want %v", i, patch, index[i])
		}
		clear(asked)
		f, err := ReadFile(int(patch.Start), int(patch.End), counted(blob, p, asked))
		if err != nil {
			t.Fatal(err)
		}
		if f.Identifier != files[i].Identifier || !maps.Equal(f.Tags, files[i].Tags) || !bytes.Equal(f.Data, files[i].Data) {
			t.Errorf("file %d isn't %q of %d bytes", i, files[i].Identifier, len(files[i].Data))
		}
		for c := range asked {
			if c < int(patch.Start) || c >= int(patch.End) {
				t.Errorf("column %d was asked for, file %d has %d to %d", c, i, patch.Start, patch.End)
			}
		}
	}
}

// Columns are the data of secondary slivers.
func TestColumnsAreSlivers(t *testing.T) {
	p := params(t, 10)
	blob, _, err := Encode([]File{{Identifier: "a", Data: pattern(5000, 1)}}, p)
	if err != nil {
		t.Fatal(err)
	}
	e, err := codec.NewEncoder(10)
	if err != nil {
		t.Fatal(err)
	}
	_, pairs, err := e.Encode(blob)
	if err != nil {
		t.Fatal(err)
	}
	for c := range p.Secondary {
		column, err := BlobColumn(blob, p, c)
		if err != nil {
			t.Fatal(err)
		}
		if s := pairs[9-c].Secondary; int(s.Index) != c || !bytes.Equal(s.Data, column) {
			t.Errorf("column %d isn't secondary sliver %d", c, s.Index)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	for _, ok := range []string{"a", "_a", ".a", "-a", "a b", "é", strings.Repeat("x", 65_532)} {
		if err := CheckIdentifier(ok); err != nil {
			t.Errorf("%.20q: %v", ok, err)
		}
	}
	for _, bad := range []string{"", "a ", "a\t", "a\u00a0", "a\x08b", "\x1b", "a\x00", "a\u0085b", "\xff", strings.Repeat("x", 65_533)} {
		if err := CheckIdentifier(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestBounds(t *testing.T) {
	p := params(t, 10)
	cases := map[string]struct {
		files []File
		want  error
	}{
		"none":          {nil, ErrMalformed},
		"too many":      {make([]File, p.Secondary), ErrTooLarge},
		"twice":         {[]File{{Identifier: "a"}, {Identifier: "a"}}, ErrMalformed},
		"no identifier": {[]File{{}}, ErrMalformed},
		"long tags":     {[]File{{Identifier: "a", Tags: map[string]string{"k": strings.Repeat("v", 65_536)}}}, ErrMalformed},
		"broken tag":    {[]File{{Identifier: "a", Tags: map[string]string{"k": "\xff"}}}, ErrMalformed},
		"too large":     {[]File{{Identifier: "a", Data: make([]byte, p.MaxBlobSize())}}, ErrTooLarge},
	}
	for name, c := range cases {
		if _, _, err := Encode(c.files, p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPatchIDsHaveOneSpelling(t *testing.T) {
	const good = "OTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCgAUAA"
	id, err := ParsePatchID(good)
	if err != nil || id.Start != 10 || id.End != 20 || id.String() != good {
		t.Fatalf("%v, %v", id, err)
	}
	if id, err = ParsePatchID("782rAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABZAD0AQ"); err != nil || id.Start != 100 || id.End != 500 {
		t.Fatalf("%v, %v", id, err)
	}
	for _, bad := range []string{"", good + "=", good[1:], good + "AA", strings.Replace(good, "ABCgAUAA", "ACCgAUAA", 1), strings.Replace(good, "CgAUAA", "CgAKAA", 1), "OTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if id, err := ParsePatchID(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v, %v", bad, id, err)
		}
	}
}

// oneColumn makes columns out of anything.
func oneColumn(b []byte) Column {
	const length = 64
	return func(c int) ([]byte, error) {
		out := make([]byte, length)
		if at := c * length; at < len(b) {
			copy(out, b[at:])
		}
		return out, nil
	}
}

// An index can't have more files than there are columns: the memory that takes
// isn't its maker's choice.
func TestIndexOfTooManyFiles(t *testing.T) {
	p := params(t, 10)
	const length, size = 2 << 20, 10 << 20
	head := binary.LittleEndian.AppendUint32([]byte{version}, size)
	head = append(head, 0x80, 0x80, 0x80, 1) // 2 million files, all bytes of which are 0
	column := make([]byte, length)
	read := func(c int) ([]byte, error) {
		if c > 0 {
			return column, nil
		}
		return append(bytes.Clone(head), column[len(head):]...), nil
	}
	if got, err := IndexSize(p, read); got != size || err != nil {
		t.Errorf("%d, %v", got, err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := ReadIndex(p, read); !errors.Is(err, ErrMalformed) {
		t.Errorf("%v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 8*size {
		t.Errorf("an index of %d bytes takes %d", size, took)
	}
}

func FuzzIndexNeverPanics(f *testing.F) {
	p := params(f, 10)
	blob, _, err := Encode([]File{{Identifier: "a", Tags: map[string]string{"k": "v"}, Data: []byte("data")}, {Identifier: "b"}}, p)
	if err != nil {
		f.Fatal(err)
	}
	first, err := BlobColumn(blob, p, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(first)
	f.Add([]byte{1, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		index, err := ReadIndex(p, oneColumn(b))
		if err != nil {
			return
		}
		end := uint16(0)
		for _, patch := range index {
			if patch.Start < 1 || patch.Start < end || patch.End <= patch.Start || int(patch.End) > p.Secondary {
				t.Fatalf("accepted %v after column %d", patch, end)
			}
			end = patch.End
		}
	})
}

func FuzzFileNeverReachesBeyondItsColumns(f *testing.F) {
	head, err := header(File{Identifier: "a", Tags: map[string]string{"k": "v"}, Data: []byte("data")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(head, "data"...), 3)
	f.Add(binary.LittleEndian.AppendUint32([]byte{1}, 1<<32-1), 1)
	f.Fuzz(func(t *testing.T, b []byte, columns int) {
		if columns < 1 || columns > 7 {
			return
		}
		file, err := ReadFile(2, 2+columns, func(c int) ([]byte, error) {
			if c < 2 || c >= 2+columns {
				t.Fatalf("column %d was asked for", c)
			}
			return oneColumn(b)(c - 2)
		})
		if err == nil && len(file.Data) > columns*64 {
			t.Fatalf("%d bytes out of %d columns", len(file.Data), columns)
		}
	})
}
