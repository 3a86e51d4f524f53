package codec

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestShares holds that shares joined are what one expansion is, whoever makes
// them and whatever they are to give.
func TestShares(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	eachEngine(t, func(t *testing.T, on engine) {
		for _, n := range []int{4, 5, 7, 10, 13, 16, 17, 31, 64, 65, 104, 257, 1001} {
			e, err := newEncoder(n, on)
			if err != nil {
				t.Fatal(err)
			}
			sizes := []int{0, 1, 2*e.p.Primary*e.p.Secondary + 1, 50_001, random.IntN(300_000)}
			if testing.Short() || n > 500 {
				sizes = sizes[3:4]
			}
			for _, size := range sizes {
				t.Run(fmt.Sprintf("n=%d/size=%d", n, size), func(t *testing.T) { checkShares(t, e, testBlob(uint32(n), size)) })
			}
		}
	})
}

// TestLargeShares is TestShares with symbols of many blocks.
func TestLargeShares(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds in WebAssembly")
	}
	for _, c := range []struct{ n, size int }{{104, 16 << 20}, {104, 1 << 20}, {1000, 16 << 20}, {10, 1<<20 + 7}} {
		e, err := NewEncoder(c.n)
		if err != nil {
			t.Fatal(err)
		}
		checkShares(t, e, testBlob(2, c.size))
	}
}

func checkShares(t *testing.T, e *Encoder, blob []byte) {
	whole, err := e.Expand(blob)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Want{WantMetadata, WantSlivers, wantBoth} {
		for workers := 1; workers <= 4; workers++ {
			if e.p.NShards > 500 && (workers%2 == 0 || testing.Short() && workers == 1) {
				continue // a second each in WebAssembly
			}
			bounds := e.Split(int64(len(blob)), want, workers)
			checkBounds(t, e.p, bounds, workers)
			var shares []*Share
			var memory []byte
			for i := range len(bounds) - 1 {
				s, err := e.NewShareIn(memory, blob, bounds[i], bounds[i+1], want)
				if err != nil {
					t.Fatal(err)
				}
				memory = s.Bytes()
				if s, err = e.ParseShare(int64(len(blob)), want, bytes.Clone(s.Bytes())); err != nil {
					t.Fatal(err)
				}
				shares = append(shares, s)
				for i := range memory {
					memory[i] = 0xa5 // nothing of it is to be in the next one
				}
			}
			slices.Reverse(shares) // the order doesn't matter
			x, err := e.Join(blob, want, shares...)
			if err != nil {
				t.Fatal(err)
			}
			sameExpansion(t, x, whole, want)
			if t.Failed() {
				t.Fatalf("%d workers, want %d", workers, want)
			}
		}
	}
}

func checkBounds(t *testing.T, p Params, bounds []int, workers int) {
	t.Helper()
	if len(bounds) < 2 || len(bounds) > workers+1 || bounds[0] != 0 || bounds[len(bounds)-1] != p.NShards || !slices.IsSorted(bounds) {
		t.Fatalf("n = %d, %d workers: boundaries %v", p.NShards, workers, bounds)
	}
}

func sameExpansion(t *testing.T, got, want *Expansion, of Want) {
	t.Helper()
	if of&WantMetadata != 0 {
		if !bytes.Equal(got.Metadata().MarshalBCS(), want.Metadata().MarshalBCS()) {
			t.Error("the metadata differs")
		}
	} else if got.Metadata() != nil {
		t.Error("metadata that nobody wanted")
	}
	n := got.Params().NShards
	if of&WantSlivers == 0 {
		if err := got.Slivers([]int{0}, func(int, *Sliver, *Sliver) error { return nil }); !errors.Is(err, ErrMalformed) {
			t.Errorf("slivers of metadata alone: %v", err)
		}
		return
	}
	for i := 0; i < n; i++ {
		sameSliver(t, got.Sliver(Primary, i), want.Sliver(Primary, i))
		sameSliver(t, got.Sliver(Secondary, i), want.Sliver(Secondary, i))
	}
}

