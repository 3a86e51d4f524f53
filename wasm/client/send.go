package client

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math"
	"slices"

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
	s, err := c.newSending(ctx, req, nil)
	if err != nil {
		return nil, err
	}
	if req.Afford != nil {
		if err := s.afford(req.Afford); err != nil {
			return nil, err
		}
	}
	for b, err := range s.batches(ctx) {
		if err != nil {
			return nil, err
		}
		if err := s.register(ctx, b); err != nil {
			return nil, err
		}
		s.meter.phase(PhaseSending, "")
		if err := s.store(ctx, b); err != nil {
			return nil, err
		}
		if err := s.certificates(ctx, b.blobs); err != nil {
			return nil, err
		}
		b.free()
		s.blobs = append(s.blobs, b.blobs...)
	}
	s.meter.phase(PhaseCertifying, "")
	statement, parcel, err := s.put(ctx)
	if err != nil {
		return nil, err
	}
	s.meter.phase(PhaseReady, "")
	return s.sent(parcel, statement), nil
}

// sending is one parcel on its way.
type sending struct {
	client            *Client
	net               *network
	meter             *meter
	server, onNetwork string

	archive    *archive
	plan       *plan
	epochs     uint32
	seed       crypto.Seed
	key        ed25519.PrivateKey  // of the parcel's own address on the ledger
	address    suitx.Address       // which holds the Blob objects until they are certified
	owner      suitx.Address       // of the parcel: the same, or a wallet
	deletable  bool                // the blobs
	light      bool                // the relay encodes them
	parcel     *age.HybridIdentity // the blobs are sealed to it
	secret     *crypto.Secret      // of the link; nil: none
	passphrase string
	recipients []crypto.Recipient

	blobs     []*blob // those that a quorum holds
	holding   int     // the fewest nodes that confirmed a blob
	certified int     // how many blobs are, on the ledger
}

// newSending plans a parcel that the server pays for, or else wallet.
func (c *Client) newSending(ctx context.Context, req *SendRequest, wallet Wallet) (*sending, error) {
	s := &sending{client: c, meter: newMeter(req.Progress), server: req.Server, onNetwork: req.Network, light: req.Light, seed: req.Seed, passphrase: req.Passphrase}
	if err := s.chooseRecipients(req); err != nil {
		return nil, err
	}
	var err error
	if s.archive, err = planArchive(req.Files); err != nil {
		return nil, err
	}
	if s.net, err = c.network(ctx); err != nil {
		return nil, err
	}
	if s.light && !s.net.Light {
		return nil, errNoLight()
	}
	s.meter.heavy = !s.light && s.net.Light
	if wallet == nil && s.net.sponsor.IsZero() {
		return nil, noSponsor()
	}
	if s.epochs, err = s.net.epochsFor(req.Epochs); err != nil {
		return nil, err
	}
	if err := s.makePlan(); err != nil {
		return nil, err
	}
	s.key = req.Seed.ParcelKey(req.Index)
	s.address = suitx.AddressOf(s.key.Public().(ed25519.PublicKey))
	s.owner, s.deletable = s.address, s.net.Deletable
	if wallet != nil {
		s.owner, s.deletable = wallet.Address(), true
	}
	s.parcel, err = crypto.NewParcelIdentity()
	s.holding = math.MaxInt
	return s, err
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
		return nil
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
	sealed := crypto.SealedSize(s.archive.size)
	if sealed > s.net.MaxParcelSize {
		return &Error{Code: CodeTooLarge, Max: s.net.MaxParcelSize, Message: fmt.Sprintf("This is %s with its padding; this server takes %s at once. Send fewer or smaller files.",
			HumanSize(sealed), HumanSize(s.net.MaxParcelSize))}
	}
	var err error
	if s.plan, err = newPlan(s.net, sealed); err != nil {
		return err
	}
	blobs := 0
	for _, b := range s.plan.batches {
		blobs += len(b)
	}
	statement := api.Statement{Blobs: make([]api.StatementBlob, blobs), Slots: make([]api.StatementSlot, len(s.recipients)+2)}
	if statement.Size() > api.MaxStatement {
		return &Error{Code: CodeTooLarge, Message: "This is more than one parcel can hold. Send it in several."}
	}
	s.meter.update(func(now *Progress) {
		now.Phase, now.Total = PhaseSealing, s.plan.total
		if s.light {
			now.Total = s.plan.sealed // what goes up is what takes time
		}
		for i, n := range s.net.Nodes {
			now.Nodes = append(now.Nodes, NodeProgress{Index: i, Name: n.Name, Total: s.plan.nodeTotal(i), State: NodeIdle})
		}
	})
	return nil
}

// afford says what the plan costs.
func (s *sending) afford(ask func(frost uint64, blobs int) error) error {
	frost, blobs := uint64(0), 0
	for _, batch := range s.plan.batches {
		for _, size := range batch {
			encoded, err := s.net.params.EncodedSize(uint64(size))
			if err != nil {
				return err
			}
			frost += s.net.frost(encoded, s.epochs)
			blobs++
		}
	}
	return ask(frost, blobs)
}

// refresh looks at the network again, when an epoch may have begun. Who holds
// which shard mustn't have changed: what was stored so far would be misplaced.
func (s *sending) refresh(ctx context.Context) error {
	net, err := s.client.network(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(s.net.holder, net.holder) {
		return &Error{Code: CodeTooFewNodes, Retry: true, Message: "The storage nodes changed hands while your files were being sent. Nothing was finished; send them again."}
	}
	s.net = net
	return nil
}
