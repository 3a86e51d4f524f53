package codec

import (
	"bytes"
	"errors"
	"testing"
)

// TestSliversOfSomePairs holds that pass two gives what everything at once does.
func TestSliversOfSomePairs(t *testing.T) {
	eachEngine(t, func(t *testing.T, on engine) {
		for _, n := range []int{4, 13, 104} {
			e, err := newEncoder(n, on)
			if err != nil {
				t.Fatal(err)
			}
			blob := testBlob(5, 40_000)
			_, want, err := e.Encode(blob)
			if err != nil {
				t.Fatal(err)
			}
			for _, pairs := range [][]int{{}, {0}, {n - 1}, {n - 1, 0, n / 2, 0}, {e.p.Primary, 1}} {
				i := 0
				err := e.Slivers(blob, pairs, func(pair int, primary, secondary *Sliver) error {
					equal(t, "pair", pair, pairs[i])
					i++
					sameSliver(t, primary, want[pair].Primary)
					sameSliver(t, secondary, want[pair].Secondary)
					return nil
				})
				if err != nil || i != len(pairs) {
					t.Errorf("pairs %v: %d yielded, %v", pairs, i, err)
				}
			}
		}
	})
}

func sameSliver(t *testing.T, got, want *Sliver) {
	t.Helper()
	if !bytes.Equal(got.MarshalBCS(), want.MarshalBCS()) || got.Kind != want.Kind {
		t.Errorf("%v sliver %d isn't %v sliver %d", got.Kind, got.Index, want.Kind, want.Index)
	}
}

func TestSliversErrors(t *testing.T) {
	e, err := NewEncoder(7)
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	calls := 0
	err = e.Slivers(nil, []int{1, 2}, func(int, *Sliver, *Sliver) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
	for _, pair := range []int{-1, 7} {
		err := e.Slivers(nil, []int{0, pair}, func(int, *Sliver, *Sliver) error { return nil })
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("pair %d: got %v", pair, err)
		}
	}
}

// TestBlobIsLeftAlone holds that encoding neither changes the blob nor reads
// beyond it.
func TestBlobIsLeftAlone(t *testing.T) {
	room := testBlob(1, 5000)
	before := append([]byte(nil), room...)
	e, err := NewEncoder(10)
	if err != nil {
		t.Fatal(err)
	}
	x, err := e.Expand(room[:3001])
	if err != nil {
		t.Fatal(err)
	}
	other, err := e.Expand(append([]byte(nil), room[:3001]...))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		sameSliver(t, x.Pair(i).Primary, other.Pair(i).Primary)
		sameSliver(t, x.Pair(i).Secondary, other.Pair(i).Secondary)
	}
	if !bytes.Equal(room, before) {
		t.Error("the blob was changed")
	}
}
