//go:build !js && !amd64

package codec

// vectorLeaves hashes nothing: x/crypto is as fast as it gets here.
func vectorLeaves([]Hash, int, grid, int, *hasher) int { return 0 }
