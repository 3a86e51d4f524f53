package codec

// defaultEngine encodes: klauspost/reedsolomon would make a table of 64 MiB and
// be slower than our own transforms.
var defaultEngine engine = transforms{}

// laneBudget is how many bytes of lanes are worked on at a time. Smaller ones
// would stay nearer in the caches, but cost more calls of the kernel.
const laneBudget = 1 << 20

// groupBytes is how wide a group of symbols should be at least for the kernel to
// be worth calling.
const groupBytes = 1 << 10
