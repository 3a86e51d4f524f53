package suitx

import "encoding/binary"

// DerivedObjectID returns the ID of the object that a transaction created as
// its counter-th, counting from 0.
func DerivedObjectID(tx Digest, counter uint64) Address {
	return hashOf([]byte{0xf1}, tx[:], binary.LittleEndian.AppendUint64(nil, counter))
}

// DynamicFieldID returns the ID of the field of parent under key, the BCS of a value of keyType.
func DynamicFieldID(parent Address, keyType TypeTag, key []byte) Address {
	n := binary.LittleEndian.AppendUint64(nil, uint64(len(key)))
	return hashOf([]byte{0xf0}, parent[:], n, key, keyType.Marshal())
}
