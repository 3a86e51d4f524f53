package native

import (
	"fmt"

	"golang.org/x/crypto/blake2b"

	"floe/codec/suitx"
)

// embeddedID names an object of the first checkpoint that no constant names:
// BLAKE2b-256 of the package's ID and the name.
func embeddedID(pkg suitx.Address, name string) suitx.Address {
	return blake2b.Sum256(append(pkg[:], name...))
}

// WAL is the type of Walrus' token.
func (w *World) WAL() suitx.TypeTag { return w.wal.wal.Tag().Tag() }

// TreasuryID is the object ID of the shared treasury that knows WAL's supply.
func (w *World) TreasuryID() suitx.Address { return w.wal.treasuryID() }

// TreasuryCoin is the object ID of the genesis treasury's i-th coin of a type.
func (w *World) TreasuryCoin(t suitx.TypeTag, i int) suitx.Address {
	return embeddedID(w.IDs.WalrusPackage, fmt.Sprintf("coin %s %d", t, i))
}

// MetadataID is the object ID of the metadata of a coin's type.
func (w *World) MetadataID(t suitx.TypeTag) suitx.Address {
	return embeddedID(w.IDs.WalrusPackage, "metadata "+t.String())
}
