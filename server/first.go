package server

import (
	"bytes"
	"net/http"
	"sync"

	"floe/codec"
	"floe/server/api"
)

// ageIntro is how every age file begins.
const ageIntro = "age-encryption.org/v1\n"

const (
	prefixSize  = 64
	firstsKept  = 1 << 14
	notAgeWords = "A parcel's first blob must begin as an age file. This one doesn't: it isn't encrypted."
)

// firsts remembers the prefixes of parcels' first blobs, to hold the slivers
// that come against them. It guards senders against a bug of their own side,
// plaintext sent in place of ciphertext; nothing rests on its memory. Who
// registers a blob here first decides what is expected of it, so that nobody
// can have another's slivers refused.
type firsts struct {
	mu     sync.Mutex
	prefix map[codec.BlobID][]byte // empty where nothing is expected
	order  []codec.BlobID
}

func newFirsts() *firsts { return &firsts{prefix: make(map[codec.BlobID][]byte)} }

// expect notes what a sender declares of a blob, once its prefix is checked.
func (f *firsts) expect(id codec.BlobID, b api.RegisterBlob) error {
	var prefix []byte
	if b.First {
		prefix = b.Prefix
		if uint64(len(prefix)) != min(b.Size, prefixSize) {
			return malformed("A first blob's prefix is its first %d bytes.", prefixSize)
		}
		if !bytes.HasPrefix(prefix, []byte(ageIntro)) {
			return notAge()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.prefix[id]; known {
		return nil
	}
	f.prefix[id] = prefix
	f.order = append(f.order, id)
	if len(f.order) > firstsKept {
		delete(f.prefix, f.order[0])
		f.order = f.order[1:]
	}
	return nil
}

// check refuses the sliver that a first blob begins with unless it begins as
// declared. The primary sliver 0 is the blob's beginning.
func (f *firsts) check(frame api.Frame) error {
	if frame.Kind != api.FramePrimary || frame.Index != 0 {
		return nil
	}
	f.mu.Lock()
	prefix := f.prefix[codec.BlobID(frame.BlobID)]
	f.mu.Unlock()
	if len(prefix) == 0 {
		return nil
	}
	sliver, err := codec.UnmarshalSliver(codec.Primary, frame.Body)
	if err != nil {
		return malformed("The sliver can't be read.").because(err)
	}
	n := min(len(prefix), len(sliver.Data))
	if !bytes.Equal(sliver.Data[:n], prefix[:n]) {
		return notAge()
	}
	return nil
}

// checkBlob refuses a whole blob that doesn't begin as declared.
func (f *firsts) checkBlob(id codec.BlobID, blob []byte) error {
	f.mu.Lock()
	prefix := f.prefix[id]
	f.mu.Unlock()
	if !bytes.HasPrefix(blob, prefix) {
		return notAge()
	}
	return nil
}

func notAge() error {
	return refuse(http.StatusUnprocessableEntity, api.CodeNotAge, notAgeWords)
}
