package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"runtime/debug"
)

// A command is what floed does for one first argument. It writes results to
// stdout, and what is wrong with its arguments to stderr.
type command func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// errUsage says that the arguments were wrong and that the user was told why.
var errUsage = errors.New("wrong arguments")

const usage = `floed [flags]          serve pages and relay and, by default, the whole embedded network
floed node [flags]     be one storage node of an embedded network
floed package [flags]  print, publish, check, upgrade or freeze Floe's Move package

floed node -h and floed package -h say more. Flags of floed itself:
`

// commandOf finds the command for the arguments and those that are left for it.
// Whatever isn't the name of a command is serve's.
func commandOf(args []string) (command, []string) {
	if len(args) == 0 {
		return serveCommand, nil
	}
	switch args[0] {
	case "node":
		return nodeCommand, args[1:]
	case "package":
		return packageCommand, args[1:]
	default:
		return serveCommand, args
	}
}

// exitCode is what the shell gets: 2 for wrong arguments, as package flag has it.
func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

// serveCommand is floed without a subcommand.
func serveCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cfg, err := parseFlags(args, stderr)
	if err != nil {
		return asUsage(err)
	}
	boundMemory()
	return Run(ctx, cfg, stdout)
}

// asUsage marks what parsing flags returned and has told the user.
func asUsage(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errors.Join(errUsage, err)
}

// memoryGoal is where the garbage collector begins to work harder. It isn't a
// bound: what is held is bounded where it is taken.
const memoryGoal = 384 << 20

// gcPercent collects much sooner than Go's 100. Most of what floed holds for long
// is one table of the encoder, which costs nothing to look through, and slivers on
// their way lie in memory that is used again: relaying gigabytes makes little
// garbage, and the process stays below 200 MiB with its thirteen nodes.
const gcPercent = 5

// boundMemory sets both, unless who starts floed knows better: GOGC and
// GOMEMLIMIT in the environment go before.
func boundMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryGoal)
	}
}