// TestSplitBalances holds that more workers get less each, and the first at
// least as much as others.
func TestSplitBalances(t *testing.T) {
	for _, c := range []struct{ n, size int }{{104, 64 << 20}, {1000, 1 << 20}, {1000, 64 << 20}} {
		e, err := NewEncoder(c.n)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []Want{WantMetadata, wantBoth} {
			two := e.Split(int64(c.size), want, 2)
			if len(two) != 3 || two[1] < c.n/2-8 || two[1] > c.n*7/10 {
				t.Errorf("n = %d, %d bytes: two workers share by %v", c.n, c.size, two)
			}
			if four := e.Split(int64(c.size), want, 4); len(four) < 4 || four[1] >= two[1] {
				t.Errorf("n = %d, %d bytes: four workers share by %v", c.n, c.size, four)
			}
		}
		if e.Split(-1, wantBoth, 2) != nil || e.Split(1, 0, 2) != nil || e.Split(1, 4, 2) != nil || e.Split(1, wantBoth, 0) != nil {
			t.Error("boundaries of what no share has")
		}
	}
}

func TestShareErrors(t *testing.T) {
	e, err := NewEncoder(31)
	if err != nil {
		t.Fatal(err)
	}
	blob := testBlob(1, 50_000) // symbols of 220 bytes: units of 16 columns
	for _, c := range [][2]int{{-16, 16}, {0, 0}, {16, 0}, {0, 8}, {8, 16}, {16, 32}, {16, 30}, {31, 31}} {
		if _, err := e.NewShare(blob, c[0], c[1], wantBoth); !errors.Is(err, ErrMalformed) {
			t.Errorf("columns %v: %v", c, err)
		}
	}
	for _, want := range []Want{0, 4, 255} {
		if _, err := e.NewShare(blob, 0, 31, want); !errors.Is(err, ErrMalformed) {
			t.Errorf("want %d: %v", want, err)
		}
	}
	share := func(blob []byte, first, end int, want Want) *Share {
		t.Helper()
		s, err := e.NewShare(blob, first, end, want)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, second := share(blob, 0, 16, wantBoth), share(blob, 16, 31, wantBoth)
	for name, shares := range map[string][]*Share{
		"none":          {},
		"one missing":   {first},
		"the first":     {second},
		"twice":         {first, first, second},
		"other wants":   {first, share(blob, 16, 31, WantSlivers)},
		"another blob":  {first, share(blob[1:], 16, 31, wantBoth)},
		"overlapping":   {share(blob, 0, 31, wantBoth), second},
		"all and again": {share(blob, 0, 31, wantBoth), share(blob, 0, 31, wantBoth)},
	} {
		if _, err := e.Join(blob, wantBoth, shares...); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzShareNeverPanics: what is taken for a share joins with what is missing
// beside it, and what isn't is an error.
func FuzzShareNeverPanics(f *testing.F) {
	e, err := NewEncoder(31)
	if err != nil {
		f.Fatal(err)
	}
	blob := testBlob(1, 50_000)
	first, err := e.NewShare(blob, 0, 16, wantBoth)
	if err != nil {
		f.Fatal(err)
	}
	for _, want := range []Want{WantMetadata, WantSlivers, wantBoth} {
		s, err := e.NewShare(blob, 16, 31, want)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(int64(50_000), uint8(want), s.Bytes())
		f.Add(int64(50_000), uint8(want), s.Bytes()[:100])
	}
	f.Add(int64(0), uint8(3), []byte{0, 0, 31, 0})
	f.Add(int64(-1), uint8(3), []byte{})
	f.Add(int64(1<<62), uint8(3), []byte{16, 0, 31, 0})
	f.Fuzz(func(t *testing.T, size int64, want uint8, b []byte) {
		s, err := e.ParseShare(size, Want(want), b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if !bytes.Equal(s.Bytes(), b) {
			t.Fatal("other bytes than were parsed")
		}
		x, err := e.Join(blob, wantBoth, first, s)
		if err != nil {
			return
		}
		for i := range 31 {
			x.Pair(i)
		}
	})
}
