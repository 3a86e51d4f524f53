package codec

// defaultEngine encodes: klauspost/reedsolomon would make a table of 64 MiB and
// be slower than our own transforms.
var defaultEngine engine = transforms{}

// laneBudget is how many bytes of lanes are worked on at a time, so that they
// stay in a cache.
const laneBudget = 512 << 10

// groupBytes is how wide a group of symbols should be at least: few bytes would
// not be worth what a butterfly takes whatever its width is.
func groupBytes(lanes int) int { return max(laneBudget/lanes, 256) }
