package client

import (
	"floe/codec"
	"floe/server/api"
)

// plan says before anything is read how a ciphertext is cut: into segments,
// each a blob, and these into batches, so that what goes to one node fits into
// one POST and what is in memory is bounded.
type plan struct {
	net     *network
	sealed  int64
	batches [][]int64 // sizes of the segments, batch by batch
	total   int64     // bytes of slivers that all nodes get together
}

func newPlan(net *network, sealed int64) (*plan, error) {
	if most := int64(api.MaxStatement / 40); sealed/net.SegmentSize >= most {
		return nil, &Error{Code: CodeTooLarge, Message: "This is more than one parcel can hold. Send it in several."}
	}
	p := &plan{net: net, sealed: sealed}
	most := 0 // shards of the node that holds the most
	for _, node := range net.Nodes {
		most = max(most, len(node.Shards))
	}
	room, held := 0, int64(0) // of the last batch: bytes left to its largest POST, ciphertext
	for rest := sealed; rest > 0; {
		size := min(rest, net.SegmentSize)
		rest -= size
		pair, err := pairBytes(net.params, size)
		if err != nil {
			return nil, err
		}
		need := metadataBytes(net.params) + most*pair.framed
		last := len(p.batches) - 1
		if last < 0 || need > room || len(p.batches[last]) == api.MaxBlobsPerTx || held+size > 2*net.SegmentSize {
			p.batches = append(p.batches, nil)
			last, room, held = last+1, api.MaxBatch, 0
		}
		p.batches[last] = append(p.batches[last], size)
		room -= need
		held += size
		p.total += int64(net.NShards * pair.bytes)
	}
	return p, nil
}

// nodeTotal returns how many bytes of slivers a node gets.
func (p *plan) nodeTotal(node int) int64 {
	return p.total / int64(p.net.NShards) * int64(len(p.net.Nodes[node].Shards))
}

// pairSize is what one sliver pair of a blob takes: bytes of slivers, and with
// the frames around them.
type pairSize struct{ bytes, framed int }

func pairBytes(params codec.Params, size int64) (pairSize, error) {
	symbol, err := params.SymbolSize(uint64(size))
	if err != nil {
		return pairSize{}, err
	}
	bytes := params.SliverSize(codec.Primary, symbol) + params.SliverSize(codec.Secondary, symbol)
	const around = api.FrameHeaderSize + 5 + 2 + 2 // header, length, symbol size, index
	return pairSize{bytes: bytes, framed: bytes + 2*around}, nil
}

// metadataBytes is the most that a frame of metadata takes.
func metadataBytes(params codec.Params) int {
	return api.FrameHeaderSize + 16 + 66*params.NShards
}
