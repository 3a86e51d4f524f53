//go:build !unix

package direct

import "context"

// FileTurn would make processes that pay with one key take turns; here there are
// no locks for that. Who spends the same coins twice is refused by the ledger.
func FileTurn(string) func(context.Context) (done func(), err error) { return nil }
