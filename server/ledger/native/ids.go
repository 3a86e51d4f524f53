package native

import (
	"golang.org/x/crypto/blake2b"

	"floe/codec/suitx"
)

// embeddedID names an object of the first checkpoint that no constant names:
// BLAKE2b-256 of the package's ID and the name.
func embeddedID(pkg suitx.Address, name string) suitx.Address {
	return blake2b.Sum256(append(pkg[:], name...))
}
