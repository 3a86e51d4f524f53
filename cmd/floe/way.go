package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"

	"floe/cmd/floe/direct"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/wasm/client"
)

// way is how a command reaches the network: over a server, or by itself.
type way struct {
	server  string
	network string // a name, or a file; "" unless by itself
	key     string // file; "" where nothing is paid
	wal     string // WAL that may be spent; "" for the default
	gas     string // SUI, likewise
	known   string // file of a network that isn't compiled in, for a server on it
	pays    bool   // the command sends or changes
}

// The way as a usage line says it.
const (
	wayUsage    = "[-server URL | -network NET]"
	payingUsage = "[-server URL | -network NET -key F]"
)

// wayFlags adds the flags to a command's.
func wayFlags(fs *flag.FlagSet, pays, hasLink bool) *way {
	w := &way{pays: pays}
	otherwise := "FLOE_SERVER, " + defaultServer
	if hasLink {
		otherwise = "the link's, " + otherwise
	}
	fs.StringVar(&w.server, "server", "", "server to work over ("+otherwise+")")
	fs.StringVar(&w.network, "network", "", "work without a server, straight from Sui and Walrus: local, testnet, mainnet or the file of a network")
	fs.StringVar(&w.known, "known", "", "with a server on a network that isn't compiled in: `file` of that network, whose IDs count then")
	if pays {
		fs.StringVar(&w.key, "key", "", "with -network: file (mode 0600) with the secret, suiprivkey1…, of the Sui address that pays")
		fs.StringVar(&w.wal, "wal-budget", "", "with -network: `WAL` to spend on storage at most; by default 20000 on the embedded network and 10 elsewhere")
		fs.StringVar(&w.gas, "gas-budget", "", "with -network: `SUI` to spend on gas at most; by default 400 on the embedded network and 10 elsewhere")
	}
	return w
}

// check refuses flags that don't go together.
func (w *way) check(fs *flag.FlagSet) error {
	switch {
	case w.server != "" && w.network != "":
		return misuse(fs, "-server and -network exclude each other: over a server, or without one")
	case w.known != "" && w.network != "":
		return misuse(fs, "-known is for servers; without one, -network names the file")
	case w.key != "" && w.network == "":
		return misuse(fs, "-key goes with -network: over a server, that pays")
	case (w.wal != "" || w.gas != "") && w.network == "":
		return misuse(fs, "-wal-budget and -gas-budget go with -network: over a server, that pays")
	}
	_, err := w.budget(fs)
	return err
}

// budget reads what may be spent; 0 where the flags don't say.
func (w *way) budget(fs *flag.FlagSet) (b direct.Budget, err error) {
	for _, of := range []struct {
		flag, given string
		into        *uint64
	}{{"-wal-budget", w.wal, &b.FROST}, {"-gas-budget", w.gas, &b.MIST}} {
		if of.given == "" {
			continue
		}
		if *of.into, err = direct.ParseAmount(of.given); err != nil {
			return b, misuse(fs, "%s: %v", of.flag, err)
		}
	}
	return b, nil
}

// directLink is how links begin that name a network and no server.
const directLink = "floe:"

// follow takes the network that a link names, unless the flags say otherwise.
// Files are never read because a link says so.
func (w *way) follow(link string) error {
	base, _, found := strings.Cut(strings.TrimSpace(link), "/open#")
	name, ours := strings.CutPrefix(base, directLink)
	if !found || !ours || w.server != "" || w.network != "" {
		return nil
	}
	if _, known := api.Places(name); !known {
		return fmt.Errorf("the link is to the network %q, which this floe doesn't know\nhint: -network FILE describes it; ask the sender for that file", name)
	}
	w.network = name
	return nil
}

// session is one command's client, what it works over, and what the device keeps.
type session struct {
	*client.Client
	base    string        // the server's URL, or floe: and the network's name
	network string        // as -network takes it; "" over a server
	direct  *direct.Relay // nil over a server
	home    *home
}

