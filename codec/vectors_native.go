//go:build !js

package codec

// Natively, transforms only decode, and Go's own loops are what there is.

func vectorLoad(lane, []byte) bool                       { return false }
func vectorStore([]byte, lane) bool                      { return false }
func vectorAdd(_, _ lane) bool                           { return false }
func vectorMultiplyAdd(_, _ lane, _ [3]byte) bool        { return false }
func vectorIFFT([]lane, int, int) bool                   { return false }
func vectorFFT([]lane, int, int) bool                    { return false }
func vectorLeaves([]Hash, []byte, int, int, *hasher) int { return 0 }
func vectorParents([]Hash, *hasher) int                  { return 0 }
