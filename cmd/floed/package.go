package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	floe "floe/server/sui/move"
)

// packageConfig is what the flags of `floed package` say.
type packageConfig struct {
	publish, upgrade, freeze, verify bool

	Network string // a name that is compiled in, or a network file
	Key     string // file with the secret whose address pays and holds the capability
	Budget  uint64 // MIST
	Name    string // of the network in the file that is written; "": as it is
	Output  string // network file to write
	sure    bool   // -freeze is meant
}

const packageUsage = `floed package [-publish | -verify | -upgrade | -freeze] [flags]

Without one of these it prints Floe's Move package as Sui's tools take it, with
its dependencies and its digest. -publish puts it on a network and writes a
network file with its ID and that of the capability to upgrade it; -verify checks
that the package there is ours; -upgrade makes this package the next version;
-freeze gives up the capability.

`

// packageCommand is `floed package`.
func packageCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cfg, err := parsePackageFlags(args, stderr)
	if err != nil {
		return asUsage(err)
	}
	switch {
	case cfg.publish:
		return publishPackage(ctx, cfg, stdout)
	case cfg.upgrade:
		return upgradePackage(ctx, cfg, stdout)
	case cfg.freeze:
		return freezePackage(ctx, cfg, stdout)
	case cfg.verify:
		return verifyPackage(ctx, cfg, stdout)
	}
	return printPackage(stdout, stderr)
}

func parsePackageFlags(args []string, stderr io.Writer) (cfg packageConfig, err error) {
	var budget string
	f := flag.NewFlagSet("floed package", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, packageUsage)
		f.PrintDefaults()
	}
	f.BoolVar(&cfg.publish, "publish", false, "publish the package on -network, paid by -key, and write its addresses to -o")
	f.BoolVar(&cfg.verify, "verify", false, "check that the package on -network has the bytecode of this floed")
	f.BoolVar(&cfg.upgrade, "upgrade", false, "upgrade the package on -network to the bytecode of this floed, with the capability in the network file")
	f.BoolVar(&cfg.freeze, "freeze", false, "make the package on -network immutable: nobody can upgrade it ever again; needs -yes")
	f.BoolVar(&cfg.sure, "yes", false, "say that -freeze is meant")
	f.StringVar(&cfg.Network, "network", "", "`network`: local (the embedded one on port 8080), testnet, mainnet, or a file that describes one")
	f.StringVar(&cfg.Key, "key", "", "`file` with the suiprivkey1… of the address that pays and holds the capability, readable by its owner alone")
	f.StringVar(&budget, "gas-budget", "", "`SUI` to spend on gas at most; by default half more than a simulation says, and 2 at most")
	f.StringVar(&cfg.Name, "name", "", "`name` of the network in the file that -publish writes, where it can't keep its own")
	f.StringVar(&cfg.Output, "o", "", "network `file` that -publish writes; it mustn't be there yet")
	if err := f.Parse(args); err != nil {
		return cfg, err
	}
	if cfg.Budget, err = parseAmount(budget); err != nil {
		err = fmt.Errorf("-gas-budget: %w", err)
	} else {
		err = cfg.check(f.Args())
	}
	if err != nil {
		fmt.Fprintln(stderr, "floed package:", err)
	}
	return cfg, err
}

func (c *packageConfig) check(rest []string) error {
	actions := 0
	for _, wanted := range []bool{c.publish, c.upgrade, c.freeze, c.verify} {
		if wanted {
			actions++
		}
	}
	switch {
	case len(rest) > 0:
		return fmt.Errorf("it takes no arguments, got %q", rest[0])
	case actions > 1:
		return errors.New("-publish, -verify, -upgrade and -freeze are one at a time")
	case actions == 0 && (c.Network != "" || c.Key != "" || c.Output != ""):
		return errors.New("say what to do there: -publish, -verify, -upgrade or -freeze")
	case actions == 0:
		return nil
	case c.Network == "":
		return errors.New("-network is missing: testnet, mainnet, local or a network file")
	case c.Key == "" && !c.verify:
		return errors.New("-key is missing: the file with the suiprivkey1… of the address that pays")
	case c.publish && c.Output == "":
		return errors.New("-o is missing: the network file to write the addresses to")
	case !c.publish && (c.Output != "" || c.Name != ""):
		return errors.New("-o and -name are for -publish")
	case c.freeze && !c.sure:
		return errors.New("-freeze deletes the capability to upgrade: a mistake in the package could never be mended. Say -yes, too, if that is meant")
	}
	return nil
}

// bytecode is a package as `sui move build --dump-bytecode-as-base64` prints it
// and tx.publish and tx.upgrade of @mysten/sui take it.
type bytecode struct {
	Modules      []string `json:"modules"`
	Dependencies []string `json:"dependencies"`
	Digest       []int    `json:"digest"`
}

func printPackage(stdout, stderr io.Writer) error {
	code := ourPackage()
	var b bytecode
	for _, m := range code.Modules {
		b.Modules = append(b.Modules, base64.StdEncoding.EncodeToString(m))
	}
	for _, d := range code.Dependencies {
		b.Dependencies = append(b.Dependencies, d.String())
	}
	digest := code.Digest()
	for _, v := range digest {
		b.Digest = append(b.Digest, int(v))
	}
	if err := json.NewEncoder(stdout).Encode(b); err != nil {
		return fmt.Errorf("couldn't print the package: %w", err)
	}
	if hex.EncodeToString(digest[:]) != floe.Digest {
		return fmt.Errorf("internal error: the package has the digest %x, pinned is %s", digest, floe.Digest)
	}
	fmt.Fprintf(stderr, "Digest %s, %d bytes of bytecode.\n", floe.Digest, len(code.Modules[0]))
	return nil
}
