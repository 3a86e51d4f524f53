// Package node is a storage node: it keeps the slivers of its shards, serves
// them over Walrus' HTTP routes and signs confirmations that it holds them.
//
// [Open] a node, run [Node.Run] beside it, and mount [Node.Handler], whose
// routes begin at /v1. A [Switch] is a node that can be stopped and started. A
// node with a port of its own serves TLS with what [NetworkKey.TLS] returns.
//
//	GET, PUT  /v1/blobs/{id}/metadata                             GET …/status
//	GET, PUT  /v1/blobs/{id}/slivers/{pair}/{primary|secondary}   GET …/status
//	GET       /v1/blobs/{id}/confirmation/permanent
//	GET       /v1/blobs/{id}/confirmation/deletable/{object}
//	GET       /v1/blobs/{id}/status
//	GET       /v1/health
//
// What it promises:
//
//   - It takes what is registered on the ledger alone, metadata only if the blob
//     ID commits to it, a sliver only if the metadata does.
//   - What it answered 2xx to survives the loss of power.
//   - It signs for a blob only while it holds both slivers of all its shards.
//   - What was damaged on disk it doesn't serve: it says so, forgets it, and
//     heals it, like all it missed of certified blobs, from the other nodes.
//
// # Store
//
// Records (registrations, metadata, where each sliver lies) are in pebble.
// Slivers lie in one file per blob, one after the other as they came. Those that
// come at the same time share one fsync of the file and one of pebble's log.
// For 13 nodes with 8 shards and blobs of 16 MiB at once (419 MB of slivers),
// this took 0.53 s and wrote 1.03 times the bytes; a file per sliver with its
// own fsyncs took 0.42 s on the same disk, where an fsync is cheap, but needs 32
// of them for what takes 2 here; slivers in pebble took 1.4 to 2.1 s, wrote 1.9
// to 2.4 times the bytes, and held 245 to 380 MB of memory instead of 16.
package node
