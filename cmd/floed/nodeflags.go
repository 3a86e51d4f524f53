package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"

	"floe/server/api"
)

// nodeConfig is what the flags of floed node say.
type nodeConfig struct {
	Key    string // file that floed -nodes-at made
	Data   string // directory, made if it isn't there
	Ledger string // URL of the ledger
	Listen string // host:port; "": the address that the ledger names
	TLS    bool
	Logger *slog.Logger

	target    string // what to dial for Ledger
	targetTLS bool
}

func (c nodeConfig) scheme() string {
	if c.TLS {
		return "https"
	}
	return "http"
}

const nodeUsage = `floed node -key FILE [flags]

It is one storage node of an embedded network that began with floed -nodes-at,
which also makes the nodes' keys. It finds itself on the ledger by its key.

`

// parseNodeFlags reads what follows floed node. It writes what is wrong to
// stderr itself.
func parseNodeFlags(args []string, stderr io.Writer) (nodeConfig, error) {
	var cfg nodeConfig
	var level string
	f := flag.NewFlagSet("floed node", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, nodeUsage)
		f.PrintDefaults()
	}
	f.StringVar(&cfg.Key, "key", "", "`file` with the node's keys, one of those that floed -nodes-at makes in its -data/keys")
	f.StringVar(&cfg.Data, "data", "./floe-node", "`directory` for what the node keeps")
	f.StringVar(&cfg.Ledger, "ledger", "http://127.0.0.1:8080", "`URL` of the floed with the ledger")
	f.StringVar(&cfg.Listen, "listen", "", "`address` to listen on; by default the one that the ledger names")
	f.BoolVar(&cfg.TLS, "tls", true, "serve under TLS, and demand it of the other nodes; as -node-scheme says for floed")
	f.StringVar(&level, "log", "info", "least `level` to log: debug, info, warn or error")
	if err := f.Parse(args); err != nil {
		return cfg, err
	}
	var least slog.Level
	err := cfg.check(f.Args())
	if err == nil {
		if err = least.UnmarshalText([]byte(level)); err != nil {
			err = fmt.Errorf("-log: %w", err)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "floed node:", err)
		return cfg, err
	}
	cfg.Logger = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: least}))
	return cfg, nil
}

func (c *nodeConfig) check(rest []string) (err error) {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("it takes no arguments, got %q", rest[0])
	case c.Key == "":
		return errors.New("-key is needed: floed -nodes-at makes one for each node in its -data/keys")
	}
	if c.target, c.targetTLS, err = (api.Place{Ledger: c.Ledger}).Target(); err != nil {
		return fmt.Errorf("-ledger: %w", err)
	}
	return nil
}

// elsewhere reads what the flags say of nodes that are processes of their own.
func (c *Config) elsewhere(given map[string]bool, nodesAt string) error {
	switch {
	case nodesAt == "" && given["node-scheme"]:
		return errors.New("-node-scheme says how to reach the nodes of -nodes-at; name them")
	case nodesAt == "":
		return nil
	case given["nodes"]:
		return errors.New("-nodes-at says how many nodes there are; leave -nodes out")
	case c.NodeScheme != "https" && c.NodeScheme != "http":
		return fmt.Errorf("-node-scheme %q: it is https or http", c.NodeScheme)
	}
	for address := range strings.SplitSeq(nodesAt, ",") {
		address = strings.TrimSpace(address)
		host, port, err := net.SplitHostPort(address)
		if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 || host == "" || strings.ContainsAny(host, "/?#@ %\\") {
			return fmt.Errorf("-nodes-at: %q is no host:port", address)
		}
		if slices.Contains(c.NodesAt, address) {
			return fmt.Errorf("-nodes-at: two nodes can't be at %s", address)
		}
		c.NodesAt = append(c.NodesAt, address)
	}
	c.Nodes = len(c.NodesAt)
	return nil
}

// checkNodesAt says whether the flags name the nodes that the network began with.
func (o origin) checkNodesAt(d *dataDir, cfg Config) error {
	switch {
	case len(o.NodesAt) == 0 && len(cfg.NodesAt) > 0:
		return fmt.Errorf("%s holds a network whose nodes run in floed itself; leave -nodes-at out, or give another -data", d.path)
	case !slices.Equal(o.NodesAt, cfg.NodesAt), len(o.NodesAt) > 0 && o.NodeScheme != cfg.NodeScheme:
		return fmt.Errorf("%s holds a network whose nodes run elsewhere; give -nodes-at %s -node-scheme %s, or another -data",
			d.path, strings.Join(o.NodesAt, ","), o.NodeScheme)
	}
	return nil
}
