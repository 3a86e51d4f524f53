package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/ledger"
	"floe/server/ledger/rpc"
	"floe/server/node"
	"floe/server/sui"
)

// What one embedded node has in memory of bodies, and of records; there are many
// of them in this process.
const (
	memoryOfNode  = 1 << 20
	recordsOfNode = 1 << 20
)

// committeeEvery is how often the embedded ledger is asked who the nodes are.
const committeeEvery = 15 * time.Second

// embedded is the network in this process: the ledger and the storage nodes,
// which know each other by their public APIs alone.
type embedded struct {
	dir    *dataDir
	door   door
	ledger *ledger.Ledger
	client *sui.Client // of the ledger, through the port
	peers  *storage    // of the nodes, through the port
	nodes  []*node.Switch
	stop   context.CancelFunc
	tasks  sync.WaitGroup
}

// openLedger opens the ledger and serves it on the port.
func openLedger(d *dataDir, p *port, g ledger.Genesis, log *slog.Logger) (*ledger.Ledger, error) {
	l, err := ledger.Open(ledger.Config{Dir: d.join("ledger"), Genesis: g, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("couldn't open the ledger: %w", err)
	}
	h := rpc.New(rpc.Config{Ledger: l, Chain: api.Local, Server: "floed", Epoch: g.EpochDuration, Logger: log})
	p.ledger.Store(&h)
	return l, nil
}

// openEmbedded starts the whole network. The caller closes what it returns,
// also with an error.
func openEmbedded(ctx context.Context, cfg Config, d *dataDir, p *port) (*embedded, error) {
	e := &embedded{dir: d, stop: func() {}}
	log := cfg.Logger
	o, err := readOrigin(d, cfg, p.actual())
	if err != nil {
		return e, err
	}
	keys, err := readNodeKeys(d, o.Nodes)
	if err != nil {
		return e, err
	}
	genesis, signers, err := o.genesis(keys)
	if err != nil {
		return e, err
	}
	if e.ledger, err = openLedger(d, p, genesis, log); err != nil {
		return e, err
	}
	ids, _ := api.Networks(api.Local)
	e.door = door{o.Host, p.actual()}
	if e.client, err = sui.Dial(ctx, sui.Config{Target: o.Host, Dialer: e.door.dial, IDs: ids}); err != nil {
		return e, err
	}
	options := committee.Options{Scheme: "http", Transport: newInside(e.door, p, log), Logger: log}
	if len(o.NodesAt) > 0 {
		options = committee.Options{Scheme: o.NodeScheme, AllowLocal: true, Logger: log}
	}
	if e.peers, err = newStorage(ctx, e.client, options, rhythm{committeeEvery, time.Second}); err != nil {
		return e, err
	}
	background, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.tasks.Go(func() { e.peers.follow(background) })
	if len(o.NodesAt) > 0 {
		log.Info("the storage nodes are processes of their own: floed node", "keys", d.join("keys"), "at", o.NodesAt)
		return e, nil
	}
	return e, e.startNodes(ctx, d, p, signers, log)
}

// startNodes opens all nodes at once and returns when each knows the committee.
func (e *embedded) startNodes(ctx context.Context, d *dataDir, p *port, signers []*bls.Key, log *slog.Logger) error {
	var turn sync.Mutex
	handlers := make([]http.Handler, len(signers))
	for i, key := range signers {
		s := node.NewSwitch(node.Config{
			Dir: d.join("nodes", fmt.Sprintf("%02d", i)), Index: i, Key: key, Chain: e.client, Peers: e.peers,
			Logger: log, MaxInFlight: memoryOfNode, MaxRecords: recordsOfNode, HealTurn: &turn,
		})
		e.nodes, handlers[i] = append(e.nodes, s), s
	}
	p.nodes.Store(&handlers)
	errs := make([]error, len(e.nodes))
	var all sync.WaitGroup
	for i, s := range e.nodes {
		all.Go(func() {
			if errs[i] = s.Start(); errs[i] == nil {
				errs[i] = s.Node().WaitReady(ctx)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// relay makes it a [network].
func (e *embedded) relay() (server.Config, error) {
	sponsor, err := readSponsor(e.dir)
	if err != nil {
		return server.Config{}, err
	}
	free, err := e.dir.free()
	if err != nil {
		return server.Config{}, err
	}
	ids, _ := api.Networks(api.Local)
	ledger := neighbours{chain{e.client}, e.door}
	return server.Config{
		IDs:           ids,
		Ledger:        ledger,
		Chain:         ledger,
		Nodes:         e.peers,
		Local:         e,
		Sponsor:       sponsor,
		Deletable:     true,
		DefaultEpochs: defaultEpochs,
		Limits: server.Limits{
			PerClient: server.Cost{Bytes: clientBytes, WAL: clientWAL, Gas: clientGas},
			Total:     server.Cost{Bytes: math.MaxInt64, WAL: totalWAL, Gas: totalGas},
			Live:      (free - min(free, keepFree)) / 5 * 4,
		},
	}, nil
}

// neighbours is the chain whose nodes listen where we do.
type neighbours struct {
	chain
	door door
}

// Committee gives the nodes' addresses as they are reached today.
func (n neighbours) Committee(ctx context.Context) (*api.Committee, error) {
	com, err := n.chain.Committee(ctx)
	if err != nil {
		return nil, err
	}
	for i := range com.Members {
		com.Members[i].Address = n.door.today(com.Members[i].Address)
	}
	return com, nil
}

func (e *embedded) Close() error {
	var errs []error
	for _, s := range e.nodes {
		errs = append(errs, s.Stop())
	}
	e.stop()
	e.tasks.Wait()
	if e.client != nil {
		errs = append(errs, e.client.Close())
	}
	if e.ledger != nil {
		errs = append(errs, e.ledger.Close())
	}
	return errors.Join(errs...)
}

// Faucet, StopNode and StartNode make it the relay's [server.Local].
func (e *embedded) Faucet(ctx context.Context, to suitx.Address) (api.FaucetResponse, error) {
	gift, err := e.ledger.Faucet(ctx, to)
	if err != nil {
		return api.FaucetResponse{}, fmt.Errorf("couldn't give: %w", err)
	}
	return api.FaucetResponse{SUI: gift.SUI, WAL: gift.WAL, Digest: gift.Digest.String()}, nil
}

// checkHere says whether a node can be switched: those that are processes of
// their own can't.
func (e *embedded) checkHere(i int) error {
	if i >= len(e.nodes) {
		return fmt.Errorf("%w: node %d doesn't run here", echo.ErrNotFound, i)
	}
	return nil
}

func (e *embedded) StopNode(_ context.Context, i int) error {
	if err := e.checkHere(i); err != nil {
		return err
	}
	return e.nodes[i].Stop()
}

func (e *embedded) StartNode(ctx context.Context, i int) error {
	if err := e.checkHere(i); err != nil {
		return err
	}
	if err := e.nodes[i].Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if n := e.nodes[i].Node(); n != nil {
		return n.WaitReady(ctx)
	}
	return nil
}
