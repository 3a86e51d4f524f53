package move

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"floe/server/api"
)

// A scenario is a parcel's life: the first step creates it, an abort ends it.
type scenario struct {
	name  string
	steps []step
}

// scenarioSender is who sends every transaction of a scenario.
var scenarioSender = [32]byte{31: 0xaa}

func scenarios() []scenario {
	all := append(lives(), refusals()...)
	for i := range 8 {
		all = append(all, randomLife(fmt.Sprintf("random_%d", i), rand.New(rand.NewPCG(uint64(i), 2026))))
	}
	return all
}

func raw(b []byte) padded     { return padded{prefix: b} }
func slotOf(n byte) padded    { return padded{prefix: []byte{n}, size: 32} }
func grantOf(s string) padded { return raw([]byte(s)) }
func create(s padded) step    { return step{call: "create", statement: s} }
func change(s padded) step    { return step{call: "change", statement: s} }
func put(slot, g padded) step { return step{call: "put", slot: slot, grant: g} }
func take(slot padded) step   { return step{call: "take", slot: slot} }
func remove() step            { return step{call: "delete"} }

// stating is a statement with that sequence number, one blob, and the grants in
// the slots of those numbers.
func stating(sequence uint64, grants map[byte]padded) padded {
	s := api.Statement{Sequence: sequence, EndEpoch: 9, Blobs: []api.StatementBlob{{BlobID: [32]byte{0xb1}, Size: 1000}}}
	for slot, grant := range grants {
		s.PutSlot([32]byte(slotOf(slot).bytes()), grant.bytes())
	}
	return marshalled(&s)
}

func marshalled(s *api.Statement) padded {
	b, err := s.Marshal()
	if err != nil {
		panic(err)
	}
	return raw(b)
}

type grants = map[byte]padded

func lives() []scenario {
	a, b := grantOf("for a link"), grantOf("for a friend")
	full := padded{size: api.MaxGrant}
	return []scenario{
		{"send", []step{create(stating(0, grants{7: a})), put(slotOf(7), a)}},
		{"send_to_three", []step{create(stating(0, grants{1: a, 7: b, 200: full})),
			put(slotOf(200), full), put(slotOf(1), a), put(slotOf(7), b)}},
		{"send_nothing", []step{create(marshalled(&api.Statement{})), remove()}},
		{"grant_twice", []step{create(stating(0, grants{7: a})), put(slotOf(7), a), put(slotOf(7), a)}},
		{"grant_later", []step{create(stating(0, grants{7: a})), put(slotOf(7), a),
			change(stating(1, grants{7: a, 8: b})), put(slotOf(8), b)}},
		{"replace_grant", []step{create(stating(0, grants{7: a})), put(slotOf(7), a),
			change(stating(1, grants{7: b})), put(slotOf(7), b)}},
		{"withdraw", []step{create(stating(0, grants{7: a, 8: b})), put(slotOf(7), a), put(slotOf(8), b),
			change(stating(1, grants{8: b})), take(slotOf(7))}},
		{"withdraw_and_grant_again", []step{create(stating(0, grants{7: a})), put(slotOf(7), a), change(stating(1, nil)),
			take(slotOf(7)), change(stating(2, grants{7: b})), put(slotOf(7), b)}},
		{"delete_all", []step{create(stating(0, grants{7: a})), put(slotOf(7), a), change(stating(1, nil)),
			take(slotOf(7)), remove()}},
		{"many_slots", []step{create(crowded(0, 150)), put(crowdedSlot(149), crowdedGrant(149)),
			put(crowdedSlot(0), crowdedGrant(0)), put(crowdedSlot(77), crowdedGrant(77))}},
		{"largest_statement", []step{create(largest()), remove()}},
	}
}

// crowded lists n slots, which takes a count of two bytes from 128 on.
func crowded(sequence uint64, n int) padded {
	s := api.Statement{Sequence: sequence}
	for i := range n {
		s.PutSlot([32]byte(crowdedSlot(i).bytes()), crowdedGrant(i).bytes())
	}
	return marshalled(&s)
}

func crowdedSlot(i int) padded  { return padded{prefix: []byte{0, byte(i), 1}, size: 32} }
func crowdedGrant(i int) padded { return raw([]byte{'g', byte(i)}) }

// largest has as many blobs as MaxStatement allows, all zero.
func largest() padded {
	blobs := (api.MaxStatement - 16) / 40
	s := marshalled(&api.Statement{Blobs: make([]api.StatementBlob, blobs)})
	return padded{prefix: bytes.TrimRight(s.prefix, "\x00"), size: len(s.prefix)}
}

func refusals() []scenario {
	a, b := grantOf("for a link"), grantOf("for a friend")
	first, sent := create(stating(0, grants{7: a})), put(slotOf(7), a)
	good := stating(0, grants{7: a, 8: b}).prefix
	edit := func(f func(b []byte)) padded { c := bytes.Clone(good); f(c); return raw(c) }
	slots := len(good) - 128
	return []scenario{
		{"create_with_sequence_1", []step{create(stating(1, nil))}},
		{"change_without_next", []step{first, change(stating(0, nil))}},
		{"change_skips_one", []step{first, change(stating(2, nil))}},
		{"change_to_last_sequence", []step{first, change(stating(1<<64-1, nil))}},
		{"put_unlisted", []step{first, put(slotOf(8), a)}},
		{"put_short_slot", []step{first, put(raw([]byte{7}), a)}},
		{"put_long_slot", []step{first, put(padded{[]byte{7}, 33}, a)}},
		{"put_other_grant", []step{first, put(slotOf(7), b)}},
		{"put_large_grant", []step{first, put(slotOf(7), padded{size: api.MaxGrant + 1})}},
		{"put_after_withdrawal", []step{first, change(stating(1, nil)), put(slotOf(7), a)}},
		{"take_listed", []step{first, sent, take(slotOf(7))}},
		{"take_missing", []step{first, take(slotOf(8))}},
		{"take_short_slot", []step{first, take(raw([]byte{8}))}},
		{"take_twice", []step{first, sent, change(stating(1, nil)), take(slotOf(7)), take(slotOf(7))}},
		{"delete_with_grants", []step{first, sent, remove()}},
		{"delete_with_grants_unlisted", []step{first, sent, change(stating(1, nil)), remove()}},
		{"empty", []step{create(raw(nil))}},
		{"other_version", []step{create(edit(func(b []byte) { b[0] = 2 }))}},
		{"cut_before_blobs", []step{create(raw(good[:13]))}},
		{"cut_in_blobs", []step{create(raw(good[:50]))}},
		{"cut_before_slots", []step{create(raw(good[:54]))}},
		{"cut_by_one", []step{create(raw(good[:len(good)-1]))}},
		{"one_too_many", []step{create(raw(append(bytes.Clone(good), 0)))}},
		{"slots_swapped", []step{create(edit(func(b []byte) { b[slots], b[slots+64] = b[slots+64], b[slots] }))}},
		{"slot_twice", []step{create(edit(func(b []byte) { b[slots+64] = b[slots] }))}},
		{"count_not_shortest", []step{create(raw(append([]byte{1, 12: 0}, 0x80, 0, 0)))}},
		{"count_cut", []step{create(raw(append([]byte{1, 12: 0}, 0x81)))}},
		{"count_of_three_bytes", []step{create(padded{append([]byte{1, 12: 0}, 0x80, 0x80, 1), api.MaxStatement})}},
		{"too_large", []step{create(padded{[]byte{1}, api.MaxStatement + 1})}},
		{"change_malformed", []step{first, change(raw([]byte{1}))}},
	}
}
