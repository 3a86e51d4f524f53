// Command floed is Floe's server and, by default, the whole network it works
// on: pages and relay, the embedded ledger that speaks Sui's gRPC API, and the
// embedded storage nodes that speak Walrus' HTTP API, all on one port.
//
//	floed [-listen HOST:PORT] [-data DIR] [-nodes N] [-shards N] [-network local]
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
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// memoryGoal is where the garbage collector begins to work harder. It isn't a
// bound: what is held is bounded where it is taken.
const memoryGoal = 384 << 20

// gcPercent collects sooner than Go's 100. Most of what floed holds for long is
// one table of the encoder; slivers on their way are garbage at once. It takes a
// third off the peak and costs a few percent of time.
const gcPercent = 50

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	cfg, err := parseFlags(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryGoal)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := Run(ctx, cfg, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "floed:", err)
		return 1
	}
	return 0
}
