package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"floe/wasm/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &console{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// console is where a command reads and writes.
type console struct {
	in       *os.File
	out, err io.Writer
}

var commands = []struct {
	name, what string
	run        func(ctx context.Context, c *console, args []string) error
}{
	{"send", "seal files, store them and print a link", runSend},
	{"open", "open a link and save its files", runOpen},
	{"identity", "show this device's recipient; write its identity for age, export or import it", runIdentity},
	{"grant", "let another recipient open what you sent", runGrant},
	{"withdraw", "take a link back", runWithdraw},
	{"fetch", "fetch sealed blobs, for opening them with age", runFetch},
}

// run runs one command and returns the exit status.
func run(ctx context.Context, args []string, c *console) int {
	if len(args) > 0 {
		for _, command := range commands {
			if command.name == args[0] {
				return c.report(command.run(ctx, c, args[1:]))
			}
		}
	}
	help := len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0])
	if len(args) > 0 && !help {
		fmt.Fprintf(c.err, "floe: there is no command %q\n", args[0])
	}
	fmt.Fprintln(c.err, "usage: floe COMMAND …")
	for _, command := range commands {
		fmt.Fprintf(c.err, "  %-9s %s\n", command.name, command.what)
	}
	fmt.Fprintln(c.err, "floe COMMAND -h says more.")
	if help {
		return 0
	}
	return statusUsage
}

// Exit statuses. Scripts rely on them: never change one.
const (
	statusFailed = 1
	statusUsage  = 2
	statusClosed = 3
	statusLater  = 4
	statusLiar   = 5
)

// report says what went wrong and returns the exit status.
func (c *console) report(err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(c.err, "floe: %v\nhint: floe %s -h\n", err, usage.command)
		return statusUsage
	}
	var e *client.Error
	if !errors.As(err, &e) {
		fmt.Fprintf(c.err, "floe: %v\n", err)
		return statusFailed
	}
	fmt.Fprintf(c.err, "floe: %s\n", e.Message)
	if e.Err != nil && (e.Code == client.CodeInternal || e.Code == client.CodeLiar || os.Getenv("FLOE_DEBUG") != "") {
		fmt.Fprintf(c.err, "cause: %v\n", e.Err)
	}
	if hint := hints[e.Code]; hint != "" && (e.Code != client.CodeOffline || tried(e) != "") {
		fmt.Fprintf(c.err, "hint: %s\n", strings.Replace(hint, "another server", "another server"+tried(e), 1))
	}
	var kept *unfinishedError
	if errors.As(err, &kept) {
		fmt.Fprintf(c.err, "hint: %s\n", kept.hint())
	}
	return statusOf(e)
}

// hints say what to type next.
var hints = map[client.Code]string{
	client.CodeOffline:          "-server URL or FLOE_SERVER names another server; go run ./cmd/floed starts one here",
	client.CodePassphraseNeeded: "-passphrase-file F reads it from a file; on a terminal it is asked",
	client.CodePassphraseWrong:  "-passphrase-file F must hold it alone on the first line",
	client.CodePoor:             "on the embedded network its faucet gives both (POST /api/v1/faucet); on testnet faucet.sui.io gives SUI, and walrus get-wal changes some into WAL",
	client.CodeLinkCut:          "put the link in quotes, or give it on standard input",
	client.CodeSecretMissing:    "put the link in quotes; if it was sent to you by name, floe identity import brings your identity here",
}

// tried names the server that didn't answer.
func tried(e *client.Error) string {
	var at *url.Error
	if e.Code != client.CodeOffline || !errors.As(e, &at) {
		return ""
	}
	u, err := url.Parse(at.URL)
	if err != nil {
		return ""
	}
	return " than " + u.Scheme + "://" + u.Host
}

func statusOf(e *client.Error) int {
	switch e.Code {
	case client.CodeLinkCut, client.CodeLinkWrong, client.CodeSecretMissing, client.CodePassphraseNeeded, client.CodePassphraseWrong,
		client.CodeKeyWrong, client.CodeWithdrawn, client.CodeNoGrant, client.CodeNotFound, client.CodeExpired:
		return statusClosed
	case client.CodeTooFewNodes, client.CodeOffline, client.CodeQuota, client.CodeFull, client.CodeConflict:
		return statusLater
	case client.CodeLiar:
		return statusLiar
	}
	return statusFailed
}

// usageError is a command called wrongly.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }

// flags returns the flag set of a command.
func (c *console) flags(command, usage string) *flag.FlagSet {
	fs := flag.NewFlagSet(command, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // report says what is wrong, once
	fs.Usage = func() {
		fs.SetOutput(c.err)
		fmt.Fprintf(c.err, "usage: floe %s %s\n", command, usage)
		fs.PrintDefaults()
	}
	return fs
}

// parse parses flags, which may stand before, between and after the rest, up to
// a --. The usage is shown to who asks for it, not to who slips.
func parse(fs *flag.FlagSet, args []string) error {
	usage := fs.Usage
	fs.Usage = func() {}
	var rest []string
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			usage()
			return err
		}
		if err != nil {
			return &usageError{fs.Name(), err}
		}
		left := fs.Args()
		ended := len(left) < len(args) && args[len(args)-len(left)-1] == "--"
		if len(left) == 0 || ended {
			return fs.Parse(append([]string{"--"}, append(rest, left...)...))
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// misuse is the error for a command called wrongly.
func misuse(fs *flag.FlagSet, format string, args ...any) error {
	return &usageError{fs.Name(), fmt.Errorf(format, args...)}
}
