// Package ledger is the embedded ledger: Sui's objects, transactions and
// checkpoints in one store on disk. [Open] it, then [Ledger.Execute] signed
// transactions and read what they made.
//
// It is Sui as its clients see it: the same bytes, digests, object IDs,
// versions, effects and refusals. It isn't a network: one process orders the
// transactions, and Move functions are Go twins (package native) that run under
// one executor (package vm).
package ledger
