package zip

import (
	"bytes"
	"fmt"
	"testing"
)

// manyFiles is an archive of as many small files as one can have.
func manyFiles(b *testing.B, names string) []byte {
	files := make([]sample, MaxEntries)
	for i := range files {
		files[i] = sample{fmt.Sprintf(names, i/100, i), []byte{1}}
	}
	return write(b, files, 0)
}

// BenchmarkList lists 100,000 files.
func BenchmarkList(b *testing.B) {
	for name, names := range map[string]string{"ascii": "photos/day %d/IMG_%06d.JPG", "cyrillic": "фото/день %d/снимок %06d.jpg"} {
		archive := manyFiles(b, names)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(archive), int64(len(archive)))
				if err != nil || len(r.Files) != MaxEntries {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSaveNames names them on a disk.
func BenchmarkSaveNames(b *testing.B) {
	names := make([]string, MaxEntries)
	for i := range names {
		names[i] = fmt.Sprintf("photos/day %d/IMG_%06d.JPG", i/100, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		SaveNames(names)
	}
}

// TestLengths: what is computed is what is appended.
func TestLengths(t *testing.T) {
	for _, size := range []int64{0, 1, max32 - 1, max32, max32 + 1} {
		for _, offset := range []int64{0, max32 - 1, max32, max32 + 1} {
			h := header{Entry{"folder/été", sampleTime, size}, 7, offset}
			for what, n := range map[string][2]int64{
				"local":      {h.localLength(), int64(len(h.appendLocal(nil)))},
				"descriptor": {h.descriptorLength(), int64(len(h.appendDescriptor(nil)))},
				"central":    {h.centralLength(), int64(len(h.appendCentral(nil)))},
			} {
				if n[0] != n[1] {
					t.Errorf("%s of %d bytes at %d: %d computed, %d appended", what, size, offset, n[0], n[1])
				}
			}
		}
	}
}
