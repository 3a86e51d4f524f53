package direct

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/committee"
	"floe/server/sui"
	"floe/server/walrus"
	"floe/wasm/client"
)

// Config says over which network, and who pays there.
type Config struct {
	Place  api.Place
	Payer  ed25519.PrivateKey // pays WAL and gas; nil: nobody does
	Budget Budget             // what that spends at most; 0: as DefaultBudget has it
	Logger *slog.Logger       // nil: nothing is logged
	// Turn waits until no other process spends the payer's coins: two transactions
	// that name one coin at once could lock it on Sui until its epoch ends. nil:
	// there is no other. See [FileTurn].
	Turn func(context.Context) (done func(), err error)
	// Nodes is how requests travel to storage nodes; nil: a way of its own, with
	// TLS that is pinned to each node's key.
	Nodes http.RoundTripper
}

// Relay is a client.Relay without a server. Its methods may be called at once.
type Relay struct {
	place     api.Place
	chain     *sui.Client
	nodes     *committee.Client
	contracts walrus.Contracts
	params    codec.Params
	payer     *payer // nil: nobody pays
	metadata  metadatas

	mu   sync.Mutex
	down map[int]bool // nodes as they were last seen
}

// Open connects to the network and reads who its storage nodes are. Errors are
// *client.Error. The caller calls Close.
func Open(ctx context.Context, cfg Config) (*Relay, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	p := cfg.Place
	if p.FloePackage == [32]byte{} {
		return nil, &client.Error{Code: client.CodeUnsupported, Message: fmt.Sprintf("Floe's package isn't published on %s, as far as this floe knows. "+
			"Who publishes it (floed package) gets a file of the network; it is given as -network FILE.", p.Name)}
	}
	address, tls, err := p.Target()
	if err != nil {
		return nil, &client.Error{Code: client.CodeUnsupported, Message: "The network's " + err.Error() + "."}
	}
	r := &Relay{place: p, down: make(map[int]bool)}
	if r.chain, err = sui.Dial(ctx, sui.Config{Target: address, TLS: tls, IDs: p.NetworkIDs}); err != nil {
		return nil, r.unreachable(ctx, err)
	}
	if err := r.begin(ctx, cfg); err != nil {
		_ = r.chain.Close() // what went wrong before is what counts
		return nil, err
	}
	return r, nil
}

// begin reads what everything else needs.
func (r *Relay) begin(ctx context.Context, cfg Config) error {
	objects, err := r.chain.Objects(ctx, r.place.System)
	if err != nil {
		return r.unreachable(ctx, err)
	}
	if r.contracts, err = walrus.ReadSystem(objects[0]); err != nil {
		return &client.Error{Code: client.CodeUnsupported, Err: err, Message: fmt.Sprintf("The ledger at %s has no Walrus system object %s: it isn't the network %q.",
			r.place.Ledger, suitx.Address(r.place.System), r.place.Name)}
	}
	if known := suitx.Address(r.place.CallWalrus()); cfg.Payer != nil && r.contracts.Package != known {
		return &client.Error{Code: client.CodeUnsupported, Message: fmt.Sprintf("Walrus was upgraded on %s: the ledger says to call %s, this floe knows %s. "+
			"What is called gets the WAL that pays, so make sure that this is Walrus' package, then name it in a network file (walrus_call_package).", r.place.Name, r.contracts.Package, known)}
	}
	com, err := r.readCommittee(ctx)
	if err != nil {
		return r.unreachable(ctx, err)
	}
	if r.params, err = codec.NewParams(com.NShards); err != nil {
		return r.unreachable(ctx, err)
	}
	r.nodes, err = committee.New(com, committee.Options{Scheme: r.place.NodeScheme, AllowLocal: r.place.LocalNodes, Transport: cfg.Nodes, Logger: cfg.Logger})
	if err != nil {
		return r.unreachable(ctx, err)
	}
	if cfg.Payer != nil {
		r.payer = newPayer(cfg, r)
	}
	return nil
}

// Close ends the connection to the full node, and what is the payer's turn.
func (r *Relay) Close() error {
	if r.payer != nil {
		r.payer.turn.give()
	}
	return r.chain.Close()
}

// Name is the network's.
func (r *Relay) Name() string { return r.place.Name }

// IDs are the network's, for client.New. Who pays calls Walrus at the package
// that the place names; who only reads calls nothing, so that whatever the ledger
// says will do.
func (r *Relay) IDs() api.NetworkIDs {
	if r.payer != nil {
		return r.place.NetworkIDs
	}
	return r.place.Calling(r.contracts.Package)
}

// Do answers a request as a server would.
func (r *Relay) Do(ctx context.Context, in client.Request) (*client.Response, error) {
	path, query, _ := strings.Cut(in.Path, "?")
	switch {
	case path == api.PathNetwork:
		return answer(r.network(ctx))
	case path == api.PathRegister:
		return ask(in, func(q *api.RegisterRequest) (*api.RegisterResponse, error) { return r.register(ctx, q) })
	case path == api.PathCertificate:
		return ask(in, func(q *api.CertificateRequest) (*api.CertificateResponse, error) { return r.certificates(ctx, q) })
	case path == api.PathGas:
		return ask(in, func(q *api.GasRequest) (*api.GasResponse, error) { return r.gas(ctx, q) })
	case path == api.PathExecute:
		return ask(in, func(q *api.ExecuteRequest) (*api.ExecuteResponse, error) { return r.execute(ctx, q) })
	case path == api.PathRead:
		return r.read(ctx, in)
	}
	if node, ok := strings.CutPrefix(path, api.PathStore); ok {
		return r.store(ctx, node, query == "retry=1", in.Body)
	}
	if id, ok := strings.CutPrefix(path, api.PathParcels); ok {
		return answer(r.parcel(ctx, id))
	}
	return refused(http.StatusNotFound, &api.Error{Code: api.CodeNotFound, Message: "There is nothing at " + path + "."})
}

// ask reads a JSON request and answers it.
func ask[In, Out any](in client.Request, do func(*In) (*Out, error)) (*client.Response, error) {
	q := new(In)
	if err := json.Unmarshal(in.Body.Bytes(), q); err != nil {
		return refused(http.StatusBadRequest, &api.Error{Code: api.CodeMalformed, Message: err.Error()})
	}
	return answer(do(q))
}

// parcel is all that the ledger knows of a parcel.
func (r *Relay) parcel(ctx context.Context, text string) (*api.Parcel, error) {
	id, err := suitx.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	p, err := r.chain.Parcel(ctx, id)
	return p, r.ledgerError(ctx, err)
}
