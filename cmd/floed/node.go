package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"slices"
	"sync"
	"time"

	"floe/codec/bls"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/node"
	"floe/server/sui"
)

// floed node is one storage node as a process of its own, on this machine or
// another. The network begins with floed -nodes-at, which makes the nodes' keys
// and registers keys and addresses on its ledger:
//
//	a$ floed -listen 0.0.0.0:8080 -nodes-at b:9185,c:9185,d:9185,e:9185 -shards 26
//	a$ scp floe-data/keys/node-00.json b:            and so on
//	b$ floed node -key node-00.json -ledger http://a:8080
//
// A node finds itself on the ledger by its key. It serves Walrus' routes under
// TLS, with a certificate of its network key that the relay and the other nodes
// pin (server/committee), or with -tls=false without. It may be killed at any
// time, and started before the ledger is there. What the ledger says it believes:
// where others can get in between, the ledger stands behind a proxy with TLS, and
// -ledger begins with https.

// nodeCommand is floed node.
func nodeCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cfg, err := parseNodeFlags(args, stderr)
	if err != nil {
		return asUsage(err)
	}
	boundMemory()
	return runNode(ctx, cfg, stdout)
}

// runNode serves until ctx ends or the node can't go on.
func runNode(ctx context.Context, cfg nodeConfig, stdout io.Writer) (err error) {
	closing := func(what string, f func() error) {
		if cerr := f(); cerr != nil {
			err = errors.Join(err, fmt.Errorf("couldn't close %s: %w", what, cerr))
		}
	}
	signing, network, err := readNodeKey(cfg.Key)
	if err != nil {
		return err
	}
	dir, err := openDataDir(cfg.Data)
	if err != nil {
		return err
	}
	defer closing("the data directory", dir.Close)
	ledger, peers, err := reachLedger(ctx, cfg)
	if err != nil {
		return err
	}
	defer closing("the connection to the ledger", ledger.Close)
	following, stop := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	tasks.Go(func() { peers.follow(following) })
	defer tasks.Wait()
	defer stop()

	me, err := findSelf(peers.Committee(), signing, network)
	if err != nil {
		return err
	}
	store := node.NewSwitch(node.Config{Dir: dir.join("node"), Index: me.Index, Key: signing, Chain: ledger, Peers: peers, Logger: cfg.Logger})
	if err := store.Start(); err != nil {
		return err
	}
	defer closing("the node", store.Stop)
	port, err := openNodePort(cfg, me, network, store)
	if err != nil {
		return err
	}
	defer closing("the port", port.server.Close)
	if err := store.Node().WaitReady(ctx); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "floe: node %d ready at %s://%s\n", me.Index, cfg.scheme(), port.listener.Addr())
	select {
	case <-ctx.Done():
		return nil
	case err := <-port.served:
		return fmt.Errorf("couldn't go on serving: %w", err)
	}
}

// readNodeKey reads a file that floed -nodes-at made.
func readNodeKey(path string) (*bls.Key, node.NetworkKey, error) {
	b, err := readOwned("node's key", path)
	if err != nil {
		return nil, node.NetworkKey{}, err
	}
	var k nodeKeys
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, node.NetworkKey{}, fmt.Errorf("couldn't read the node's key: %s isn't one of the files in -data/keys of floed -nodes-at: %w", path, err)
	}
	signing, err := bls.ParseKey(k.BLS)
	if err != nil {
		return nil, node.NetworkKey{}, fmt.Errorf("couldn't read the node's key in %s: %w", path, err)
	}
	network, err := node.ParseNetworkKey(k.Network)
	if err != nil {
		return nil, node.NetworkKey{}, fmt.Errorf("couldn't read the node's key in %s: %w", path, err)
	}
	return signing, network, nil
}

// reachLedger connects, and waits for a ledger that isn't there yet.
func reachLedger(ctx context.Context, cfg nodeConfig) (*sui.Client, *storage, error) {
	ids, _ := api.Networks(api.Local)
	options := committee.Options{Scheme: cfg.scheme(), AllowLocal: true, Logger: cfg.Logger}
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		client, err := sui.Dial(ctx, sui.Config{Target: cfg.target, TLS: cfg.targetTLS, IDs: ids})
		if err == nil {
			var peers *storage
			if peers, err = newStorage(ctx, client, options, rhythm{committeeEvery, time.Second}); err == nil {
				return client, peers, nil
			}
			err = errors.Join(err, client.Close())
		}
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("couldn't reach the ledger: %w", err)
		}
		cfg.Logger.Warn("the ledger doesn't answer yet", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// findSelf returns the member whose keys are ours.
func findSelf(com *api.Committee, signing *bls.Key, network node.NetworkKey) (api.Member, error) {
	public, err := network.Public()
	if err != nil {
		return api.Member{}, err
	}
	i := slices.IndexFunc(com.Members, func(m api.Member) bool { return m.PublicKey == signing.Public().Compressed() })
	switch {
	case i < 0:
		return api.Member{}, errors.New("the ledger knows no node with this key; hint: -key is one of the files in -data/keys of the floed that runs the ledger")
	case string(com.Members[i].NetworkKey) != string(public):
		return api.Member{}, fmt.Errorf("the ledger knows node %d by another network key; hint: the key's file was changed", i)
	}
	return com.Members[i], nil
}

// listenAddress is what the flags say, or what the ledger names.
func (c nodeConfig) listenAddress(me api.Member) string {
	if c.Listen != "" {
		return c.Listen
	}
	return me.Address
}

// explainListen says what to do where the ledger's address isn't this machine's.
func (c nodeConfig) explainListen(err error) error {
	var at *net.OpError
	if c.Listen == "" && errors.As(err, &at) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("couldn't listen at the address that the ledger names: %w; hint: -listen HOST:PORT", err)
	}
	return fmt.Errorf("couldn't listen: %w", err)
}
