package main

import (
	"context"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"syscall/js"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/wasm/client"
	"floe/wasm/crew"
)

func main() {
	debug.SetGCPercent(gcPercent)
	if slices.Contains(os.Args[1:], "mate") {
		crew.Serve()
	}
	a := &app{relay: &fetchRelay{}, known: knownNetworks(), parcels: make(map[suitx.Address]*client.Parcel), paid: make(map[uint32]*client.Paid)}
	js.Global().Set("floe", map[string]any{
		"crew":     async(a.hire),
		"network":  async(a.network),
		"words":    async(a.words),
		"qr":       async(a.qr),
		"identity": async(a.identity),
		"send":     async(a.send),
		"finish":   async(a.finish),
		"rescue":   async(a.rescue),
		"cost":     async(a.cost),
		"open":     async(a.open),
		"stream":   async(a.stream),
		"withdraw": async(a.withdraw),
		"grant":    async(a.grant),
	})
	select {} // the page ends us
}

// gcPercent collects sooner than Go's 100: WebAssembly memory never shrinks, so
// what it grows to while much is sent stays. It costs a few percent of time.
const gcPercent = 10

// knownNetworks is what the page says of a network that isn't compiled in: its
// IDs, as the program's only argument.
func knownNetworks() []api.NetworkIDs {
	if len(os.Args) < 2 {
		return nil
	}
	ids, err := api.ParseNetworkIDs([]byte(os.Args[1]))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return []api.NetworkIDs{ids}
}

// app is what the page's calls share.
type app struct {
	relay client.Relay
	known []api.NetworkIDs
	crew  client.Coder // nil: this worker encodes alone

	mu      sync.Mutex
	parcels map[suitx.Address]*client.Parcel // opened ones
	paid    map[uint32]*client.Paid          // by wallets, and not finished
}

// client returns a Client with the memory that a call brings.
func (a *app) client(args js.Value) *client.Client {
	c := client.New(a.relay, jsMemory{args.Get("memory")}, a.known...).Sparing()
	if a.crew != nil {
		c = c.WithCoder(a.crew)
	}
	return c
}

// crew(Crew of crew.js) → undefined
func (a *app) hire(_ context.Context, arg js.Value) (any, error) {
	a.crew = crew.New(crew.Page(arg))
	return nil, nil
}

// network() → object
func (a *app) network(ctx context.Context, _ js.Value) (any, error) {
	n, err := client.New(a.relay, noMemory{}, a.known...).Network(ctx)
	if err != nil {
		return nil, err
	}
	return parseJSON(n)
}
