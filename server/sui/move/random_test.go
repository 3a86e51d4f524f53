package move

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"floe/server/api"
)

// randomLife is twelve steps of a sender who mostly does what makes sense. It
// follows along in a model, so that most steps can succeed, and ends at the
// first abort.
func randomLife(name string, r *rand.Rand) scenario {
	m := &model{sender: scenarioSender, grants: map[string][]byte{}}
	sc := scenario{name: name}
	state := &api.Statement{}
	texts := map[byte]string{}
	for len(sc.steps) < 12 {
		s := randomStep(r, m, state, texts, len(sc.steps) == 0)
		sc.steps = append(sc.steps, s)
		if m.do(s).abort >= 0 || s.call == "delete" {
			break
		}
	}
	return sc
}

func randomStep(r *rand.Rand, m *model, state *api.Statement, texts map[byte]string, first bool) step {
	slot := byte(r.IntN(4))
	if first {
		return create(randomState(r, state, texts, 0))
	}
	switch r.IntN(10) {
	case 0, 1, 2:
		return change(randomState(r, state, texts, m.sequence+1))
	case 3:
		return change(randomState(r, state, texts, m.sequence+uint64(r.IntN(3))))
	case 4, 5, 6:
		if listed := slices.Sorted(maps.Keys(texts)); len(listed) > 0 {
			slot = listed[r.IntN(len(listed))]
		}
		return put(slotOf(slot), grantOf(texts[slot]))
	case 7, 8:
		for _, s := range slices.Sorted(maps.Keys(m.grants)) {
			if _, ok := m.listed([]byte(s)); !ok && s[0] >= slot {
				slot = s[0]
			}
		}
		return take(slotOf(slot))
	}
	if len(m.grants) == 0 && r.IntN(2) == 0 {
		return remove()
	}
	return change(randomState(r, state, texts, m.sequence+1))
}

// randomState adds, replaces and takes some slots and returns the statement.
func randomState(r *rand.Rand, state *api.Statement, texts map[byte]string, sequence uint64) padded {
	state.Sequence, state.EndEpoch = sequence, r.Uint32()
	for slot := range byte(4) {
		switch r.IntN(3) {
		case 0:
			texts[slot] = fmt.Sprintf("grant %d", r.IntN(1000))
			state.PutSlot([32]byte(slotOf(slot).bytes()), []byte(texts[slot]))
		case 1:
			delete(texts, slot)
			state.TakeSlot([32]byte(slotOf(slot).bytes()))
		}
	}
	return marshalled(state)
}
