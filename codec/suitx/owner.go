package suitx

import "floe/codec/bcs"

// OwnerKind says who may use an object. The values are Sui's: never reorder.
type OwnerKind uint8

const (
	AddressOwner          OwnerKind = 0
	ObjectOwner           OwnerKind = 1
	SharedOwner           OwnerKind = 2
	ImmutableOwner        OwnerKind = 3
	ConsensusAddressOwner OwnerKind = 4

	ownerKinds = 5
)

// Owner is an object's owner. Address counts for address, object and consensus
// address owners, Version (the first of this ownership) for shared objects and
// consensus address owners.
type Owner struct {
	Kind    OwnerKind
	Address Address
	Version uint64
}

func writeOwner(w *bcs.Writer, o Owner) {
	w.Uleb(uint32(o.Kind))
	switch o.Kind {
	case AddressOwner, ObjectOwner:
		writeAddress(w, o.Address)
	case SharedOwner:
		w.U64(o.Version)
	case ConsensusAddressOwner:
		w.U64(o.Version)
		writeAddress(w, o.Address)
	}
}

func readOwner(r *bcs.Reader) Owner {
	o := Owner{Kind: OwnerKind(r.Variant(ownerKinds))}
	switch o.Kind {
	case AddressOwner, ObjectOwner:
		o.Address = readAddress(r)
	case SharedOwner:
		o.Version = r.U64()
	case ConsensusAddressOwner:
		o.Version = r.U64()
		o.Address = readAddress(r)
	}
	return o
}