// open makes ready to work with a link, "" where there is none yet. The caller
// calls close.
func (w *way) open(ctx context.Context, fs *flag.FlagSet, link string) (*session, error) {
	if err := w.check(fs); err != nil {
		return nil, err
	}
	if err := w.follow(link); err != nil {
		return nil, err
	}
	if w.network == "" {
		return newSession(w.server, link, w.known)
	}
	if w.pays && w.key == "" {
		return nil, misuse(fs, "-network %s needs -key FILE: without a server, whoever sends pays for storage and gas", w.network)
	}
	place, err := readPlace(w.network)
	if err != nil {
		return nil, err
	}
	cfg := direct.Config{Place: place}
	if w.pays {
		if cfg.Payer, err = readKey(w.key); err != nil {
			return nil, err
		}
		cfg.Turn = direct.FileTurn(w.key)
		if cfg.Budget, err = w.budget(fs); err != nil {
			return nil, err
		}
	}
	h, err := openHome()
	if err != nil {
		return nil, err
	}
	r, err := direct.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &session{client.New(r, h, r.IDs()), directLink + place.Name, w.network, r, h}, nil
}

// newSession works over a server. IDs that nobody compiled in are taken from the
// file known, if any, and never from what the server says.
func newSession(flag, link, known string) (*session, error) {
	relay, err := newRelay(chooseServer(flag, link))
	if err != nil {
		return nil, err
	}
	var networks []api.NetworkIDs
	if known != "" {
		place, err := readPlace(known)
		if err != nil {
			return nil, err
		}
		networks = append(networks, place.NetworkIDs)
	}
	h, err := openHome()
	if err != nil {
		return nil, err
	}
	return &session{Client: client.New(relay, h, networks...), base: relay.base, home: h}, nil
}

// close lets go of the network. What failed before is what counts.
func (s *session) close() {
	if s.direct != nil {
		_ = s.direct.Close()
	}
}

// sayPaid tells what it cost, and what others see of that.
func (s *session) sayPaid(c *console) {
	if s.direct != nil {
		spent := s.direct.Spent()
		fmt.Fprintf(c.err, "Paid %s from %s, as everybody can see.\n", spent, spent.Payer)
	}
}

// readPlace finds a network by its name or reads its file.
func readPlace(network string) (api.Place, error) {
	if p, known := api.Places(network); known {
		return p, nil
	}
	b, err := os.ReadFile(network)
	if errors.Is(err, fs.ErrNotExist) {
		return api.Place{}, fmt.Errorf("there is no network %s, and no file of that name\nhint: -network takes local, testnet, mainnet or the file of a network, as floed package writes it", network)
	}
	if err != nil {
		return api.Place{}, fmt.Errorf("couldn't read %s: %w", network, cause(err))
	}
	p, err := api.ParsePlace(b)
	if err != nil {
		return p, fmt.Errorf("%s: %w", network, err)
	}
	return p, nil
}

// readKey reads a secret as Sui's wallets hand it out: alone on the first line
// that is no comment, in a file for its owner alone.
func readKey(name string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the key from %s: %w\nhint: sui keytool generate ed25519 makes one; its suiprivkey1… belongs there, alone, mode 0600", name, cause(err))
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("others can read %s (mode %04o), and with it spend what the address has\nhint: chmod 600 %s", name, mode, shellWord(name))
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the key from %s: %w", name, cause(err))
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		scheme, secret, err := suitx.ParseSuiPrivateKey(line)
		switch {
		case err != nil:
			return nil, fmt.Errorf("couldn't read the key from %s: %w", name, err)
		case scheme != suitx.SchemeEd25519:
			return nil, fmt.Errorf("the key in %s is of another scheme than Ed25519, the only one that floe pays with\nhint: sui keytool generate ed25519 makes one", name)
		}
		return ed25519.NewKeyFromSeed(secret[:]), nil
	}
	return nil, fmt.Errorf("couldn't read the key from %s: it is empty", name)
}

// isURL says whether base is what pages are served below.
func isURL(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}
