package server_test

import (
	"testing"

	"floe/server"
	"floe/server/ledgertest"
)

// The fake that this package's other tests rest on behaves as a ledger does.
func TestConformanceFake(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Instance {
		ledger, ids, fund := server.FakeLedger()
		return ledgertest.Instance{Ledger: ledger, Chain: ledger, IDs: ids, Fund: fund}
	})
}
