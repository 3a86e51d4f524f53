package client

import (
	"context"
	"encoding/binary"
	"runtime"

	"golang.org/x/sync/errgroup"

	"floe/codec"
)

// Shelf keeps what was fetched of large parcels on this device while they are
// being saved, so that nothing is fetched twice after a reload or a crash. What
// it keeps is sealed, and is verified like what nodes give when it is taken
// back: a shelf may lose or change anything at any time, and its errors never
// fail a read. Its methods may be called concurrently.
type Shelf interface {
	// Load returns what was kept of a blob; nil if it isn't there.
	Load(blob codec.BlobID) ([]byte, error)
	// Keep keeps what Load is to return. It is done with it when it returns.
	Keep(blob codec.BlobID, kept Pieces) error
	// Drop throws away what is kept of blobs; of others it says nothing.
	Drop(blobs []codec.BlobID) error
}

// unshelve takes a segment's rows from the shelf, once, if they are there and
// what the blob ID commits to.
func (g *segment) unshelve(ctx context.Context, shelf Shelf) {
	if !g.enterShelf(ctx) {
		return
	}
	defer func() { <-g.shelving }()
	if g.tookOff {
		return
	}
	g.tookOff = true
	kept, err := shelf.Load(g.id)
	if err != nil || kept == nil {
		return
	}
	if g.accept(kept) {
		g.keptOn = true
		return
	}
	_ = shelf.Drop([]codec.BlobID{g.id}) // it is fetched, and kept anew
}

// keepOn puts a segment on the shelf once all of it is there.
func (g *segment) keepOn(ctx context.Context, shelf Shelf) {
	if !g.enterShelf(ctx) {
		return
	}
	defer func() { <-g.shelving }()
	g.mu.Lock()
	ready := !g.keptOn && g.whole() && g.meta != nil
	rows, meta := g.rows, g.meta
	g.mu.Unlock()
	if !ready {
		return
	}
	g.keptOn = true // or it will have no room the next time either
	head := meta.MarshalBCS()
	kept := Pieces{binary.LittleEndian.AppendUint32(nil, uint32(len(head))), head}
	left := int(g.size)
	for _, row := range rows {
		n := min(left, len(row))
		kept = append(kept, row[:n])
		left -= n
	}
	_ = shelf.Keep(g.id, kept)
}

func (g *segment) enterShelf(ctx context.Context) bool {
	select {
	case g.shelving <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// accept verifies what was kept, like what nodes give:
//
//	length of the metadata u32 ‖ metadata ‖ blob
func (g *segment) accept(kept []byte) bool {
	if len(kept) < 4 {
		return false
	}
	n := int64(binary.LittleEndian.Uint32(kept))
	if int64(len(kept))-4-n != int64(g.size) {
		return false
	}
	head, blob := kept[4:4+n], kept[4+n:]
	meta, err := codec.UnmarshalMetadata(head)
	if err != nil || meta.Verify(g.id, g.net.NShards) != nil || g.learn(meta) != nil {
		return false
	}
	var checks errgroup.Group
	checks.SetLimit(runtime.GOMAXPROCS(0))
	for r := range g.rows {
		checks.Go(func() error {
			data := blob[r*g.row:]
			if len(data) < g.row {
				data = append(make([]byte, 0, g.row), data...)
			}
			return g.add(&codec.Sliver{Kind: codec.Primary, Index: uint16(r), SymbolSize: uint16(g.row / g.net.params.Secondary), Data: data[:g.row:g.row]})
		})
	}
	return checks.Wait() == nil
}
