// Package codec is Red Stuff RS2, the two-dimensional erasure code of Walrus,
// byte for byte: it turns a blob into slivers, metadata and a blob ID, and
// slivers back into the blob. It does no I/O and knows no keys.
//
// To encode, call [NewEncoder] and then
//   - [Encoder.Metadata] for metadata and blob ID alone (what is registered),
//   - [Encoder.Expand] for both at the price of one expansion: the [Expansion]
//     hands out the slivers of any pairs, node after node,
//   - [Encoder.ExpandOnly] for slivers without hashing, where the metadata is
//     known from before,
//   - [Source] for the slivers that are parts of the blob, before all that,
//   - [Encoder.Slivers] for the slivers of some pairs alone.
//
// Several workers, which have no memory in common, encode one blob side by side:
// [Encoder.Split] says of which columns, each makes its [Share] of the blob by
// [Encoder.NewShare], and [Encoder.Join] makes the Expansion of them.
//
// To decode, call [NewDecoder] with the blob ID and its [Metadata], give it
// slivers until [Decoder.Ready], then [Decoder.Decode]. A few rows of a large
// blob are found by [CoverRange] and read by [Decoder.Range].
//
// # Format
//
// With n shards, f = ⌊(n−1)/3⌋: a blob fills a matrix of k1 = n−2f rows and
// k2 = n−f columns of symbols, row by row, padded with zeros. A symbol has S
// bytes, S = ⌈max(size, 1)/(k1·k2)⌉ rounded up to even. The row code expands
// every row to n symbols, the column code then every one of the n columns.
//
//	primary sliver i:    row i, columns 0 … k2−1     i < n; rows below k1 are the blob itself
//	secondary sliver c:  column c, rows 0 … k1−1     c < n
//	pair i:              primary i and secondary n−1−i; the shard of pair i is [ShardOf]
//
//	leaf   = H(00 ‖ symbol)            H is BLAKE2b-256
//	inner  = H(01 ‖ left ‖ right)      a missing right node is 32 zero bytes
//	primary hash i    = root over the n symbols of row i
//	secondary hash c  = root over the n symbols of column c
//	root hash         = root over the n leaves (primary hash i ‖ secondary hash n−1−i)
//	blob ID           = H(01 ‖ size u64 ‖ root hash), in text base64url without padding
//
// BCS (integers little-endian, lengths ULEB128):
//
//	Sliver        = length ‖ symbols ‖ S u16 ‖ index u16
//	BlobMetadata  = 00 ‖ 01 ‖ size u64 ‖ n ‖ n × (01 ‖ primary hash ‖ 01 ‖ secondary hash)
//
// # Codes
//
// Both codes are Reed–Solomon over GF(2^16) by additive transforms. They run on
// one of two engines that give the same bytes: klauspost/reedsolomon, whose
// "shards" are our symbols of many rows or columns side by side, in native
// builds; and this package's own transforms in WebAssembly. Decoding always
// uses our own: klauspost reconstructs columns wrongly without an error
// whenever the code is of low rate.
//
// # Shares
//
// A [Share] is one slice of bytes: hashes, and slivers' symbols where they are
// wanted. It depends on nothing but the blob and on which columns it is of, so
// that it can be handed from worker to worker as it is and parsed again. Row
// hashes cross columns: of every row's tree a share holds the nodes over its
// units of 16 or 32 columns, from which Join finishes the trees. Columns from k2
// on are made of all others: whoever has some expands the rows first, about a
// fourth of all work on the codes, and twice where two shares have them.
//
// # Memory
//
// Besides the blob, for each of its bytes: metadata alone takes 0.5 bytes while
// it is computed (the row code's symbols), an [Expansion] 2.5 as long as it is
// kept: 2.0 are the recovery primary slivers, 0.5 those columns; everything else
// is a part of the blob, or gathered when asked for. Shares that give slivers
// have together as much and Join keeps them, copying none; shares of metadata
// alone hold 32 bytes for every column and every sixteenth symbol. A decoder keeps
// the slivers it was given, 1.0 in all where just enough of one kind came, and
// decoding makes the blob anew. To these come some MiB for every processor,
// whatever the blob's size.
package codec
