package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"floe/crypto"
)

// home is what this device keeps, in the user's configuration directory:
//
//	floe/identity       the seed as FLOE-SEED-1…
//	floe/parcels/<n>    parcel key n was used; holds the parcel's ID
//	floe/unfinished/<n> what goes on with parcel n, where sending was interrupted;
//	                    <n>.lock is locked while somebody sends it
//	floe/seen/<id>      the highest sequence seen signed for a parcel
//
// All of it is readable by its owner alone.
type home struct{ dir string }

func openHome() (*home, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("couldn't find where to keep an identity: %w", err)
	}
	return &home{filepath.Join(config, "floe")}, nil
}

func (h *home) identityFile() string { return filepath.Join(h.dir, "identity") }

// errNoIdentity says that the device has no identity yet.
var errNoIdentity = errors.New("this device has no identity yet")

// seed reads the identity, or errNoIdentity.
func (h *home) seed() (crypto.Seed, error) {
	b, err := os.ReadFile(h.identityFile())
	if errors.Is(err, fs.ErrNotExist) {
		return crypto.Seed{}, errNoIdentity
	}
	if err != nil {
		return crypto.Seed{}, fmt.Errorf("couldn't read the identity: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			seed, err := crypto.ParseSeed(line)
			if err != nil {
				return seed, fmt.Errorf("couldn't read %s: %w", h.identityFile(), err)
			}
			return seed, nil
		}
	}
	return crypto.Seed{}, fmt.Errorf("couldn't read %s: it is empty", h.identityFile())
}

// ensureSeed reads the identity and makes one on first use.
func (h *home) ensureSeed() (crypto.Seed, error) {
	seed, err := h.seed()
	if !errors.Is(err, errNoIdentity) {
		return seed, err
	}
	if err := h.setSeed(crypto.NewSeed()); err != nil && !errors.Is(err, fs.ErrExist) {
		return seed, err
	}
	return h.seed() // another process may have been first
}

// setSeed keeps an identity where there is none.
func (h *home) setSeed(seed crypto.Seed) error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return fmt.Errorf("couldn't keep the identity: %w", err)
	}
	text := "# Floe identity. Whoever has this line can open what was sent to you.\n" + seed.Export() + "\n"
	if err := create(h.identityFile(), []byte(text)); err != nil {
		return fmt.Errorf("couldn't keep the identity: %w", err)
	}
	return nil
}

// takeIndex takes a parcel key's index that was never used, also when other
// processes do the same.
func (h *home) takeIndex() (uint32, error) {
	dir := filepath.Join(h.dir, "parcels")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, fmt.Errorf("couldn't keep a record: %w", err)
	}
	n, err := h.indices()
	for ; err == nil; n++ {
		err = create(filepath.Join(dir, strconv.FormatUint(uint64(n), 10)), nil)
		if err == nil {
			return n, nil
		}
		if errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	return 0, fmt.Errorf("couldn't keep a record: %w", err)
}

// sent notes which parcel an index was used for.
func (h *home) sent(index uint32, parcel string) error {
	path := filepath.Join(h.dir, "parcels", strconv.FormatUint(uint64(index), 10))
	return replace(path, []byte(parcel+"\n"))
}

// indices is one more than the highest index used.
func (h *home) indices() (uint32, error) {
	entries, err := os.ReadDir(filepath.Join(h.dir, "parcels"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	most := uint32(0)
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 31); err == nil {
			most = max(most, uint32(n)+1)
		}
	}
	return most, err
}

// Seen is client.Memory's.
func (h *home) Seen(parcel [32]byte) (uint64, bool, error) {
	b, err := os.ReadFile(h.seenFile(parcel))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	n, err := strconv.ParseUint(string(bytes.TrimSpace(b)), 10, 64)
	return n, err == nil, err
}

// Saw is client.Memory's.
func (h *home) Saw(parcel [32]byte, sequence uint64) error {
	seen, known, err := h.Seen(parcel)
	if err != nil || known && seen >= sequence {
		return err
	}
	if err := os.MkdirAll(filepath.Join(h.dir, "seen"), 0o700); err != nil {
		return err
	}
	return replace(h.seenFile(parcel), fmt.Appendf(nil, "%d\n", sequence))
}

func (h *home) seenFile(parcel [32]byte) string {
	return filepath.Join(h.dir, "seen", hex.EncodeToString(parcel[:]))
}

// create makes a file that mustn't exist, whole or not at all.
func create(path string, b []byte) error {
	tmp, err := writeTemp(path, b)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	return os.Link(tmp, path)
}

// replace puts a file in the place of the one that may be there.
func replace(path string, b []byte) error {
	tmp, err := writeTemp(path, b)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}

// writeTemp writes a file of mode 0600 beside path, durably.
func writeTemp(path string, b []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
