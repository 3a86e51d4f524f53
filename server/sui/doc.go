// Package sui is the client of Sui, over gRPC: of a public full node and of the
// embedded ledger alike. [Dial] it; a [Client]'s methods may be called at once.
//
// It is written against a full node's behaviour, which the embedded ledger
// shares: what executes is final but may be read a moment later, so
// [Client.Execute] returns when it can be read; lists come in pages; a
// subscription begins somewhere near the present, so [Client.BlobEvents] fetches
// what it missed. Whatever is decoded here comes as BCS, never as the server's
// own rendering of it.
//
// Behind one address there may be several nodes, of which one lags: what this
// client's own transactions did lately it knows better (recent.go).
//
// What a full node forgets: it prunes old versions of objects, transactions and
// checkpoints after some epochs (GetServiceInfo tells the lowest checkpoint that
// is left), and it doesn't say what became of an object that is deleted. See
// [Client.Parcel] for what that means.
//
// Only this package uses sui-go-sdk's clients.
package sui
