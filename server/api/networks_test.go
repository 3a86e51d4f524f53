package api

import (
	"encoding/hex"
	"testing"
)

func TestEmbeddedIDsAreHashesOfTheirNames(t *testing.T) {
	ids, ok := Networks(Local)
	if !ok {
		t.Fatal("no embedded network")
	}
	for name, got := range map[string][32]byte{
		"wal":     ids.WALPackage,
		"walrus":  ids.WalrusPackage,
		"floe":    ids.FloePackage,
		"system":  ids.System,
		"staking": ids.Staking,
	} {
		if want := embeddedID(name); got != want {
			t.Errorf("ID of %s is %x, want %x", name, got, want)
		}
	}
}

// Pool IDs stand in ledgers on disk, so the formula is pinned by one value.
func TestEmbeddedPoolIsPinned(t *testing.T) {
	got := EmbeddedPool(0)
	if want := "75d00ddfdcb7bc07d35b14934f7245f3303a2071fde9f5f23854365a8fdff107"; hex.EncodeToString(got[:]) != want {
		t.Errorf("pool 0 is %x, want %s", got, want)
	}
	if EmbeddedPool(1) == got {
		t.Error("pools 0 and 1 share an ID")
	}
}

func TestPublicNetworksHaveAllButTheFloePackage(t *testing.T) {
	for _, name := range []string{Testnet, Mainnet} {
		ids, ok := Networks(name)
		if !ok {
			t.Fatalf("no network %s", name)
		}
		seen := map[[32]byte]bool{}
		for _, id := range [][32]byte{ids.WALPackage, ids.WalrusPackage, ids.System, ids.Staking} {
			if id == ([32]byte{}) || seen[id] {
				t.Errorf("%s: ID %x is zero or stands twice", name, id)
			}
			seen[id] = true
		}
		if ids.FloePackage != ([32]byte{}) {
			t.Errorf("%s: a Floe package is named, though none is published", name)
		}
	}
	if _, ok := Networks("elsewhere"); ok {
		t.Error("an unknown network was found")
	}
}
