package main

import (
	"context"
	"runtime/debug"
	"sync"
	"syscall/js"

	"floe/codec/suitx"
	"floe/wasm/client"
)

func main() {
	debug.SetGCPercent(gcPercent)
	a := &app{relay: fetchRelay{}, parcels: make(map[suitx.Address]*client.Parcel)}
	js.Global().Set("floe", map[string]any{
		"network":  async(a.network),
		"words":    async(a.words),
		"qr":       async(a.qr),
		"identity": async(a.identity),
		"send":     async(a.send),
		"open":     async(a.open),
		"read":     async(a.read),
		"saveAll":  async(a.saveAll),
		"withdraw": async(a.withdraw),
		"grant":    async(a.grant),
	})
	select {} // the page ends us
}

// gcPercent collects sooner than Go's 100: WebAssembly memory never shrinks, so
// what it grows to while 20 MiB are sent stays. It costs a few percent of time.
const gcPercent = 40

// app is what the page's calls share.
type app struct {
	relay client.Relay

	mu      sync.Mutex
	parcels map[suitx.Address]*client.Parcel // opened ones
}

// client returns a Client with the memory that a call brings.
func (a *app) client(args js.Value) *client.Client {
	return client.New(a.relay, jsMemory{args.Get("memory")})
}

// network() → object
func (a *app) network(ctx context.Context, _ js.Value) (any, error) {
	n, err := client.New(a.relay, noMemory{}).Network(ctx)
	if err != nil {
		return nil, err
	}
	return parseJSON(n)
}
