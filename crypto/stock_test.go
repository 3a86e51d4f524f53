package crypto

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"filippo.io/age"
)

// damage returns what became of a sealed file on its way: cut, changed, longer,
// chunks lost, doubled or swapped, up to three times.
func damage(r *rand.Rand, sealed []byte) []byte {
	b := bytes.Clone(sealed)
	for range 1 + r.IntN(3) {
		if len(b) <= HeaderSize {
			break
		}
		payload := b[HeaderSize:]
		count := max(1, len(payload)/sealedChunkSize)
		from := r.IntN(count) * sealedChunkSize
		chunk := bytes.Clone(payload[from:min(len(payload), from+sealedChunkSize)])
		switch r.IntN(8) {
		case 0:
			b = b[:HeaderSize+r.IntN(len(payload)+1)]
		case 1:
			b = b[:HeaderSize+from]
		case 2:
			payload[r.IntN(len(payload))] ^= 1 << r.IntN(8)
		case 3:
			b = append(b, noise(r, 1+r.IntN(40))...)
		case 4:
			b = append(b, chunk...)
		case 5:
			b = slices.Delete(b, HeaderSize+from, HeaderSize+from+len(chunk))
		case 6:
			b = slices.Insert(b, HeaderSize+from, chunk...)
		case 7:
			at := r.IntN(len(payload))
			b = append(b[:HeaderSize+at:HeaderSize+at], payload[min(len(payload), at+1+r.IntN(3*sealedChunkSize)):]...)
		}
	}
	return b
}

// Whatever happened to a file, what Open and OpenAt release of it, and whether
// they take that for all, is what stock age does, but that OpenAt may release
// less at once.
func TestOpensAsStockAge(t *testing.T) {
	id := newParcelIdentity(t)
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{0, 1, 1000, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, batch * ChunkSize, batch*ChunkSize + 5, 9 * ChunkSize} {
		sealed := seal(t, id.Recipient(), noise(r, n))
		for range 60 {
			file := damage(r, sealed)
			stock, stockErr := age.Decrypt(bytes.NewReader(file), id)
			src, err := Open(bytes.NewReader(file), id)
			if stockErr != nil || err != nil {
				t.Fatalf("Open: %v; stock age: %v", err, stockErr) // the header is whole
			}
			want, wantErr := io.ReadAll(stock)
			got, gotErr := readAll(r, src)
			if !bytes.Equal(got, want) || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("of %d bytes of %d, Open releases %d, %v; stock age %d, %v", len(file), len(sealed), len(got), gotErr, len(want), wantErr)
			}
			_, stockSize, stockErr := age.DecryptReaderAt(bytes.NewReader(file), int64(len(file)), id)
			at, size, err := OpenAt(bytes.NewReader(file), int64(len(file)), id)
			if (err == nil) != (stockErr == nil) || size != stockSize {
				t.Fatalf("%d bytes: OpenAt says %d, %v; stock age %d, %v", len(file), size, err, stockSize, stockErr)
			}
			if err != nil {
				continue
			}
			got, gotErr = readAll(r, io.NewSectionReader(at, 0, size))
			if !bytes.HasPrefix(want, got) || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%d bytes: OpenAt releases %d, %v; stock age %d, %v", len(file), len(got), gotErr, len(want), wantErr)
			}
		}
	}
}

// readAll reads in pieces of random sizes.
func readAll(r *rand.Rand, src io.Reader) ([]byte, error) {
	var all []byte
	for p := make([]byte, 6*ChunkSize); ; {
		n, err := src.Read(p[:1+r.IntN(len(p))])
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}
