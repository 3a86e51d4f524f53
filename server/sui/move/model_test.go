package move

import (
	"bytes"
	"slices"

	"floe/codec/bcs"
	"floe/server/api"
)

// A step is one call of the package. Bytes are given by a prefix and a size up
// to which zeros follow, so that large ones stay readable.
type step struct {
	call      string // create, change, put, take or delete
	statement padded
	slot      padded
	grant     padded
}

type padded struct {
	prefix []byte
	size   int
}

func (p padded) bytes() []byte {
	return append(bytes.Clone(p.prefix), make([]byte, max(0, p.size-len(p.prefix)))...)
}

// outcome is what a step leads to: an abort, or the parcel's BCS without its ID
// and the event's without the parcel's ID.
type outcome struct {
	abort  int // −1 when it doesn't
	parcel []byte
	event  string // its type's name
	tail   []byte
}

// model says in Go what the package promises. It stands for the Move code in
// expectations only: Move and twin are both measured by it.
type model struct {
	sender    [32]byte
	sequence  uint64
	statement []byte
	grants    map[string][]byte
}

func (m *model) do(s step) outcome {
	switch s.call {
	case "create", "change":
		return m.state(s.call == "create", s.statement.bytes())
	case "put":
		return m.put(s.slot.bytes(), s.grant.bytes())
	case "take":
		return m.take(s.slot.bytes())
	case "delete":
		if len(m.grants) > 0 {
			return outcome{abort: GrantsLeft}
		}
		return outcome{abort: -1, event: "ParcelDeleted", tail: tail(m.sequence)}
	}
	panic("internal error: no call " + s.call)
}

func (m *model) state(create bool, statement []byte) outcome {
	if len(statement) > api.MaxStatement {
		return outcome{abort: TooLarge}
	}
	parsed, err := api.ParseStatement(statement)
	if err != nil {
		return outcome{abort: MalformedStatement}
	}
	want := uint64(0)
	if !create {
		want = m.sequence + 1
	}
	if parsed.Sequence != want {
		return outcome{abort: WrongSequence}
	}
	m.sequence, m.statement = want, statement
	if create {
		return m.done("ParcelCreated", tail(m.sender, statement))
	}
	return m.done("ParcelChanged", tail(want, statement))
}

func (m *model) put(slot, grant []byte) outcome {
	if len(grant) > api.MaxGrant {
		return outcome{abort: TooLarge}
	}
	hash, ok := m.listed(slot)
	if !ok {
		return outcome{abort: SlotNotInStatement}
	}
	if hash != api.GrantHash(grant) {
		return outcome{abort: GrantMismatch}
	}
	m.grants[string(slot)] = grant
	return m.done("GrantPut", tail(slot))
}

func (m *model) take(slot []byte) outcome {
	if _, ok := m.listed(slot); ok {
		return outcome{abort: SlotStillInStatement}
	}
	if _, ok := m.grants[string(slot)]; !ok {
		return outcome{abort: GrantMissing}
	}
	delete(m.grants, string(slot))
	return m.done("GrantTaken", tail(slot))
}

func (m *model) listed(slot []byte) (hash [32]byte, ok bool) {
	parsed, err := api.ParseStatement(m.statement)
	if err != nil {
		panic("internal error: a malformed statement was accepted")
	}
	i := slices.IndexFunc(parsed.Slots, func(e api.StatementSlot) bool { return bytes.Equal(e.Slot[:], slot) })
	if i < 0 {
		return hash, false
	}
	return parsed.Slots[i].GrantHash, true
}

func (m *model) done(event string, tail []byte) outcome {
	return outcome{abort: -1, parcel: m.parcel(), event: event, tail: tail}
}

func (m *model) parcel() []byte {
	return tail(m.sequence, uint64(len(m.grants)), m.statement)
}

// tail is the BCS of the fields one after another.
func tail(fields ...any) []byte {
	var w bcs.Writer
	for _, f := range fields {
		switch f := f.(type) {
		case uint64:
			w.U64(f)
		case []byte:
			w.Bytes(f)
		case [32]byte:
			w.Fixed(f[:])
		default:
			panic("internal error: no such field")
		}
	}
	return w.Data()
}
