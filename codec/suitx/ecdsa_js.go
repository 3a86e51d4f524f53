package suitx

// In the page both curves are one small implementation: the libraries that the
// server uses bring tables which weigh more than all the rest of this package.

func verify256k1(key []byte, hash [32]byte, sig [64]byte) bool {
	return curve256k1.verify(key, hash, sig)
}

func verify256r1(key []byte, hash [32]byte, sig [64]byte) bool {
	return curve256r1.verify(key, hash, sig)
}
