// Package direct lets a client work with no server of ours: it answers what a
// server would, in process, straight from a full node of Sui and the storage
// nodes of Walrus. [Open] a [Relay] over a network's [api.Place] and give it to
// client.New.
//
// Nothing changes for the client, which believes it no more than a server: the
// full node's answers are held against the sender's signatures, slivers against
// the blob ID. What is gained is that no server of Floe's learns of it, and that
// none is needed.
//
// # Who pays
//
// Storage costs WAL and each transaction SUI. [Config.Payer] plays a server's
// sponsor: it registers the blobs and co-signs the gas of transactions that the
// parcel's own address sends. That address stays fresh for each parcel, but the
// payer stands in every transaction: everybody can see that one payer paid for
// two parcels. Without a payer, parcels can be opened and not sent.
//
// A full node is believed where it says what storage costs, for want of anybody
// else to ask; so a [Budget] bounds what is signed, and each purchase takes only
// what it was told to cost.
//
// What is paid for here can be deleted, unlike what a server on a public
// network pays for: the objects are their payer's own concern.
package direct
