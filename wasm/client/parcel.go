package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
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
	if index < 0 || index >= len(p.Files) {
		return explain(fmt.Errorf("the parcel has no file %d", index))
	}
	w := p.watch(req, p.Files[index].Size)
	return explain(opened(p.writeFile(ctx, index, &meteredWriter{dst, w.meter}, w)))
}

// WriteZip writes all files to dst as one ZIP, on the same terms.
func (p *Parcel) WriteZip(ctx context.Context, dst io.Writer, req ReadRequest) error {
	w := p.watch(req, p.plainSize())
	plain, src, _, err := p.unseal(ctx, w)
	if err == nil {
		src.end = p.source.size
		_, err = p.archive.In(plain).WriteTo(&meteredWriter{dst, w.meter})
	}
	return explain(opened(err))
}

func (p *Parcel) writeFile(ctx context.Context, index int, dst io.Writer, w *watch) error {
	plain, src, _, err := p.unseal(ctx, w)
	if err != nil {
		return err
	}
	f := p.archive.Files[index].In(plain)
	_, end := f.Span()
	src.end = min(crypto.SealedSize(end), p.source.size)
	data, err := f.Open()
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, data)
	return err
}

// Size is how many bytes the files have together.
func (p *Parcel) Size() (n int64) {
	for _, f := range p.Files {
		n += f.Size
	}
	return n
}

func (p *Parcel) plainSize() int64 {
	n, err := crypto.PlainSize(p.source.size)
	if err != nil {
		return p.Size()
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

// list reads the list of files, which stands at the end, without reading on.
func (p *Parcel) list(ctx context.Context, w *watch) error {
	plain, _, size, err := p.unseal(ctx, w)
	if err == nil {
		p.archive, err = zip.NewReader(plain, size)
	}
	if err != nil {
		return opened(err)
	}
	for i, f := range p.archive.Files {
		p.Files = append(p.Files, FileInfo{
			Index:    i,
			Path:     f.Name,
			Name:     path.Base(f.Name),
			Size:     f.Size,
			Modified: f.Modified,
			Type:     typeOf(f.Name),
		})
	}
	return nil
}

// unseal opens the ciphertext, whose reads end with ctx.
func (p *Parcel) unseal(ctx context.Context, w *watch) (plain io.ReaderAt, src *sourceReader, size int64, err error) {
	src = p.source.at(ctx, w)
	plain, size, err = crypto.OpenAt(src, p.source.size, p.key)
	return plain, src, size, err
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

// meteredWriter counts what was opened and checked.
type meteredWriter struct {
	dst   io.Writer
	meter *meter
}

func (m *meteredWriter) Write(p []byte) (int, error) {
	n, err := m.dst.Write(p)
	m.meter.update(func(now *Progress) { now.Acked += int64(n) })
	return n, err
}
