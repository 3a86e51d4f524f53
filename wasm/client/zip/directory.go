package zip

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// readEnd finds the directory. It takes what it needs from where a Layout puts
// it, and leaves it to writing the end again to notice all that is wrong.
func readEnd(src io.ReaderAt, size int64) (end, error) {
	if size < endSize || size > maxArchive {
		return end{}, fmt.Errorf("%w: %d bytes", ErrMalformed, size)
	}
	tail := make([]byte, min(size, endSize+end64Size))
	if err := readFull(src, tail, size-int64(len(tail))); err != nil {
		return end{}, fmt.Errorf("couldn't read the archive's end: %w", err)
	}
	small := tail[len(tail)-endSize:]
	e := end{int64(le.Uint16(small[10:])), int64(le.Uint32(small[12:])), int64(le.Uint32(small[16:]))}
	if e.isLarge() && len(tail) == endSize+end64Size {
		e = end{int64(le.Uint64(tail[32:])), int64(le.Uint64(tail[40:])), int64(le.Uint64(tail[48:]))}
	}
	if e.entries < 0 || e.entries > MaxEntries || e.size < 0 || e.size > maxDirectory || e.offset < 0 || e.offset > size {
		return end{}, fmt.Errorf("%w: its list of files can't be where it says, or is too long", ErrMalformed)
	}
	want := e.append(nil)
	if e.offset+e.size+int64(len(want)) != size || !bytes.HasSuffix(tail, want) {
		return end{}, fmt.Errorf("%w: its end", ErrMalformed)
	}
	return e, nil
}

// parseDirectory reads all of a directory, checked as NewReader promises.
func parseDirectory(b []byte, e end) ([]header, error) {
	headers := make([]header, 0, e.entries)
	var m measure
	for i := range e.entries {
		h, n, ok := parseCentral(b)
		if !ok {
			return nil, fmt.Errorf("%w: file %d in its list", ErrMalformed, i)
		}
		if err := CheckName(h.Name); err != nil {
			return nil, fmt.Errorf("%w: file %d: %w", ErrMalformed, i, err)
		}
		offset := h.offset
		if err := m.add(&h); err != nil || offset != h.offset || m.offset > e.offset {
			return nil, fmt.Errorf("%w: file %d isn't where it must be", ErrMalformed, i)
		}
		headers = append(headers, h)
		b = b[n:]
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("%w: more in its list than files", ErrMalformed)
	}
	return headers, checkDistinct(headers)
}

// parseCentral reads the first header of b and says how long it is. It accepts
// only what appendCentral writes.
func parseCentral(b []byte) (h header, n int, ok bool) {
	if len(b) < centralSize {
		return h, 0, false
	}
	nameLen, extraLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:]))
	if n = centralSize + nameLen + extraLen; len(b) < n || extraLen < timeSize {
		return h, 0, false
	}
	extra := b[centralSize+nameLen : n]
	h.Name = string(b[centralSize : centralSize+nameLen])
	h.Modified = time.Unix(int64(le.Uint32(extra[extraLen-4:])), 0).UTC()
	h.crc = le.Uint32(b[16:])
	h.Size, h.offset = int64(le.Uint32(b[24:])), int64(le.Uint32(b[42:]))
	if h.Size == max32 && len(extra) >= 20 {
		h.Size = int64(le.Uint64(extra[4:]))
		extra = extra[16:]
	}
	if h.offset == max32 && len(extra) >= 12 {
		h.offset = int64(le.Uint64(extra[4:]))
	}
	if h.Size < 0 || h.offset < 0 || h.Size == 0 && h.crc != 0 {
		return h, 0, false
	}
	var room [256]byte // spares an allocation a file
	return h, n, bytes.Equal(h.appendCentral(room[:0]), b[:n])
}

// checkDistinct refuses names that some disk takes for one, or for a file and
// its folder.
func checkDistinct(headers []header) error {
	keys := make([]string, len(headers))
	for i, h := range headers {
		// With the slash below every other character, what stands in a folder
		// comes right behind the folder's own name.
		keys[i] = strings.ReplaceAll(fold(h.Name), "/", "\x00")
	}
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] || strings.HasPrefix(keys[i], keys[i-1]+"\x00") {
			return fmt.Errorf("%w: %w", ErrMalformed, ErrDuplicate)
		}
	}
	return nil
}
