package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"

	"floe/codec"
	"floe/server/api"
)

// Config is what the flags say.
type Config struct {
	Listen         string         // host:port; port 0 takes a free one
	Data           string         // directory, made if it isn't there
	Nodes          int            // storage nodes of a new embedded network
	Shards         int            // shards of a new embedded network
	NodesAt        []string       // host:port of each, where the nodes are processes of their own (node.go); none: they run here
	NodeScheme     string         // of those: "https", which is pinned to their network keys, or "http"
	Network        string         // api.Local for the embedded one, a name that is compiled in, or a network file
	Place          api.Place      // what that stands for; the embedded network is where we listen
	Relay          bool           // serve pages and relay, not the embedded network alone
	SponsorKey     string         // file with the secret that pays on a network elsewhere; "": nobody does
	GasBudget      uint64         // MIST to spend in a day at most; 0: what suits the network
	WALBudget      uint64         // FROST, likewise
	ClientQuota    int64          // encoded bytes one address may store in a day; 0: no bound on loopback without proxies, else 64 GiB
	Capacity       int64          // encoded bytes to hold at all; 0: four fifths of the free disk
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts
	Daemon         DaemonFlags    // Walrus' own HTTP interfaces
	Logger         *slog.Logger
}

// parseFlags reads the command line. It writes what is wrong to stderr itself.
func parseFlags(args []string, stderr io.Writer) (Config, error) {
	var cfg Config
	var proxies, level, gas, wal, nodesAt string
	f := flag.NewFlagSet("floed", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	f.StringVar(&cfg.Listen, "listen", "127.0.0.1:8080", "`address` to listen on; with port 0 a free one")
	f.StringVar(&cfg.Data, "data", "./floe-data", "`directory` for everything that is kept")
	f.IntVar(&cfg.Nodes, "nodes", 13, "how many storage `nodes` a new embedded network has")
	f.IntVar(&cfg.Shards, "shards", 104, "how many `shards` a new embedded network has")
	f.StringVar(&nodesAt, "nodes-at", "", "comma-separated `addresses`, host:port, of a new embedded network's nodes, which then are processes of their own (floed node); their keys are made in -data/keys")
	f.StringVar(&cfg.NodeScheme, "node-scheme", "https", "how to reach the nodes of -nodes-at: `https` or http")
	f.StringVar(&cfg.Network, "network", api.Local, "`network` to work on: local, which is embedded here, testnet, mainnet, or a file that describes one")
	f.BoolVar(&cfg.Relay, "relay", true, "serve pages and relay; without them the embedded network alone is served")
	f.StringVar(&cfg.SponsorKey, "sponsor-key", "", "`file` with the suiprivkey1… of the address that pays for others on a network elsewhere, readable by its owner alone; without it nobody does")
	f.StringVar(&gas, "gas-budget", "", "`SUI` to spend on gas in a day at most; by default 400 on the embedded network and 10 elsewhere")
	f.StringVar(&wal, "wal-budget", "", "`WAL` to spend on storage in a day at most; by default 20000 on the embedded network and 10 elsewhere")
	f.Int64Var(&cfg.ClientQuota, "client-quota", 0, "encoded `bytes` that one address may store in a day; 0 means no bound for a loopback listener without -trusted-proxies and 64 GiB for any other")
	f.Int64Var(&cfg.Capacity, "capacity", 0, "encoded `bytes` to hold in all; 0 means four fifths of the free disk")
	f.StringVar(&proxies, "trusted-proxies", "", "comma-separated address `prefixes` of proxies whose X-Forwarded-For counts")
	cfg.Daemon.define(f)
	f.StringVar(&level, "log", "info", "least `level` to log: debug, info, warn or error")
	if err := f.Parse(args); err != nil {
		return cfg, err
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	err := cfg.elsewhere(given, nodesAt)
	if err == nil {
		err = cfg.check(f.Args(), proxies)
	}
	if err == nil {
		err = cfg.place(given, gas, wal)
	}
	if err == nil {
		err = cfg.Daemon.check()
	}
	var least slog.Level
	if err == nil {
		if err = least.UnmarshalText([]byte(level)); err != nil {
			err = fmt.Errorf("-log: %w", err)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "floed:", err)
		return cfg, err
	}
	cfg.Logger = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: least}))
	return cfg, nil
}

func (c *Config) check(rest []string, proxies string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q isn't a flag; what can come first instead of flags is a command, node or package", rest[0])
	case c.Shards < codec.MinShards || c.Shards > codec.MaxShards:
		return fmt.Errorf("-shards must be %d to %d", codec.MinShards, codec.MaxShards)
	case c.Nodes < 1 || c.Nodes > c.Shards:
		return errors.New("-nodes must be at least 1 and at most -shards: each holds one shard or more")
	case c.ClientQuota < 0 || c.Capacity < 0:
		return errors.New("-client-quota and -capacity can't be negative")
	}
	for p := range strings.SplitSeq(proxies, ",") {
		if p == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(strings.TrimSpace(p))
		if err != nil {
			return fmt.Errorf("-trusted-proxies: %w", err)
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix.Masked())
	}
	return nil
}
