package client

import (
	"floe/codec"
	"floe/crypto"
	"floe/server/api"
)

// plan says before anything is read how a ciphertext is cut: into segments, each
// a blob, and these into windows, which are registered together.
type plan struct {
	net    *network
	sealed int64
	size   int64 // of a segment; the last may be shorter
	total  int64 // bytes of slivers that all nodes get together
}

// firstWindow is how many segments are read before the first is sent.
const firstWindow = 16

// keptWhole is how many segments a parcel may have to be read but once: their
// expansions are kept until they are registered.
const keptWhole = 2

func newPlan(net *network, sealed int64) (*plan, error) {
	most := 0
	for _, node := range net.Nodes {
		most = max(most, len(node.Shards))
	}
	return planOf(net, sealed, min(api.SegmentSize(net.params, most, sealed), net.SegmentSize))
}

func planOf(net *network, sealed, size int64) (*plan, error) {
	p := &plan{net: net, sealed: sealed, size: size}
	if size <= 0 || p.segments() >= api.MaxStatement/40 {
		return nil, &Error{Code: CodeTooLarge, Message: "This is more than one parcel can hold. Send it in several."}
	}
	for i := range p.segments() {
		n, err := sliverBytes(net.params, p.length(i))
		if err != nil {
			return nil, err
		}
		p.total += n
	}
	return p, nil
}

func (p *plan) segments() int { return int((p.sealed + p.size - 1) / p.size) }

func (p *plan) offset(i int) int64 { return min(int64(i)*p.size, p.sealed) }

func (p *plan) length(i int) int64 { return p.offset(i+1) - p.offset(i) }

// window returns where the window that begins with segment first ends. The
// first is small, so that nodes have something to do soon.
func (p *plan) window(first int) (end int) {
	if first < firstWindow {
		return min(firstWindow, p.segments())
	}
	return min(first+api.MaxBlobsPerTx, p.segments())
}

// nodeTotal returns how many bytes of slivers a node gets.
func (p *plan) nodeTotal(node int) int64 {
	return p.total / int64(p.net.NShards) * int64(len(p.net.Nodes[node].Shards))
}

// sliverBytes is what all slivers of a blob take.
func sliverBytes(params codec.Params, size int64) (int64, error) {
	symbol, err := params.SymbolSize(uint64(size))
	if err != nil {
		return 0, err
	}
	pair := params.SliverSize(codec.Primary, symbol) + params.SliverSize(codec.Secondary, symbol)
	return int64(params.NShards * pair), nil
}

// chunkOf returns which of age's chunks, counted from 0, holds the byte at off
// of a ciphertext, and where that chunk begins. The header counts as another
// part of the first.
func chunkOf(off int64) (chunk, begin int64) {
	if off < int64(crypto.HeaderSize) {
		return 0, 0
	}
	chunk = (off - int64(crypto.HeaderSize)) / sealedChunk
	return chunk, int64(crypto.HeaderSize) + chunk*sealedChunk
}

const (
	tagSize     = 16
	sealedChunk = crypto.ChunkSize + tagSize
)

// plainAt is where in the archive the chunk begins that holds the byte at off of
// its ciphertext.
func plainAt(off int64) int64 {
	chunk, _ := chunkOf(off)
	return chunk * crypto.ChunkSize
}

// plainOf is where in the archive the byte stands that is at off of its
// ciphertext.
func plainOf(off int64) int64 {
	chunk, begin := chunkOf(off)
	if off < int64(crypto.HeaderSize) {
		return 0
	}
	return chunk*crypto.ChunkSize + min(off-begin, crypto.ChunkSize)
}

// metadataBytes is the most that a frame of metadata takes.
func metadataBytes(params codec.Params) int {
	return api.FrameHeaderSize + 16 + 66*params.NShards
}
