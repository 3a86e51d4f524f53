package native

import (
	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that walrus::bls_aggregate aborts with.
const (
	blsInvalidBitmap = 0
	blsBadSignature  = 1
	blsNotEnough     = 2
)

// member is a node of the BLS committee.
type member struct {
	Key    [bls.UncompressedSize]byte
	Weight uint16
	NodeID suitx.Address
}

// blsCommittee is who signs certificates in an epoch: bit i of a bitmap is Members[i].
type blsCommittee struct {
	Members []member
	NShards uint16
	Epoch   uint32
	Total   [bls.CompressedSize]byte // sum of all keys
}

func (v *blsCommittee) Read(r *bcs.Reader) {
	v.Members = bcs.ReadSeq(r, 131, func(r *bcs.Reader) (m member) {
		readSized(r, m.Key[:])
		m.Weight, m.NodeID = r.U16(), readAddress(r)
		return m
	})
	v.NShards, v.Epoch = r.U16(), r.U32()
	readSized(r, v.Total[:])
}

func (v *blsCommittee) Write(w *bcs.Writer) {
	bcs.WriteSeq(w, v.Members, func(w *bcs.Writer, m member) {
		w.Bytes(m.Key[:])
		w.U16(m.Weight)
		writeAddress(w, m.NodeID)
	})
	w.U16(v.NShards)
	w.U32(v.Epoch)
	w.Bytes(v.Total[:])
}

// readSized reads bytes that must be as many as b takes.
func readSized(r *bcs.Reader, b []byte) {
	if n := r.Len(1); n != len(b) {
		r.Fail("%d bytes instead of %d", n, len(b))
	}
	r.Fixed(b)
}

type blsModule struct {
	*move.Module
	committee *move.Struct
	keys      keyCache
}

func (x *walrus) declareBLS(p *move.Package) {
	x.declareMessages(p)
	m := &blsModule{Module: p.Module("bls_aggregate")}
	x.bls = m
	all := move.Copy | move.Drop | move.Store
	entry := m.Struct("BlsCommitteeMember", all,
		move.Field{Name: "public_key", Type: x.f.element.Of(x.f.uncompressedG1.Of())},
		move.Field{Name: "weight", Type: move.U16}, move.Field{Name: "node_id", Type: x.f.id.Of()})
	m.committee = m.Struct("BlsCommittee", all, move.Field{Name: "members", Type: move.Vector(entry.Of())},
		move.Field{Name: "n_shards", Type: move.U16}, move.Field{Name: "epoch", Type: move.U32},
		move.Field{Name: "total_aggregated_key", Type: x.f.element.Of(x.f.g1.Of())})
	m.Struct("RequiredWeight", 0).Variants = []move.Variant{{Name: "Quorum"}, {Name: "OneCorrectNode"}}
}

// quorum and oneCorrect say whether shards of that weight suffice.
func (v *blsCommittee) quorum(weight uint16) bool { return 3*uint64(weight) >= 2*uint64(v.NShards)+1 }

func (v *blsCommittee) oneCorrect(weight uint16) bool { return 3*uint64(weight) >= uint64(v.NShards)+1 }

// verify checks that signature is the sum of those of the members in the bitmap
// over message, and that their weight is enough.
func (m *blsModule) verify(v *blsCommittee, signature, bitmap, message []byte, enough func(uint16) bool) error {
	const function = "verify_certificate_and_weight"
	if len(bitmap) > (len(v.Members)+7)/8 {
		return m.Abort(function, blsInvalidBitmap)
	}
	weight := v.NShards
	var signers []int
	for i := range (len(v.Members) + 7) / 8 * 8 {
		signed := i/8 < len(bitmap) && bitmap[i/8]>>(i%8)&1 == 1
		switch {
		case signed && i >= len(v.Members):
			return m.Abort(function, blsInvalidBitmap)
		case signed:
			signers = append(signers, i)
		case i < len(v.Members):
			weight -= v.Members[i].Weight
		}
	}
	if !enough(weight) {
		return m.Abort(function, blsNotEnough)
	}
	keys, err := m.keys.of(v, signers)
	if err != nil || bls.VerifyAggregate(keys, message, signature) != nil {
		return m.Abort(function, blsBadSignature)
	}
	return nil
}
