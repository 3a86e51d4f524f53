package daemon

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	mibTimeout   = time.Minute // for one MiB of a body to come
	spoolName    = "body-*"
	drainTimeout = 3 * time.Second
	drainMost    = 32 * mib
)

// drain takes in what is left of a body before a refusal is sent, within bounds:
// a caller who is cut off while she sends doesn't get to see why. Who waits for
// leave to send needs no such help.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 || r.Header.Get("Expect") != "" {
		return
	}
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(drainTimeout)) // not all connections have one
	_, _ = io.CopyN(io.Discard, r.Body, drainMost)         // it is refused anyway
}

// body is a request's body in a file, whole.
type body struct {
	file   *os.File
	size   int64
	sha256 [sha256.Size]byte
}

// receive puts a body into a file. It may take as long as it likes, so long as
// every MiB comes within a minute.
func (d *Daemon) receive(w http.ResponseWriter, r *http.Request, most int64) (b *body, err error) {
	if r.ContentLength > most {
		return nil, bodyTooLarge(most)
	}
	file, err := os.CreateTemp(d.cfg.Spool, spoolName)
	if err != nil {
		return nil, fmt.Errorf("couldn't make a file for a body: %w", err)
	}
	b = &body{file: file}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	conn := http.NewResponseController(w)
	hash := sha256.New()
	in := http.MaxBytesReader(w, r.Body, most)
	for {
		if err := d.diskFor(mib); err != nil {
			return b, err
		}
		_ = conn.SetReadDeadline(time.Now().Add(mibTimeout)) // not all connections have one
		n, err := io.CopyN(io.MultiWriter(file, hash), in, mib)
		b.size += n
		if err == io.EOF {
			break
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return b, malformed("the body ends before it should").because(err)
		}
		if err != nil {
			return b, fmt.Errorf("couldn't receive a body: %w", err)
		}
	}
	_ = conn.SetReadDeadline(time.Time{}) // one left behind would end the request
	hash.Sum(b.sha256[:0])
	return b, nil
}

// diskFor makes sure that the disk, which isn't the bodies' alone, has room for
// so many bytes more.
func (d *Daemon) diskFor(n uint64) error {
	if d.cfg.Free == nil {
		return nil
	}
	left, err := d.cfg.Free()
	if err != nil {
		return err
	}
	if left < n {
		return &fault{http: http.StatusInsufficientStorage, status: "RESOURCE_EXHAUSTED", reason: "DISK_FULL", message: "this server's disk has no room for a body just now; try again later"}
	}
	return nil
}

// read returns the whole body.
func (b *body) read() ([]byte, error) {
	data := make([]byte, b.size)
	if _, err := b.file.ReadAt(data, 0); err != nil && (err != io.EOF || b.size > 0) {
		return nil, fmt.Errorf("couldn't read a body: %w", err)
	}
	return data, nil
}

// load reads a body into memory, once there is room to encode it there. The
// caller calls release when it is stored.
func (d *Daemon) load(ctx context.Context, b *body) (data []byte, release func(), err error) {
	if release, err = d.cfg.Uploader.Room(ctx, uint64(b.size)); err != nil {
		return nil, nil, err
	}
	if data, err = b.read(); err != nil {
		release()
		return nil, nil, err
	}
	return data, release, nil
}

// Close forgets the body.
func (b *body) Close() error {
	return errors.Join(b.file.Close(), os.Remove(b.file.Name()))
}
