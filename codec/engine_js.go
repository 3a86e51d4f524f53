package codec

// defaultEngine encodes: klauspost/reedsolomon would make a table of 64 MiB and
// be slower than our own transforms.
var defaultEngine engine = transforms{}
