package suitx

import (
	"fmt"

	"floe/codec/bcs"
)

// Event is what a Move function emitted. Package and Module are those of the
// function that the transaction called.
type Event struct {
	Package  Address
	Module   string
	Sender   Address
	Type     StructTag
	Contents []byte
}

// MarshalEvents returns the BCS of TransactionEvents.
func MarshalEvents(events []Event) []byte {
	var w bcs.Writer
	bcs.WriteSeq(&w, events, func(w *bcs.Writer, e Event) {
		writeAddress(w, e.Package)
		w.String(e.Module)
		writeAddress(w, e.Sender)
		writeStructTag(w, e.Type)
		w.Bytes(e.Contents)
	})
	return w.Data()
}

// UnmarshalEvents reads what MarshalEvents writes.
func UnmarshalEvents(b []byte) ([]Event, error) {
	r := bcs.NewReader(b)
	events := bcs.ReadSeq(r, 100, func(r *bcs.Reader) Event {
		return Event{readAddress(r), readIdentifier(r), readAddress(r), readStructTag(r), r.Bytes()}
	})
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't read events: %w", err)
	}
	return events, nil
}

// EventsDigest names the events of one transaction.
func EventsDigest(events []Event) Digest {
	return digestOf("TransactionEvents", MarshalEvents(events))
}
