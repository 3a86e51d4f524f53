package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"filippo.io/age"

	"floe/codec/suitx"
	"floe/crypto"
	"floe/server/api"
	"floe/wasm/client/zip"
)

// OpenRequest says what to open, and as whom.
type OpenRequest struct {
	Link       string       // as pasted: a URL, or what stands after its #
	Passphrase string       // "" if none is known yet
	Seed       *crypto.Seed // for parcels granted to this device's own identity; may be nil
	Patience   time.Duration
	Progress   func(Progress)
}

// Open verifies what the server shows of the link's parcel, opens its grant and
// reads the list of files. While too few nodes answer it waits, for as long as
// Patience says; 0 is as long as ctx lasts.
func (c *Client) Open(ctx context.Context, req OpenRequest) (*Parcel, error) {
	p, err := c.open(ctx, &req)
	return p, explain(err)
}

func (c *Client) open(ctx context.Context, req *OpenRequest) (*Parcel, error) {
	link, err := parseLink(req.Link)
	if err != nil {
		return nil, err
	}
	w := &watch{meter: newMeter(req.Progress), phase: PhaseOpening, patience: req.Patience}
	w.meter.phase(PhaseOpening, "")
	net, st, err := c.lookupOpening(ctx, link.Parcel)
	if err != nil {
		return nil, err
	}
	if err := st.checkAlive(net); err != nil {
		return nil, err
	}
	g, err := st.openGrant(net, link, req)
	if err != nil {
		return nil, err
	}
	p := &Parcel{
		ID:     st.id,
		From:   g.From,
		EndsAt: net.startOf(st.current.EndEpoch),
		client: c,
		net:    net,
		key:    g.Parcel,
		source: newSource(c, net, st.current.Blobs),
	}
	p.Own = req.Seed != nil && req.Seed.Identity().Profile() == g.From
	w.meter.update(func(now *Progress) { now.Nodes = p.nodes() })
	return p, p.list(ctx, w)
}

