package client

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
)

// SendRequest says what to send, to whom, and as whom.
type SendRequest struct {
	Files      []File
	Recipients []string // age1…; none: whoever has the link
	Passphrase string   // asked besides the link; "" for none
	Epochs     uint32   // how long to keep it; 0: the server's default
	Seed       crypto.Seed
	Index      uint32 // of the parcel's key below the seed: never used twice
	Server     string // its URL, for the commands in the recovery note …
	Network    string // … or, without a server, what floe's -network takes
	Light      bool   // upload everything once and let the server encode it
	Progress   func(Progress)

	// Afford is asked before anything is sealed whether so much WAL, in FROST,
	// and the registering of so many blobs can be paid; nil: nobody needs to ask.
	Afford func(frost uint64, blobs int) error

	// Journal is told what to go on from if sending is interrupted: durable when
	// it returns, in the place of what it was told before. It holds the parcel's
	// secrets: keep it as the seed is kept. nil: nobody wants to go on.
	Journal func(state []byte) error
	// Resume is what Journal was told last. Files must be the same; all else is
	// taken from there, but for Seed, Progress and Journal.
	Resume []byte
}

// Send seals the files, stores them and puts the parcel on the ledger. When it
// returns without an error, the link opens; when it fails or ctx ends, nobody
// has a link, and what was stored is unreadable to everybody else.
func (c *Client) Send(ctx context.Context, req SendRequest) (*Sent, error) {
	sent, err := c.send(ctx, &req)
	return sent, explain(err)
}

func (c *Client) send(ctx context.Context, req *SendRequest) (*Sent, error) {
	if req.Resume != nil {
		return c.resume(ctx, req)
	}
	s, err := c.newSending(ctx, req, nil)
	if err != nil {
		return nil, err
	}
	if req.Afford != nil {
		if err := s.afford(req.Afford); err != nil {
			return nil, err
		}
	}
	return s.finish(ctx)
}

// finish does what isn't done yet.
func (s *sending) finish(ctx context.Context) (sent *Sent, err error) {
	err = s.whileNodesMove(ctx, func() error {
		if err := s.storeAll(ctx); err != nil {
			return err
		}
		s.meter.phase(PhaseCertifying, "")
		statement, parcel, err := s.put(ctx)
		if err == nil {
			s.meter.phase(PhaseReady, "")
			sent = s.sent(parcel, statement)
		}
		return err
	})
	return sent, err
}

// storeAll has a quorum hold every blob, and confirm it. Where it ends early, the
// journal hears of all that was acknowledged.
func (s *sending) storeAll(ctx context.Context) error {
	if err := s.tell(); err != nil { // before anything is paid
		return err
	}
	s.begin()
	atOnce := expansionsAtOnce
	switch {
	case s.light: // without slivers they are small
		atOnce = lightAhead
	case s.plan.size > bulkySegment || s.client.sparing:
		atOnce = 1
	}
	s.room = make(chan struct{}, atOnce)
	err := s.bringAll(ctx)
	if err != nil {
		s.dropKept()
		_ = s.tell() // the reason is told already
	}
	return err
}

// sending is one parcel on its way.
type sending struct {
	client            *Client
	net               *network                // as it was when this began: who holds what
	now               atomic.Pointer[network] // as it was last seen
	meter             *meter
	server, onNetwork string
	journal           func([]byte) error

	archive    *archive
	filesHash  [32]byte
	fileSums   []uint32
	plan       *plan
	epochs     uint32
	seed       crypto.Seed
	index      uint32
	key        ed25519.PrivateKey  // of the parcel's own address on the ledger
	address    suitx.Address       // which holds the Blob objects until they are certified
	owner      suitx.Address       // of the parcel: the same, or a wallet
	deletable  bool                // the blobs
	light      bool                // the relay encodes them
	parcel     *age.HybridIdentity // the blobs are sealed to it
	sealing    *crypto.Sealing
	secret     *crypto.Secret   // of the link; nil: none
	linked     crypto.Recipient // whoever has the link, and the passphrase
	recipients []crypto.Recipient
	paid       *Paid // nil where no wallet pays

	keep                    bool // a small parcel's segments until they are registered
	turns                   turns
	slots, room, confirming chan struct{} // places for POSTs, expansions, requests for certificates
	line                    chan struct{} // the place for a whole blob that goes up
	certifying              sync.Mutex    // held while one certifies
	telling                 sync.Mutex    // held while the journal is written
	told                    time.Time     // when it was last

	mu      sync.Mutex // guards what follows, and the blobs' states
	blobs   []*blob
	next    mark               // where the first pass goes on
	pending api.ExecuteRequest // signed, and maybe executed
	holding int                // the fewest nodes that confirmed a blob
	behind  []bool             // by node: didn't take its part of the last blob
	taken   int                // how many POSTs nodes have answered
	spare   [][]byte           // memory for ciphertext
}

