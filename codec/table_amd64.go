//go:build !noasm && !nopshufb && !appengine && !gccgo

package codec

import (
	_ "unsafe" // for the link

	"golang.org/x/sys/cpu"
)

// productTable is klauspost's table of 64 MiB, which it makes on every processor
// and reads on those without vector instructions alone.
//
//go:linkname productTable github.com/klauspost/reedsolomon.mul16LUTs
var productTable *[65536]struct{ Low, High [256]uint16 }

// dropTable gives it back where nothing reads it. It is made once, with the first
// code; the caller has made one.
func dropTable() {
	if cpu.X86.HasAVX2 {
		productTable = nil
	}
}
