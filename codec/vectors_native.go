//go:build !js

package codec

// Natively, transforms only decode, and Go's own loops are what there is.

func vectorLoad(lane, []byte) bool                         { return false }
func vectorStore([]byte, lane) bool                        { return false }
func vectorAdd(_, _ lane) bool                             { return false }
func vectorMultiplyAdd(_, _ lane, _ [3]byte) bool          { return false }
func vectorIFFT(lanes, int, int) bool                      { return false }
func vectorFFT(lanes, int, int) bool                       { return false }
func vectorGather(*room, lanes, grid) int                  { return 0 }
func vectorScatter(*room, lanes, grid) int                 { return 0 }
func vectorScale(lanes, [][4]byte) bool                    { return false }
func vectorDerive(lanes) bool                              { return false }
func vectorPairs(_, _, _ []Hash, p pairing, h *hasher) int { return 0 }
