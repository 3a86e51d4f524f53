package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"floe/wasm/client"
)

func TestExitStatus(t *testing.T) {
	of := func(code client.Code) error { return &client.Error{Code: code, Message: "said"} }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{flag.ErrHelp, 0},
		{errors.New("disk full"), 1},
		{of(client.CodeDamaged), 1},
		{of(client.CodeInternal), 1},
		{&usageError{"send", errors.New("no")}, 2},
		{of(client.CodeLinkCut), 3},
		{of(client.CodePassphraseWrong), 3},
		{of(client.CodeWithdrawn), 3},
		{of(client.CodeNoGrant), 3},
		{of(client.CodeExpired), 3},
		{of(client.CodeTooFewNodes), 4},
		{of(client.CodeOffline), 4},
		{of(client.CodeFull), 4},
		{of(client.CodeLiar), 5},
		{fmt.Errorf("wrapped: %w", of(client.CodeLiar)), 5},
	} {
		var said strings.Builder
		if got := (&console{err: &said}).report(c.err); got != c.want {
			t.Errorf("%v: status %d, want %d", c.err, got, c.want)
		}
		if (c.want == 0) != (said.Len() == 0) {
			t.Errorf("%v: said %q", c.err, said.String())
		}
	}
}

func TestChooseServer(t *testing.T) {
	t.Setenv("FLOE_SERVER", "http://env")
	for _, c := range []struct{ flag, link, want string }{
		{"http://flag", "https://link/open#x", "http://flag"},
		{"", "https://link/open#x", "https://link"},
		{"", "  https://link/below/open#x", "https://link/below"},
		{"", "javascript:alert(1)/open#x", "http://env"},
		{"", "#x", "http://env"},
		{"", "", "http://env"},
	} {
		if got := chooseServer(c.flag, c.link); got != c.want {
			t.Errorf("flag %q, link %q: %q, want %q", c.flag, c.link, got, c.want)
		}
	}
	t.Setenv("FLOE_SERVER", "")
	if got := chooseServer("", ""); got != defaultServer {
		t.Errorf("by default %q", got)
	}
}

func TestIndicesAreNeverReused(t *testing.T) {
	h := &home{t.TempDir()}
	taken := make(chan uint32, 40)
	for range cap(taken) {
		go func() {
			n, err := h.takeIndex()
			if err != nil {
				t.Error(err)
			}
			taken <- n
		}()
	}
	seen := map[uint32]bool{}
	for range cap(taken) {
		n := <-taken
		if seen[n] {
			t.Fatalf("index %d was given out twice", n)
		}
		seen[n] = true
	}
	if n, err := h.indices(); err != nil || n != uint32(len(seen)) {
		t.Errorf("%d indices, %v", n, err)
	}
}

func TestMemoryKeepsTheHighest(t *testing.T) {
	h := &home{t.TempDir()}
	parcel := [32]byte{1}
	if _, known, err := h.Seen(parcel); known || err != nil {
		t.Fatalf("known %t, %v", known, err)
	}
	for _, n := range []uint64{3, 7, 5} {
		if err := h.Saw(parcel, n); err != nil {
			t.Fatal(err)
		}
	}
	if n, known, err := h.Seen(parcel); n != 7 || !known || err != nil {
		t.Errorf("%d, known %t, %v; want 7", n, known, err)
	}
}
