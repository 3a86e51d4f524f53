package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/sui"
	floe "floe/server/sui/move"
	"floe/server/walrus"
)

func ourPackage() sui.Bytecode {
	return sui.Bytecode{Modules: floe.Modules(), Dependencies: floe.Dependencies()}
}

// dialPlace connects to the network; what is done there is paid by cfg.Key.
func dialPlace(ctx context.Context, cfg packageConfig, place api.Place) (*sui.Publisher, error) {
	p := &sui.Publisher{Budget: cfg.Budget}
	var err error
	if cfg.Key != "" {
		if p.Key, err = readKey("key", cfg.Key); err != nil {
			return nil, err
		}
	}
	target, tls, err := place.Target()
	if err != nil {
		return nil, err
	}
	p.Client, err = sui.Dial(ctx, sui.Config{Target: target, TLS: tls, IDs: place.NetworkIDs})
	return p, err
}

// publishPackage publishes on a network that has no Floe package, or in the
// name of one of our own, and writes where it is.
func publishPackage(ctx context.Context, cfg packageConfig, stdout io.Writer) (err error) {
	place, err := readPlace(cfg.Network)
	if err != nil {
		return err
	}
	if err := rename(&place, cfg.Name); err != nil {
		return err
	}
	p, err := dialPlace(ctx, cfg, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Client.Close()) }()
	known := place.WalrusCall
	if err := findWalrus(ctx, p.Client, &place); err != nil {
		return err
	}
	// The file is made first: an address that can't be kept is lost money.
	file, err := os.OpenFile(cfg.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("couldn't make the network file: %w", err)
	}
	pkg, capability, err := p.Publish(ctx, ourPackage())
	if err != nil {
		if !pkg.IsZero() {
			err = fmt.Errorf("published as %s with the capability %s, but: %w", pkg, capability, err)
		}
		return errors.Join(err, file.Close(), os.Remove(cfg.Output))
	}
	place.FloePackage, place.UpgradeCap = pkg, capability
	fmt.Fprintf(stdout, "floe_package %s\nupgrade_cap  %s\n", pkg, capability)
	if place.WalrusCall != known {
		fmt.Fprintf(stdout, "walrus_call_package %s, as %s says. What is called there gets the WAL that pays: make sure that this is Walrus' package.\n",
			suitx.Address(place.CallWalrus()), place.Ledger)
	}
	if _, err := file.Write(place.Marshal()); err != nil {
		return errors.Join(fmt.Errorf("couldn't write the network file: %w", err), file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

// findWalrus makes sure that Walrus is there, and notes which of its packages is
// to be called today.
func findWalrus(ctx context.Context, c *sui.Client, place *api.Place) error {
	objects, err := c.Objects(ctx, place.System)
	if err != nil {
		return err
	}
	contracts, err := walrus.ReadSystem(objects[0])
	if err != nil {
		return fmt.Errorf("%w; the ledger at %s isn't that of %s", err, place.Ledger, place.Name)
	}
	place.NetworkIDs = place.Calling(contracts.Package)
	return nil
}

// rename gives the network its name in the new file, which must then be one that
// may have a package of its own.
func rename(place *api.Place, name string) error {
	if place.FloePackage != [32]byte{} && name == "" {
		return fmt.Errorf("%s has Floe's package already, at %s. To publish another, name the network that will have it: -name",
			place.Name, suitx.Address(place.FloePackage))
	}
	if name != "" {
		place.Name = name
	}
	trial := *place
	trial.FloePackage, trial.UpgradeCap = [32]byte{1}, [32]byte{1}
	if _, err := api.ParsePlace(trial.Marshal()); err != nil {
		return fmt.Errorf("-name %q: %w", place.Name, err)
	}
	return nil
}

// upgradePackage makes ours the next version. The network file stays as it is:
// its floe_package defines the types, whatever version is called.
func upgradePackage(ctx context.Context, cfg packageConfig, stdout io.Writer) error {
	return withCapability(ctx, cfg, func(p *sui.Publisher, place api.Place) error {
		pkg, err := p.Upgrade(ctx, place.UpgradeCap, ourPackage())
		if err == nil {
			fmt.Fprintf(stdout, "upgraded to %s\n", pkg)
		}
		return err
	})
}

// freezePackage gives up the capability, and takes it out of the network file.
func freezePackage(ctx context.Context, cfg packageConfig, stdout io.Writer) error {
	return withCapability(ctx, cfg, func(p *sui.Publisher, place api.Place) error {
		if err := p.Freeze(ctx, place.UpgradeCap); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s is immutable\n", suitx.Address(place.FloePackage))
		place.UpgradeCap = [32]byte{}
		return writePlace(cfg.Network, place)
	})
}

func withCapability(ctx context.Context, cfg packageConfig, do func(*sui.Publisher, api.Place) error) (err error) {
	place, err := readPlace(cfg.Network)
	if err != nil {
		return err
	}
	if place.UpgradeCap == [32]byte{} {
		return fmt.Errorf("-network %s: it names no upgrade_cap. The file that floed package -publish wrote does, unless the package was frozen", cfg.Network)
	}
	p, err := dialPlace(ctx, cfg, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Client.Close()) }()
	return do(p, place)
}

// writePlace replaces a network file, whole or not at all.
func writePlace(path string, place api.Place) error {
	next := path + ".new"
	err := os.WriteFile(next, place.Marshal(), 0o644)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return fmt.Errorf("couldn't write the network file: %w", err)
	}
	return nil
}

// verifyPackage compares what is on the ledger with what this floed was built with.
func verifyPackage(ctx context.Context, cfg packageConfig, stdout io.Writer) (err error) {
	place, err := readPlace(cfg.Network)
	if err != nil {
		return err
	}
	if place.FloePackage == [32]byte{} {
		return fmt.Errorf("-network %s: Floe's package isn't published there as far as this floed knows", cfg.Network)
	}
	p, err := dialPlace(ctx, cfg, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Client.Close()) }()
	code := ourPackage()
	if err := p.Client.CheckPackage(ctx, place.FloePackage, code.Digest()); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s has the digest %x\n", suitx.Address(place.FloePackage), code.Digest())
	return nil
}
