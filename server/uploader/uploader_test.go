package uploader

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

// network has what was stored, and confirms it if enough came.
type network struct {
	stored map[codec.BlobID]*codec.Expansion
	fails  error
}

func (n *network) Store(_ context.Context, x *codec.Expansion) error {
	n.stored[x.Metadata().BlobID()] = x
	return n.fails
}

func (n *network) Certify(_ context.Context, id codec.BlobID, object suitx.Address, deletable bool) (*api.Certificate, error) {
	if n.stored[id] == nil {
		return nil, errors.New("never stored")
	}
	return &api.Certificate{Message: append(id[:], object[:]...), Weight: 7}, nil
}

const shards = 10

func newUploader(t *testing.T, budget int64) (*Uploader, *network) {
	t.Helper()
	n := &network{stored: make(map[codec.BlobID]*codec.Expansion)}
	u, err := New(n, shards, budget)
	if err != nil {
		t.Fatal(err)
	}
	return u, n
}

func TestUpload(t *testing.T) {
	u, n := newUploader(t, 1<<20)
	blob := bytes.Repeat([]byte("floe"), 1000)
	release, err := u.Room(t.Context(), uint64(len(blob)))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	x, err := u.Encode(blob)
	if err != nil {
		t.Fatal(err)
	}
	e, err := codec.NewEncoder(shards)
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Metadata(blob)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Metadata().BlobID(); got != want.BlobID() {
		t.Fatalf("blob ID %v, want %v", got, want.BlobID())
	}
	cert, err := u.Upload(t.Context(), x, suitx.Address{1}, true)
	if err != nil {
		t.Fatal(err)
	}
	id := want.BlobID()
	if !bytes.HasPrefix(cert.Message, append(id[:], 1)) {
		t.Errorf("the certificate is of %x", cert.Message)
	}
	n.fails = errors.New("too few")
	if _, err := u.Upload(t.Context(), x, suitx.Address{1}, true); !errors.Is(err, n.fails) {
		t.Errorf("no quorum stored it, yet Upload says %v", err)
	}
}

func TestRoomIsBounded(t *testing.T) {
	const size = 100_000
	u, _ := newUploader(t, size*4)
	first, err := u.Room(t.Context(), size)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := u.Room(short, size); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("there was room for two: %v", err)
	}
	second := make(chan error, 1)
	go func() {
		release, err := u.Room(t.Context(), size)
		if err == nil {
			release()
		}
		second <- err
	}()
	first()
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	if _, err := u.Room(t.Context(), u.MaxBlob()+1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a blob beyond the budget: %v", err)
	}
	release, err := u.Room(t.Context(), u.MaxBlob())
	if err != nil {
		t.Fatalf("the largest blob: %v", err)
	}
	release()
}

func TestMaxBlobIsWhatShardsHold(t *testing.T) {
	u, _ := newUploader(t, 1<<40)
	if want := u.Params().MaxBlobSize(); u.MaxBlob() != want {
		t.Errorf("MaxBlob is %d, want %d", u.MaxBlob(), want)
	}
	if _, err := u.Encode(make([]byte, u.MaxBlob()+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a blob beyond the shards: %v", err)
	}
}