// lookupOpening asks for the network and the parcel at once.
func (c *Client) lookupOpening(ctx context.Context, id suitx.Address) (*network, *state, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var shown api.Parcel
	asked := make(chan error, 1)
	go func() {
		asked <- safely(func() error { return c.call(ctx, api.PathParcels+id.String(), nil, &shown) })
	}()
	net, err := c.network(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := <-asked; err != nil {
		return nil, nil, err
	}
	st, err := c.accept(net, id, &shown)
	return net, st, err
}

// checkAlive tells a parcel that is over from one that can be opened.
func (s *state) checkAlive(net *network) error {
	ended := net.startOf(s.current.EndEpoch)
	switch {
	case s.object == nil:
		return &Error{Code: CodeWithdrawn, Message: "The sender has deleted these files."}
	case s.current.EndEpoch <= net.Epoch:
		return &Error{Code: CodeExpired, End: ended, Message: fmt.Sprintf("These files were kept until %s. Ask the sender to send them again.", ended.Format("2 January 2006, 15:04"))}
	case len(s.current.Blobs) == 0:
		return damaged("the parcel has no blobs")
	}
	return nil
}

// openGrant opens the link's grant or, without a secret, whichever is for this
// device's own identity, and compares it with what the sender signed.
func (s *state) openGrant(net *network, link crypto.Link, req *OpenRequest) (*crypto.Grant, error) {
	var g *crypto.Grant
	var err error
	if link.Secret != nil {
		g, err = s.linkGrant(link.Secret, req.Passphrase)
	} else {
		g, err = s.ownGrant(req.Seed)
	}
	if err != nil {
		return nil, err
	}
	return g, s.checkGrant(net, g)
}

func (s *state) checkGrant(net *network, g *crypto.Grant) error {
	if err := g.Check(net.Name, s.sender.String(), s.current.BlobsHash()); err != nil {
		return liar("the grant: %w", err)
	}
	return nil
}

func (s *state) linkGrant(secret *crypto.Secret, passphrase string) (*crypto.Grant, error) {
	slot := secret.Slot()
	sealed, err := s.grantAt(slot)
	if err != nil {
		return nil, err
	}
	identity, err := secret.Identity(passphrase)
	if errors.Is(err, crypto.ErrPassphraseNeeded) {
		return nil, &Error{Code: CodePassphraseNeeded, Message: "These files need a passphrase besides the link. Ask the sender for it.", Err: err}
	}
	if err != nil {
		return nil, err
	}
	g, err := crypto.OpenGrant(sealed, identity)
	if errors.Is(err, crypto.ErrWrongIdentity) && secret.Passphrase {
		return nil, &Error{Code: CodePassphraseWrong, Message: "That passphrase does not open these files. Nothing was used up; try again.", Err: err}
	}
	if err != nil {
		return nil, damaged("the link's grant: %w", err)
	}
	return g, nil
}

// grantAt returns the grant in a slot, or why there is none: the sender took it
// out, the server doesn't show it, or it was never there.
func (s *state) grantAt(slot [32]byte) ([]byte, error) {
	if _, listed := s.current.GrantHash(slot); listed {
		if sealed := s.grants[slot]; sealed != nil {
			return sealed, nil
		}
		return nil, &Error{Code: CodeNoGrant, Retry: true, Message: "The ledger shows no grant for this link, though its sender has signed one. Try again later, or ask the sender."}
	}
	if _, was := s.created.GrantHash(slot); was {
		return nil, &Error{Code: CodeWithdrawn, Message: "The sender has withdrawn this link."}
	}
	return nil, &Error{Code: CodeKeyWrong, Message: "The last part of this link does not fit these files. Check that it is the whole link, or ask the sender for it again."}
}

// ownGrant tries the device's identity on all grants: which one is for whom
// isn't told by their slots.
func (s *state) ownGrant(seed *crypto.Seed) (*crypto.Grant, error) {
	if seed != nil {
		identity := seed.Identity()
		for _, sealed := range s.grants {
			g, err := crypto.OpenGrant(sealed, age.Identity(identity.Hybrid))
			if err == nil {
				return g, nil
			}
		}
	}
	if len(s.grants) < len(s.current.Slots) {
		return nil, &Error{Code: CodeNoGrant, Retry: true, Message: "The ledger shows fewer grants than the sender has signed, and none of them is for you. Try again later, or ask the sender."}
	}
	if len(s.current.Slots) <= 1 && len(s.created.Slots) > len(s.current.Slots) { // the sender's own is left
		return nil, &Error{Code: CodeWithdrawn, Message: "The sender has withdrawn these files."}
	}
	return nil, &Error{Code: CodeSecretMissing, Message: "The last part of the link is missing: some apps cut it off. Or the files were sent to somebody else. Ask the sender for the whole link."}
}

// Parcel is an opened parcel. Its methods may be called concurrently.
type Parcel struct {
	ID     suitx.Address
	From   crypto.Profile // who granted it
	Own    bool           // by this device's own identity
	EndsAt time.Time
	Files  []FileInfo

	client  *Client
	net     *network
	key     *age.HybridIdentity
	source  *source
	archive *zip.Reader // as list found it
	head    []byte      // of the ciphertext
	tail    []byte      // likewise

	mu   sync.Mutex
	idle []*unsealed
}

// FileInfo is a file of a parcel. Its name was chosen by the sender.
type FileInfo struct {
	Index    int
	Path     string // with slashes
	Name     string // last part of Path
	SavePath string // what to call it on a disk of any kind, no two alike
	Begin    int64  // where in the ZIP its bytes begin
	Size     int64
	Modified time.Time
	Type     string // media type that the name suggests
}

// parseLink translates what can be wrong with a link.
func parseLink(text string) (crypto.Link, error) {
	link, err := crypto.ParseLink(text)
	switch {
	case err == nil:
		return link, nil
	case errors.Is(err, crypto.ErrLinkCut):
		err = &Error{Code: CodeLinkCut, Message: "The link is cut off. Copy all of it, or ask the sender for it again.", Err: err}
	case errors.Is(err, crypto.ErrLinkVersion):
		err = &Error{Code: CodeUnsupported, Message: "The link was made by a later Floe. Load the page again, or update your floe.", Err: err}
	default:
		err = &Error{Code: CodeLinkWrong, Message: "The link was changed on its way: a character is wrong. Copy it again, or ask the sender for it again.", Err: err}
	}
	return crypto.Link{}, err
}

func badRecipient(err error) error {
	if errors.Is(err, crypto.ErrIsSecret) {
		return &Error{Code: CodeUnsupported, Message: "That is somebody's secret, not a recipient. Don't hand it to anybody; ask for what begins with age1.", Err: err}
	}
	return &Error{Code: CodeUnsupported, Message: "A recipient couldn't be read. It begins with age1 and has to be whole.", Err: err}
}
