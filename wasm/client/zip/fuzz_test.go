package zip

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// What a reader accepts, down to the last byte, is what a Writer writes for the
// files that the reader saw.
func FuzzReaderNeverAcceptsTampered(f *testing.F) {
	f.Add(write(f, samples(), 100), 0, byte(0))
	f.Add(write(f, samples()[:1], 0), 50, byte(1))
	f.Add(write(f, nil, 0), 0, byte(0))
	f.Add(forgeNames("a", "b/c"), 14, byte(9))
	f.Add(forgeNames("a", "A"), 0, byte(0))
	f.Fuzz(func(t *testing.T, archive []byte, at int, mask byte) {
		archive = bytes.Clone(archive)
		if at >= 0 && at < len(archive) {
			archive[at] ^= mask
		}
		r, err := open(archive)
		if err != nil {
			return
		}
		if _, err := r.WriteTo(io.Discard); err != nil {
			return
		}
		var again bytes.Buffer
		var entries []Entry
		for _, file := range r.Files {
			entries = append(entries, file.Entry)
		}
		l, err := layOut(entries)
		if err != nil {
			t.Fatalf("accepted a file that can't be written: %v", err)
		}
		l.pad(r.end.offset - l.all.offset)
		err = l.SumFrom(&again, Sum{}, nil, func(dst io.Writer, i int, off int64) error {
			src, err := r.Files[i].Open()
			if err == nil {
				_, err = io.Copy(dst, src)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), archive) {
			t.Fatal("accepted an archive that nobody writes")
		}
	})
}

func FuzzZipRoundTrip(f *testing.F) {
	f.Add("readme.txt\nordner/été.txt\n日本語/ファイル.bin\nempty", []byte("some data"), uint16(100))
	f.Add("a\nA\na/b\n../c\nc:/d\n\\\n\x00\nCON\ne\u0301\né", []byte{}, uint16(0))
	f.Add("Straße\nSTRASSE\nﬁ\nfi\n\u202eexe.gpj", bytes.Repeat([]byte{0}, 1000), uint16(1))
	f.Fuzz(func(t *testing.T, names string, data []byte, padding uint16) {
		var files []sample
		for i, name := range CleanNames(strings.Split(names, "\n")) {
			files = append(files, sample{name, data[:len(data)*(i%4)/3]})
		}
		archive := write(t, files, int64(padding))
		check(t, archive, files)
	})
}

func FuzzNamesAreSafeOnAnyDisk(f *testing.F) {
	f.Add("a\nA\na/b\n../c\nc:/d\n\\\n\x00\nCON\nLPT1.txt\ne\u0301\né\n \n.\na.\na ")
	f.Add("\u202eexe.gpj\nwhat?\nwhat*\nnul.tar.gz\n日本語\n" + strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, names string) {
		clean := CleanNames(strings.Split(names, "\n"))
		checkClean(t, clean)
		saved := SaveNames(clean)
		checkClean(t, saved)
		for _, name := range saved {
			for part := range strings.SplitSeq(name, "/") {
				if isDevice(part) || len(part) > maxPart || strings.ContainsAny(part, `<>:"|?*\`) ||
					strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") || strings.ContainsFunc(part, isReordering) {
					t.Fatalf("%q isn't safe", name)
				}
			}
		}
	})
}
