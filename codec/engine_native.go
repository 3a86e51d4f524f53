//go:build !js

package codec

// defaultEngine encodes; decoding is by transforms everywhere.
var defaultEngine engine = klauspost{}
