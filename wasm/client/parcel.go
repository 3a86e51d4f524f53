package client

import (
	"context"
	"errors"
	"io"
	"math"
	"path"
	"sync"
	"time"

	"floe/crypto"
	"floe/wasm/client/zip"
)

// ReadRequest says how to read from a parcel.
type ReadRequest struct {
	Patience time.Duration // for nodes to return; 0: as long as ctx lasts
	Progress func(Progress)
	Whole    bool  // OpenFile, OpenZip: all of it will be read, so that it is fetched as far ahead as memory allows
	Shelf    Shelf // for saving large parcels; may be nil
}

// WriteFile writes one file to dst. Only a nil error says that it was all and
// that every byte is as the sender sealed it; otherwise what was written must be
// thrown away.
func (p *Parcel) WriteFile(ctx context.Context, index int, dst io.Writer, req ReadRequest) error {
	req.Whole = true
	r, err := p.OpenFile(ctx, index, 0, math.MaxInt64, req)
	return writeAll(dst, r, err)
}

// WriteZip writes all files to dst as one ZIP, on the same terms.
func (p *Parcel) WriteZip(ctx context.Context, dst io.Writer, req ReadRequest) error {
	req.Whole = true
	r, err := p.OpenZip(ctx, 0, math.MaxInt64, req)
	return writeAll(dst, r, err)
}

// writeAll copies from what was opened, unless that failed.
func writeAll(dst io.Writer, r io.ReadCloser, err error) error {
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.CopyBuffer(onlyWriter{dst}, r, make([]byte, copyBytes))
	return explain(err)
}

// copyBytes is how much is written at a time.
const copyBytes = 64 << 10

// onlyWriter hides what else a writer can, so that the buffer is used.
type onlyWriter struct{ io.Writer }

// Size is how many bytes the files have together.
func (p *Parcel) Size() (n int64) {
	for _, f := range p.Files {
		n += f.Size
	}
	return n
}

func (p *Parcel) watch(req ReadRequest, total int64) *watch {
	w := &watch{meter: newMeter(req.Progress), phase: PhaseReading, patience: req.Patience}
	w.meter.update(func(now *Progress) { now.Phase, now.Total, now.Nodes = PhaseReading, total, p.nodes() })
	return w
}

// nodes lists the nodes for progress.
func (p *Parcel) nodes() []NodeProgress {
	out := make([]NodeProgress, len(p.net.Nodes))
	for i, n := range p.net.Nodes {
		out[i] = NodeProgress{Index: i, Name: n.Name, State: NodeIdle}
	}
	return out
}

// list reads the list of files, which stands at the end, without reading on. The
// beginning and the end are asked for at once.
func (p *Parcel) list(ctx context.Context, w *watch) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	src := p.source.at(ctx, w)
	ends := append(p.source.spans(0, headBytes), p.source.spans(p.source.size-tailBytes, p.source.size)...)
	for _, s := range ends {
		all.Go(func() {
			_ = safely(func() error { // if it fails, the reading below finds out
				_, _, err := src.rows(s, false)
				return err
			})
		})
	}
	plain, size, err := crypto.OpenAt(src, p.source.size, p.key)
	if err == nil {
		p.archive, err = zip.NewReader(plain, size)
	}
	if err == nil {
		err = p.keepEnds(src)
	}
	if err != nil {
		return opened(err)
	}
	p.Files = make([]FileInfo, len(p.archive.Files))
	names := make([]string, len(p.Files))
	for i, f := range p.archive.Files {
		names[i] = f.Name
	}
	names = zip.SaveNames(names)
	for i, f := range p.archive.Files {
		p.Files[i] = FileInfo{
			Index:    i,
			Path:     f.Name,
			Name:     path.Base(f.Name),
			SavePath: names[i],
			Begin:    f.Data(),
			Size:     f.Size,
			Modified: f.Modified,
			Type:     typeOf(f.Name),
		}
	}
	return nil
}

const (
	headBytes = 4 << 10               // holds the header
	lastBytes = crypto.ChunkSize + 16 // the last chunk at most
	tailBytes = 2 * lastBytes         // most lists of files, and the chunk they end in
)

// keepEnds keeps what opening the ciphertext reads each time.
func (p *Parcel) keepEnds(src io.ReaderAt) error {
	p.head = make([]byte, min(headBytes, p.source.size))
	p.tail = make([]byte, min(lastBytes, p.source.size))
	if _, err := src.ReadAt(p.head, 0); err != nil {
		return err
	}
	_, err := src.ReadAt(p.tail, p.source.size-int64(len(p.tail)))
	return err
}

// opened translates what can be wrong with what the sender sealed.
func opened(err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	if errors.Is(err, crypto.ErrDamaged) || errors.Is(err, crypto.ErrWrongIdentity) || errors.Is(err, zip.ErrMalformed) {
		return damaged("%w", err)
	}
	return err
}
