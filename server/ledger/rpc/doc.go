// Package rpc serves sui.rpc.v2 on the embedded ledger, so that Sui's official
// clients talk to it as they talk to a full node. [New] returns the handler for
// all paths below /sui.rpc.v2.; one port speaks gRPC, gRPC-Web (binary and
// text) and Connect's JSON:
//
//	POST /sui.rpc.v2.LedgerService/GetObject
//	Content-Type: application/grpc, application/grpc-web[+proto],
//	              application/grpc-web-text[+proto], application/proto or application/json
//
// gRPC needs HTTP/2; in the clear that is http.Server.Protocols with
// SetUnencryptedHTTP2(true).
//
// Field masks are honoured as a full node does: what isn't asked for isn't in
// the answer, an unknown path is INVALID_ARGUMENT. Errors carry a full node's
// codes and words, as far as its clients read them. Methods that aren't served
// give UNIMPLEMENTED with their name.
//
// The messages are sui-go-sdk's. Its protocol files are older than Sui's
// present ones. What they lack is in newer.go: fields (a Balance's coin_balance,
// an Input's mutability …) are read and written by number, see wire.go; messages
// (those of ListTransactions, SubscribeEvents …) are made from a schema, which
// also names all fields in masks and in JSON.
//
// Lists of transactions, events and checkpoints go through the ledger itself:
// there is no index. A list that found little in ten thousand transactions ends
// with QUERY_END_REASON_SCAN_LIMIT and a cursor to go on from, as on a full node.
package rpc
