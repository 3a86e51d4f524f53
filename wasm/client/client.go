package client

import "floe/server/api"

// Client sends and opens parcels over one server for one device. Its methods
// may be called concurrently.
type Client struct {
	relay  Relay
	memory Memory
	known  []api.NetworkIDs
	pace   pace
	coder  Coder

	sparing bool // of memory
}

// New returns a Client that reaches its server through relay. Networks that the
// device knows besides those compiled in are given as known: out of a file that
// its owner chose, or with a page that is the same for everybody, but never out
// of what a server answers.
func New(relay Relay, memory Memory, known ...api.NetworkIDs) *Client {
	return &Client{relay: relay, memory: memory, known: known, pace: usualPace, coder: new(hereCoder)}
}

// Sparing returns a Client like c that holds less at once while it sends, and
// takes longer: for a page, whose memory never shrinks. Its Relay has taken what
// it needs of a body when Do returns, also of a request that was given up.
func (c *Client) Sparing() *Client {
	other := *c
	other.sparing = true
	return &other
}

// idsOf returns what counts on the network of that name. Where it is compiled
// in, what was given may only add what isn't: Floe's package, and the one that
// Walrus was upgraded to.
func (c *Client) idsOf(name string) (api.NetworkIDs, bool) {
	ids, found := api.Networks(name)
	for _, k := range c.known {
		switch {
		case k.Name != name:
		case !found:
			ids, found = k, true
		default:
			if ids.FloePackage == [32]byte{} {
				ids.FloePackage = k.FloePackage
			}
			if name != api.Local {
				ids = ids.Calling(k.CallWalrus())
			}
		}
	}
	return ids, found && ids.FloePackage != [32]byte{}
}

// Memory is what a device remembers of the parcels it has opened: the highest
// sequence it has seen signed, so that no server can show it an older state.
type Memory interface {
	// Seen returns the highest sequence that Saw was told of.
	Seen(parcel [32]byte) (sequence uint64, known bool, err error)
	// Saw remembers sequence unless a higher one is known. It is durable when
	// it returns.
	Saw(parcel [32]byte, sequence uint64) error
}
