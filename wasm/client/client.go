package client

// Client sends and opens parcels over one server for one device. Its methods
// may be called concurrently.
type Client struct {
	relay  Relay
	memory Memory
	pace   pace
}

// New returns a Client that reaches its server through relay.
func New(relay Relay, memory Memory) *Client {
	return &Client{relay: relay, memory: memory, pace: usualPace}
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
