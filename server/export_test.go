package server

import (
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// FakeLedger opens the fake of this package's tests for those outside of it.
func FakeLedger() (ledger interface {
	Ledger
	Chain
}, ids api.NetworkIDs, fund func(*testing.T, suitx.Address)) {
	l := newFakeLedger()
	local := &fakeLocal{ledger: l}
	return l, testIDs, func(t *testing.T, to suitx.Address) {
		if _, err := local.Faucet(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
}
