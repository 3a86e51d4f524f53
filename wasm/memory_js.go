package main

import (
	"context"
	"syscall/js"

	"floe/codec/suitx"
)

// jsMemory is a client.Memory over {seen(parcelId), saw(parcelId, sequence)}.
type jsMemory struct{ v js.Value }

func (m jsMemory) Seen(parcel [32]byte) (uint64, bool, error) {
	seen, err := await(context.Background(), m.v.Call("seen", suitx.Address(parcel).String()))
	if err != nil || seen.Type() != js.TypeNumber {
		return 0, false, err
	}
	return uint64(seen.Float()), true, nil
}

func (m jsMemory) Saw(parcel [32]byte, sequence uint64) error {
	_, err := await(context.Background(), m.v.Call("saw", suitx.Address(parcel).String(), float64(sequence)))
	return err
}

// noMemory is for calls that look at no parcel.
type noMemory struct{}

func (noMemory) Seen([32]byte) (uint64, bool, error) { return 0, false, nil }

func (noMemory) Saw([32]byte, uint64) error { return nil }
