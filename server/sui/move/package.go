package move

import (
	"bytes"
	_ "embed"

	"floe/codec/suitx"
)

//go:embed build/parcel.mv
var parcel []byte

// Modules returns the compiled modules as they are published: at address 0.
func Modules() [][]byte { return [][]byte{bytes.Clone(parcel)} }

// Dependencies returns the packages that the modules depend on, all of them:
// Move's standard library and Sui's framework.
func Dependencies() []suitx.Address {
	return []suitx.Address{suitx.FrameworkAddress(1), suitx.FrameworkAddress(2)}
}
