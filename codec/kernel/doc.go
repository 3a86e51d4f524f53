// Package kernel holds the inner loops of encoding, decoding and sealing as a
// WebAssembly module with 128-bit vectors, for browsers: butterflies over
// GF(2^16), BLAKE2b of three messages at once, and ChaCha20-Poly1305. Go's
// compiler makes no vector instructions for WebAssembly; package codec calls these in
// their stead where the browser has them, and its own loops, which give the same
// results, elsewhere. Package crypto, which imports nothing of ours, declares the
// functions of the AEAD itself, and has x/crypto's elsewhere.
//
// The module is written here, in Go: [Module] assembles it, instruction by
// instruction, and static/build stores it beside the page's engine. It imports
// nothing but that engine's memory ("go" "mem"), has no memory, stack, globals
// or data of its own, and works on what pointers are given.
//
// What is moved is where Go has it: gather takes symbols out of a blob into lanes
// in the basis that butterflies work in, scatter takes them from there to where
// slivers are made, leaves hashes them there and puts the hashes where trees want
// them, and inner makes a level of many trees. Constants that are looked bytes up
// by stand in variables, which is what browsers' compilers make the best of.
//
// BLAKE2b has three messages at a time, two in vectors and one in integers, since
// either leaves units of the processor idle that the other has. Its rounds are a
// loop: all of them written out are more than processors keep decoded.
//
// The server is built with package codec and so with this one, but can't decrypt
// for that: what stands here writes WebAssembly down, which only a browser runs,
// only static/build asks for it, so that the linker leaves it out of the server,
// and there is no key in it.
package kernel

// Names in the module's import section.
const (
	ImportModule = "go"
	ImportMemory = "mem"
)

// Tables of bytes of the tower of fields, which package codec computes: for each
// of the 256 bytes what it makes of the 16 low nibbles and of the 16 high ones,
// 32 bytes; then three conversions of bytes likewise; then what elements a +
// b·v8 with b < 16 need.
const (
	tableNibble      = 256 * 32         // Cantor basis ↔ tower
	tableNibbleOfLow = tableNibble + 32 // to the tower, of what high bytes add to low ones
	tableLowOfNibble = tableNibble + 64 // and back
	tableLowOfV8     = tableNibble + 96 // b·v8's low byte
	tableV7          = tableLowOfV8 + 16

	tablesSize = tableV7 + 16
)

// Tables are those tables.
type Tables [tablesSize]byte

// Scratch is what hashing needs beside its input.
type Scratch [2048]byte

// Shape says which symbols Gather and Scatter move, in package codec's layout.
type Shape struct {
	Lanes  uint32
	Width  uint32 // of a lane, in bytes
	Stride uint32 // from a lane's symbols to the next one's
	Count  uint32 // of symbols side by side in a lane
	Symbol uint32 // from a symbol to the next one of the lane
	Whole  uint32 // bytes of a symbol that are whole blocks
	Tail   uint32 // half the bytes behind them
	Slot   uint32 // elements of a lane that a tail has room in, 0 if there is none
}

// Overhang is how far behind a symbol Gather reads and Scatter writes: what is
// there already. Both may read as far behind lanes.
const Overhang = 15
