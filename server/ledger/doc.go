// Package ledger is the embedded ledger: Sui's objects, transactions and
// checkpoints in one store on disk. [Open] it, then [Ledger.Execute] signed
// transactions and read what they made.
//
// It is Sui as its clients see it: the same bytes, digests, object IDs,
// versions, effects and refusals. It isn't a network: one process orders the
// transactions, and Move functions are Go twins (package native) that run under
// one executor (package vm).
//
// Packages can be published and upgraded if a twin runs their bytecode, which is
// told by Sui's digest of it. Any other is refused as unsupported, by its digest:
// nothing here interprets bytecode. See callable.go and packageobject.go.
package ledger
