//go:build !js

package codec

// defaultEngine encodes; decoding is by transforms everywhere.
var defaultEngine engine = klauspost{}

// laneBudget is how many bytes of lanes are worked on at a time, so that they
// stay in a cache.
const laneBudget = 256 << 10

// groupBytes is how wide a group of symbols should be at least for an engine to
// be worth calling.
const groupBytes = 4 << 10
