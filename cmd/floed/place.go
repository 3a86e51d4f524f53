package main

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"floe/codec/suitx"
	"floe/server/api"
)

// place reads what the flags say about the network and about money there.
func (c *Config) place(given map[string]bool, gas, wal string) (err error) {
	if c.GasBudget, err = parseAmount(gas); err != nil {
		return fmt.Errorf("-gas-budget: %w", err)
	}
	if c.WALBudget, err = parseAmount(wal); err != nil {
		return fmt.Errorf("-wal-budget: %w", err)
	}
	if c.Network == api.Local {
		c.Place, _ = api.Places(api.Local)
		if c.SponsorKey != "" {
			return errors.New("-sponsor-key is for networks elsewhere; the embedded one has a sponsor of its own")
		}
		return nil
	}
	if c.Place, err = readPlace(c.Network); err != nil {
		return err
	}
	for _, name := range []string{"nodes", "shards", "nodes-at", "node-scheme"} {
		if given[name] {
			return fmt.Errorf("-%s shapes the embedded network; %s has its own", name, c.Place.Name)
		}
	}
	switch {
	case !c.Relay:
		return errors.New("-relay=false serves the embedded network alone; with -network elsewhere nothing is left to serve")
	case c.SponsorKey == "" && (given["gas-budget"] || given["wal-budget"]):
		return errors.New("-gas-budget and -wal-budget bound what a sponsor spends; name one with -sponsor-key")
	case c.Place.FloePackage == [32]byte{}:
		return fmt.Errorf("-network %s: Floe's Move package isn't published on %s as far as this floed knows, and nothing works without it. "+
			"floed package -publish -network %s -key FILE -o %s-floe.json puts it there and writes a network file with its ID (floe_package); then -network %s-floe.json works. -network local, the default, has it built in",
			c.Network, c.Place.Name, c.Network, c.Place.Name, c.Place.Name)
	}
	return nil
}

// readPlace finds a network by a name that is compiled in, or else in a file.
func readPlace(network string) (api.Place, error) {
	if p, ok := api.Places(network); ok {
		return p, nil
	}
	b, err := os.ReadFile(network)
	if errors.Is(err, fs.ErrNotExist) {
		return api.Place{}, fmt.Errorf("-network %q isn't a network: it is local, testnet, mainnet, or a file that floed package wrote", network)
	}
	if err != nil {
		return api.Place{}, fmt.Errorf("-network: %w", err)
	}
	p, err := api.ParsePlace(b)
	if err != nil {
		return p, fmt.Errorf("-network %s: %w", network, err)
	}
	return p, nil
}

// parseAmount reads SUI or WAL with up to nine decimals; "" is 0.
func parseAmount(s string) (units uint64, err error) {
	if s == "" {
		return 0, nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > 9 || strings.ContainsAny(s, "+-_") {
		return 0, fmt.Errorf("%q isn't an amount such as 2.5", s)
	}
	units, err = strconv.ParseUint(whole+fraction+strings.Repeat("0", 9-len(fraction)), 10, 63)
	if err != nil || units == 0 {
		return 0, fmt.Errorf("%q isn't an amount such as 2.5", s)
	}
	return units, nil
}

// readOwned reads a file, called what, that nobody but its owner may be able to read.
func readOwned(what, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the %s: %w", what, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("couldn't read the %s: %s is no file", what, path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("couldn't read the %s: others may read %s (mode %04o); hint: chmod 600 %s", what, path, mode, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the %s: %w", what, err)
	}
	return b, nil
}

// readKey reads a secret that pays on a network elsewhere, called what. It is
// money.
func readKey(what, path string) (ed25519.PrivateKey, error) {
	b, err := readOwned(what, path)
	if err != nil {
		return nil, err
	}
	scheme, seed, err := suitx.ParseSuiPrivateKey(string(bytes.TrimSpace(b)))
	if err != nil {
		return nil, fmt.Errorf("couldn't read the %s in %s: %w", what, path, err)
	}
	if scheme != suitx.SchemeEd25519 {
		return nil, fmt.Errorf("couldn't read the %s in %s: floed signs with Ed25519 alone; hint: sui keytool generate ed25519", what, path)
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}
