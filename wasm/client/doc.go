// Package client is everything a sender or a recipient does: it seals files,
// encodes and stores them through a server, puts the parcel on the ledger, and
// opens what others sent, trusting neither server nor storage nodes. It is pure
// Go over two small interfaces, [Relay] (how requests reach the server) and
// [Memory] (what the device has seen), and runs in the page, in the command
// line and in tests alike.
//
// Make a [Client] with [New]. [Client.Send] turns files into a link;
// [Client.Open] turns a link into a [Parcel], whose files are listed before
// they are read. [Client.Withdraw] takes a link back, [Client.Grant] lets
// another recipient in.
//
// Where the server pays for nobody, or the sender wants to pay herself,
// [Client.Pay] has a [Wallet] confirm one transaction, and [Paid.Finish] does
// the rest without asking again; [Client.Cost] says before what it takes.
//
// # What Send does
//
//	files ─ ZIP64, padded ─ age ─ segments ─ windows of up to 64
//	      ─ per window: measure all segments (first pass), register them in one transaction
//	      ─ per segment: seal again, encode (second pass), store, certificate
//	      ─ one transaction: certify the last, create the parcel, put the grants ─ link
//
// A segment is what becomes one blob. All blob IDs of a window must be known
// before the window is registered, and it needn't fit into memory: so its
// segments are sealed twice, to the same ciphertext, which is checked before any
// of it is sent. While one window is stored, the next is measured and registered.
// At most two expansions are in memory, or one ([Client.Sparing]), and of each
// pass a segment or two; a node that is slow holds up the reading of files. Small
// parcels are sealed once.
//
// A journal ([SendRequest].Journal) hears of every window and every segment that
// is done; with what it heard last, sending goes on later.
//
// Sent light, over thin lines, a blob goes to the relay once and is encoded
// there. Its ID is computed here all the same, and fixes what nodes take and
// certify.
//
// # What Open believes
//
// Only what the sender signed. The link's ID is derived from the transaction
// that created the parcel, so it fixes the sender; the sender's signature under
// the last change fixes the statement: blobs, end, and the hash of each grant.
// The statement fixes the blob IDs, these the metadata, these every sliver. A
// sequence lower than one that this device has seen is refused. Nobody can
// prove to a first visitor that there is no later change.
//
// # How a parcel is read
//
// [Parcel.ReadFileAt], [Parcel.OpenFile] and [Parcel.OpenZip] read any range,
// [Parcel.ReadFiles] many files in one go, [Parcel.WriteFile] and
// [Parcel.WriteZip] all of something.
//
//	range ─ chunks of age's ─ rows (primary slivers) ─ one request: metadata and rows
//
// Opening takes two round trips: network and parcel, then both ends of the
// ciphertext. The first byte of anything takes one more, in a blob that wasn't
// read yet too. Only the rows are fetched that cover what is read: at n = 104
// and 16 MiB, 466 kB each, so that a seek pays off from some 512 kB on. A row is
// asked for once, whoever wants it, and each waits for its own rows alone; what
// nobody waits for any more is broken off.
//
// A save fetches up to 16 MiB ahead, in up to four requests, no faster than it is
// written; a player's range a fourth of what was read. In memory are the blob at
// hand, what is ahead, and 16 MiB of what was read last. Where a row doesn't come,
// as many slivers as make a blob are asked for and it is rebuilt, which takes twice
// the blob; at 16 MiB two at a time, larger ones each alone. Nodes that gave no
// answer a moment ago come last.
//
// A [Shelf] keeps what was fetched for a save of 64 MiB or more, so that it can
// go on after a crash. It is believed no more than a node.
//
// Every error is an [*Error] with a [Code].
package client
