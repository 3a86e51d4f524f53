//go:build unix && !aix && !solaris

package main

import (
	"errors"
	"testing"
)

// TestOneSendsAtATime: what is being sent isn't taken for interrupted, so that no
// two processes go on from the same place.
func TestOneSendsAtATime(t *testing.T) {
	h := &home{t.TempDir()}
	begin := func(index uint32) *unfinished {
		t.Helper()
		u := &unfinished{Index: index}
		if err := u.hold(h); err != nil {
			t.Fatal(err)
		}
		if err := u.keep(h)([]byte{byte(index)}); err != nil {
			t.Fatal(err)
		}
		return u
	}
	first, second := begin(9), begin(10)
	if _, err := h.lastUnfinished(); !errors.Is(err, errLocked) {
		t.Errorf("with all being sent: %v", err)
	}
	first.release()
	got, err := h.lastUnfinished()
	if err != nil || got.Index != 9 || len(got.State) != 1 || got.State[0] != 9 {
		t.Fatalf("with one being sent: %+v, %v", got, err)
	}
	if err := (&unfinished{Index: 9}).hold(h); !errors.Is(err, errLocked) {
		t.Errorf("what is gone on with isn't held: %v", err)
	}
	second.release()
	if got, err := h.lastUnfinished(); err != nil || got.Index != 10 {
		t.Errorf("with none being sent: %+v, %v", got, err)
	}
}