// newSending plans a parcel that the server pays for, or else wallet.
func (c *Client) newSending(ctx context.Context, req *SendRequest, wallet Wallet) (*sending, error) {
	s := c.baseSending(req)
	s.light, s.keep = req.Light, true
	if err := s.chooseRecipients(req); err != nil {
		return nil, err
	}
	var err error
	if s.archive, err = planArchive(req.Files); err != nil {
		return nil, err
	}
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	if s.light && !s.net.Light {
		return nil, errNoLight()
	}
	if wallet == nil && s.net.sponsor.IsZero() {
		return nil, noSponsor()
	}
	if s.epochs, err = s.net.epochsFor(req.Epochs); err != nil {
		return nil, err
	}
	if err := s.makePlan(); err != nil {
		return nil, err
	}
	s.index = req.Index
	s.takeKey(req.Seed)
	s.owner, s.deletable = s.address, s.net.Deletable
	if wallet != nil {
		s.owner, s.deletable = wallet.Address(), true
	}
	if s.parcel, err = crypto.NewParcelIdentity(); err != nil {
		return nil, err
	}
	s.sealing, err = crypto.NewSealing(s.parcel.Recipient())
	return s, err
}

// baseSending has what every sending has.
func (c *Client) baseSending(req *SendRequest) *sending {
	return &sending{
		client: c, meter: newMeter(req.Progress), server: req.Server, onNetwork: req.Network, journal: req.Journal, seed: req.Seed,
		slots: make(chan struct{}, postsAtOnce), confirming: make(chan struct{}, certificatesAtOnce), line: make(chan struct{}, 1),
		holding: math.MaxInt,
	}
}

// look asks for the network.
func (s *sending) look(ctx context.Context) (err error) {
	if s.net, err = s.client.network(ctx); err == nil {
		s.now.Store(s.net)
		s.behind = make([]bool, len(s.net.Nodes))
	}
	return err
}

func (s *sending) takeKey(seed crypto.Seed) {
	s.key = seed.ParcelKey(s.index)
	s.address = suitx.AddressOf(s.key.Public().(ed25519.PublicKey))
}

// chooseRecipients reads whom the parcel is for: people, or whoever has the link.
func (s *sending) chooseRecipients(req *SendRequest) error {
	for _, text := range req.Recipients {
		r, err := crypto.ParseRecipient(text)
		if err != nil {
			return badRecipient(err)
		}
		s.recipients = append(s.recipients, r)
	}
	if len(s.recipients) == 0 {
		s.secret = crypto.NewSecret(req.Passphrase != "")
		identity, err := s.secret.Identity(req.Passphrase)
		if err == nil {
			s.linked = identity.Recipient()
		}
		return err
	}
	if req.Passphrase != "" {
		return unsupported("A passphrase belongs to a link that anyone may open. Leave it out when you name people.")
	}
	return nil
}

// epochsFor returns how many epochs to store for.
func (n *network) epochsFor(asked uint32) (uint32, error) {
	if asked == 0 {
		asked = n.DefaultEpochs
	}
	if asked == 0 || asked > n.MaxEpochsAhead {
		return 0, unsupported(fmt.Sprintf("This network keeps files for 1 to %d epochs.", n.MaxEpochsAhead))
	}
	return asked, nil
}

// makePlan cuts the ciphertext to come, and refuses what is too large before
// anything is read.
func (s *sending) makePlan() error {
	sealed := crypto.SealedSize(s.archive.Size())
	if sealed > s.net.MaxParcelSize {
		return &Error{Code: CodeTooLarge, Max: s.net.MaxParcelSize, Message: fmt.Sprintf("This is %s with its padding; this server takes %s at once. Send fewer or smaller files.",
			HumanSize(sealed), HumanSize(s.net.MaxParcelSize))}
	}
	var err error
	if s.plan, err = newPlan(s.net, sealed); err != nil {
		return err
	}
	statement := api.Statement{Blobs: make([]api.StatementBlob, s.plan.segments()), Slots: make([]api.StatementSlot, len(s.recipients)+2)}
	if statement.Size() > api.MaxStatement {
		return &Error{Code: CodeTooLarge, Message: "This is more than one parcel can hold. Send it in several."}
	}
	s.filesHash, s.fileSums = hashFiles(s.archive)
	return s.newBlobs()
}

// afford says what the plan costs.
func (s *sending) afford(ask func(frost uint64, blobs int) error) error {
	frost := uint64(0)
	for _, b := range s.blobs {
		encoded, err := s.net.params.EncodedSize(uint64(b.size))
		if err != nil {
			return err
		}
		frost += s.net.frost(encoded, s.epochs)
	}
	return ask(frost, len(s.blobs))
}

// begin shows progress, with what was done before.
func (s *sending) begin() {
	s.mu.Lock()
	now := Progress{Phase: PhaseSealing, Total: s.plan.total}
	for i, n := range s.net.Nodes {
		now.Nodes = append(now.Nodes, NodeProgress{Index: i, Name: n.Name, Total: s.plan.nodeTotal(i), State: NodeIdle})
	}
	for _, b := range s.blobs {
		slivers, _ := sliverBytes(s.net.params, b.size) // that they can be encoded was checked
		for i, n := range s.net.Nodes {
			if b.state >= blobStored || b.held[i] == heldAll {
				its := slivers / int64(s.net.NShards) * int64(len(n.Shards))
				now.Nodes[i].Acked += its
				now.Acked += its
			}
		}
	}
	if s.light { // what goes up is what takes time
		now.Acked, now.Total = 0, s.plan.sealed
		for _, b := range s.blobs {
			if b.state >= blobStored {
				now.Acked += b.size
			}
		}
	}
	s.mu.Unlock()
	s.meter.heavy = !s.light && s.net.Light
	s.meter.update(func(p *Progress) { *p = now })
}

// dropKept lets go of what was kept to be stored; it can be sealed again.
func (s *sending) dropKept() {
	s.keep = false
	for _, b := range s.blobs {
		b.free()
	}
}
