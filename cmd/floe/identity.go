package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"floe/crypto"
)

func runIdentity(_ context.Context, c *console, args []string) error {
	flags := c.flags("identity", "[age | export | import]")
	if err := parse(flags, args); err != nil {
		return err
	}
	h, err := openHome()
	if err != nil {
		return err
	}
	switch {
	case flags.NArg() == 0:
		return showIdentity(c, h)
	case flags.NArg() == 1 && flags.Arg(0) == "age":
		return ageIdentity(c, h)
	case flags.NArg() == 1 && flags.Arg(0) == "export":
		return exportIdentity(c, h)
	case flags.NArg() == 1 && flags.Arg(0) == "import":
		return importIdentity(c, h)
	}
	return misuse(flags, "identity takes nothing, or one of age, export and import")
}

// showIdentity prints the recipient, which may be published, and the words that
// others compare.
func showIdentity(c *console, h *home) error {
	seed, err := h.ensureSeed()
	if err != nil {
		return err
	}
	identity := seed.Identity()
	fmt.Fprintf(c.err, "Others send to you by this recipient; compare these words with them:\n  %s\n", identity.Fingerprint().Words())
	_, err = fmt.Fprintln(c.out, identity.Recipient())
	return err
}

// ageIdentity prints the identity as age's own identity files hold it: with it,
// age alone opens what was sent to this device.
func ageIdentity(c *console, h *home) error {
	seed, err := knownSeed(h)
	if err != nil {
		return err
	}
	identity := seed.Identity()
	fmt.Fprintln(c.err, "Keep this file secret. Without Floe it opens what was sent to you:\n  age -d -i THIS-FILE grant | age -d -i - parcel.age > parcel.zip")
	_, err = fmt.Fprintf(c.out, "# Floe identity, to be read by age\n# recipient: %s\n%s\n", identity.Recipient(), identity.Hybrid)
	return err
}

func exportIdentity(c *console, h *home) error {
	seed, err := knownSeed(h)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.err, "Keep this line secret: whoever has it can open what was sent to you.")
	_, err = fmt.Fprintln(c.out, seed.Export())
	return err
}

// knownSeed reads the identity, and says how to make one where there is none.
func knownSeed(h *home) (crypto.Seed, error) {
	seed, err := h.seed()
	if errors.Is(err, errNoIdentity) {
		err = fmt.Errorf("%w\nhint: floe identity makes one", err)
	}
	return seed, err
}

func importIdentity(c *console, h *home) error {
	if c.interactive() {
		fmt.Fprintln(c.err, "Paste the exported identity, then press Ctrl-D:")
	}
	b, err := io.ReadAll(io.LimitReader(c.in, 4<<10))
	if err != nil {
		return fmt.Errorf("couldn't read the identity: %w", err)
	}
	seed, err := crypto.ParseSeed(string(b))
	if err != nil {
		return fmt.Errorf("that is no exported identity; it begins with FLOE-SEED-1 and has to be whole")
	}
	err = h.setSeed(seed)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("this device has an identity already, which would be lost\nhint: floe identity export keeps it; then remove %s", h.identityFile())
	}
	if err != nil {
		return err
	}
	return showIdentity(c, h)
}
