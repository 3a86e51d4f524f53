// Command floed is Floe's server and, by default, the whole network it works
// on: pages and relay, the embedded ledger that speaks Sui's gRPC API, and the
// embedded storage nodes that speak Walrus' HTTP API, all on one port.
//
//	floed [-listen HOST:PORT] [-data DIR] [-nodes N] [-shards N] [-relay=false]
//
// On a Sui and a Walrus elsewhere (place.go, remote.go) it is pages and relay
// alone, which pay with the key they are given, or for nobody:
//
//	floed -network testnet|mainnet|FILE [-sponsor-key FILE] [-gas-budget SUI] [-wal-budget WAL]
//
// The storage nodes may also be processes of their own, here or on other
// machines (node.go), and the package goes to networks elsewhere by a command:
//
//	floed -nodes-at HOST:PORT,… [-node-scheme https|http]
//	floed node -key FILE [-ledger URL] [-data DIR] [-listen HOST:PORT] [-tls=false]
//	floed package …
//
// Walrus' own HTTP interfaces are served on a port of their own once they are
// switched on (daemonflags.go, package daemon):
//
//	floed -aggregator local|all -publisher local -upload-relay local|all [-daemon-listen HOST:PORT]
//
// When all is up it prints "floe: ready at http://…". SIGINT and SIGTERM end it
// in order; it may also be killed at any time, for what was answered is on disk.
//
// [Run] is the whole program; config.go says what can be set. One process holds
// a data directory at a time:
//
//	lock            held while floed runs
//	network.json    how the network began (genesis.go); never changes
//	keys/           the nodes' and the sponsor's secrets, 0600
//	ledger/         the embedded ledger's store
//	nodes/NN/       the storage nodes' stores
//	uploads/        whole blobs while they come
//	spool/          likewise, on Walrus' own interfaces (daemon.go)
//	spent.json      what was given of a day's budget on a network elsewhere
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	do, rest := commandOf(args)
	err := do(ctx, rest, os.Stdout, os.Stderr)
	code := exitCode(err)
	if code == 1 {
		fmt.Fprintln(os.Stderr, "floed:", err)
	}
	return code
}
