// Package daemon serves Walrus' own HTTP interfaces, so that whatever was
// written for a Walrus aggregator, publisher or upload relay works here: tools,
// curl recipes, Walrus Sites' portals, @mysten/walrus' uploadRelay option.
//
// [New] makes a [Daemon] of a [Config]; it is an http.Handler.
//
//	GET  /status                                    "OK"
//	GET  /v1/api                                    what is served here, as OpenAPI
//
//	     aggregator
//	GET  /v1/blobs/{blob ID}                        the blob
//	GET  /v1/blobs/{blob ID}/byte-range?start&length
//	GET  /v1alpha/blobs/{blob ID}/stream
//	GET  /v1/blobs/by-object-id/{object ID}         with the object's attributes as headers
//	GET  /v1/blobs/by-quilt-patch-id/{patch ID}
//	GET  /v1/blobs/by-quilt-id/{blob ID}/{identifier}
//	GET  /v1/quilts/{blob ID}/patches               [{identifier, patch_id, tags}]
//	GET  /v1alpha/blobs/concat?ids=…                POST {"ids": […]}
//
//	     publisher
//	PUT  /v1/blobs?epochs&permanent&deletable&force&reuse_resources&encoding_type&send_object_to&share
//	PUT  /v1/quilts                                 multipart; likewise, and quilt_version
//
//	     upload relay
//	GET  /v1/tip-config
//	POST /v1/blob-upload-relay?blob_id&deletable_blob_object&tx_id&nonce&encoding_type
//
// Answers and errors are Walrus' (AIP-193 envelopes; plain text from the upload
// relay and for 429). This goes beyond upstream: ranges of all forms (bytes=a-,
// bytes=-n, several at once), on quilt patches too; If-Range, If-None-Match;
// Content-Length wherever it is known; quoted ETags, as HTTP demands.
//
// # Who is served
//
// Each of the three is [Off] unless its [Mode] says otherwise, and what is off
// answers 404. [Local] serves, without asking who it is, callers on this machine
// and in the allow-list; [All] serves everybody. A caller with the token is
// served in both. Trust in an address is ambient: a web page can use its
// visitor's. So it counts only if
//   - nothing says that the request was forwarded: no header of proxies, nor HTTP/1.0,
//     by which alone some give themselves away,
//   - Host is an address, not a name: a name can be made to point here (DNS rebinding),
//   - neither Sec-Fetch-Site nor Origin says that a page sent it.
//
// CORS is open, as upstream's, only to what needs no such trust: to All, and to
// requests with a token. The publisher spends somebody's money and has no All;
// with a JWT secret it serves nobody without a JWT (or the token).
//
// # Hostile blobs
//
// Anybody can store HTML on Walrus and pass on a link to it here. Every answer
// carries a CSP that sandboxes it: no script, no form, an origin of its own. Yet
// the daemon doesn't belong on the origin of Floe's page: seeds live in that
// origin's storage, its CSP trusts scripts from 'self', and a page of anybody's
// making would stand there under its name. So floed gives it a port of its own.
//
// # Bounds
//
// A blob is read sliver by sliver, each verified against metadata and that
// against the blob ID, and sent while the next ones come: a reader has at most
// Config.ReadAhead bytes of them. Only when a sliver can't be had is a blob
// decoded whole; such reads share Config.Memory, and a blob that doesn't fit is
// BLOB_TOO_LARGE. Bodies go to a file in Config.Spool as they come, and into
// memory once they are complete and package uploader has room; where the disk is
// nearly full they are refused with 507. Requests at a time
// are counted: 256 to the aggregator (64 of one address), 8 to the publisher, 32
// to the upload relay (8 of one address); who is too many gets 429.
package daemon

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/uploader"
)

// What callers of the interfaces branch on.
var (
	// ErrNotFound says that nothing is known under an ID.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable says that too few storage nodes answer just now.
	ErrUnavailable = errors.New("too few storage nodes answer")
	// ErrBlocked says that storage nodes deny a blob for legal reasons.
	ErrBlocked = errors.New("blob is blocked")
	// ErrRefused says that the ledger won't run a transaction.
	ErrRefused = errors.New("transaction refused")
)

// Nodes are the storage nodes of the current committee. All methods may be
// called at once; errors are ErrNotFound, ErrUnavailable, ErrBlocked or others.
type Nodes interface {
	// Metadata returns metadata that the blob ID commits to.
	Metadata(ctx context.Context, id codec.BlobID) (*codec.Metadata, error)
	// Sliver returns a sliver, which isn't verified.
	Sliver(ctx context.Context, id codec.BlobID, kind codec.Kind, pair int) (*codec.Sliver, error)
	// Blob rebuilds a blob from any verified slivers.
	Blob(ctx context.Context, id codec.BlobID, m *codec.Metadata) ([]byte, error)
	// Status tells what more nodes than can be faulty say of a blob.
	Status(ctx context.Context, id codec.BlobID) (Status, error)
}

// Status is how a blob stands with the nodes.
type Status struct {
	Permanent bool   // there is a certified permanent registration, until EndEpoch
	Invalid   bool   // it was marked as encoded inconsistently
	EndEpoch  uint32 // first epoch in which it isn't kept
	TxDigest  suitx.Digest
	EventSeq  uint64 // of the event in the transaction that says so
}

// Ledger reads what Sui holds. All methods may be called at once.
type Ledger interface {
	// Objects returns the last versions of objects; nil where there is none.
	Objects(ctx context.Context, ids ...suitx.Address) ([]*suitx.Object, error)
	Owned(ctx context.Context, owner suitx.Address, typ suitx.StructTag) ([]*suitx.Object, error)
	// Committee returns the current committee and the prices.
	Committee(ctx context.Context) (*api.Committee, error)
	// Payment tells what an executed transaction paid, or ErrNotFound.
	Payment(ctx context.Context, digest suitx.Digest) (*Payment, error)
}

// Payment is what matters of a transaction that may have paid a tip.
type Payment struct {
	Transaction []byte    // BCS of TransactionData
	Time        time.Time // of its checkpoint
	Succeeded   bool
	Gains       map[suitx.Address]uint64 // MIST, by who gained
}

// Mode says whom a role serves.
type Mode uint8

const (
	Off   Mode = iota // nobody
	Local             // this machine, the allow-list and bearers of the token
	All               // everybody
)

// Config is all that a Daemon needs to know. Zero numbers mean defaults.
type Config struct {
	IDs      api.NetworkIDs
	Nodes    Nodes
	Ledger   Ledger
	Uploader *uploader.Uploader
	Payer    Payer // pays for the publisher; nil without one

	Aggregator, Publisher, UploadRelay Mode

	Token   string         // of the owner; empty: there is none
	Allow   []netip.Prefix // callers trusted by address
	Trusted []netip.Prefix // proxies whose X-Forwarded-For counts
	JWT     *JWT           // nil: the publisher asks for none
	Tip     Tip            // what the upload relay takes

	Spool     string                 // directory for bodies
	Free      func() (uint64, error) // bytes of its disk that bodies may still take; nil: any
	Memory    int64                  // bytes for blobs that are decoded whole; 384 MiB
	ReadAhead int                    // bytes of slivers in one reader's hands, two slivers at least; 4 MiB
	MaxBlob   int64                  // bytes of a publisher's body; 10 MiB as upstream
	MaxQuilt  int64                  // bytes of a publisher's multipart body; 100 MiB as upstream
	MaxRelay  int64                  // bytes of an upload relay's body; 1 GiB as upstream

	Logger *slog.Logger
	Clock  func() time.Time // nil: time.Now
}

// Daemon serves the interfaces. It is safe for concurrent use.
type Daemon struct {
	cfg    Config
	params codec.Params
	log    *slog.Logger
	now    func() time.Time

	token      [sha256.Size]byte // of Config.Token
	jtis       *jtis
	tips       *tips
	metadata   *metadatas
	wholes     *wholes
	reusing    turn
	underway   *underway
	reading    *gate
	publishing *gate
	relaying   *gate
}

const mib = 1 << 20

// How many requests are served at a time, in all and of one caller.
const (
	readsAtOnce    = 256
	readsOfOne     = 64
	publishAtOnce  = 8
	relaysAtOnce   = 32
	relaysOfOne    = 8
	defaultMemory  = 384 * mib
	defaultAhead   = 4 * mib
	defaultMaxBlob = 10 * mib
	defaultQuilt   = 100 * mib
	defaultRelay   = 1024 * mib
)

// New returns a daemon. It connects to nothing.
func New(cfg Config) (*Daemon, error) {
	if cfg.Publisher == All {
		return nil, errors.New("a publisher spends its owner's money: it can't be open to everybody")
	}
	if cfg.Publisher != Off && cfg.Payer == nil {
		return nil, errors.New("there is nobody who pays for a publisher")
	}
	for _, d := range []struct {
		value *int64
		or    int64
	}{{&cfg.Memory, defaultMemory}, {&cfg.MaxBlob, defaultMaxBlob}, {&cfg.MaxQuilt, defaultQuilt}, {&cfg.MaxRelay, defaultRelay}} {
		if *d.value == 0 {
			*d.value = d.or
		}
	}
	if cfg.ReadAhead == 0 {
		cfg.ReadAhead = defaultAhead
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Daemon{
		cfg: cfg, params: cfg.Uploader.Params(), log: cfg.Logger, now: cfg.Clock,
		token: sha256.Sum256([]byte(cfg.Token)), jtis: newJTIs(cfg.Clock), tips: newTips(cfg.Clock),
		metadata: newMetadatas(cfg.Nodes), wholes: newWholes(cfg.Nodes, cfg.Memory), reusing: make(turn, 1), underway: newUnderway(),
		reading: newGate(readsAtOnce, readsOfOne), publishing: newGate(publishAtOnce, publishAtOnce), relaying: newGate(relaysAtOnce, relaysOfOne),
	}, nil
}

// ServeHTTP is the whole interface.
func (d *Daemon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	harden(w.Header())
	rt, ok := d.route(r.URL)
	if !ok {
		drain(w, r)
		d.fail(w, r, notFound("NOT_FOUND", "there is nothing at this address"))
		return
	}
	if err := d.serve(w, r, rt); err != nil {
		drain(w, r)
		if rt.plain {
			d.failPlain(w, r, err)
		} else {
			d.fail(w, r, err)
		}
	}
}

// serve finds out who asks, counts them in and lets the route answer.
func (d *Daemon) serve(w http.ResponseWriter, r *http.Request, rt route) error {
	if r.Method == http.MethodOptions {
		return d.preflight(w, r, rt)
	}
	handle := rt.methods[r.Method]
	if r.Method == http.MethodHead && handle == nil {
		handle = rt.methods[http.MethodGet]
	}
	if handle == nil {
		w.Header().Set("Allow", rt.allow())
		return &fault{http: http.StatusMethodNotAllowed, status: "INVALID_ARGUMENT", reason: "METHOD_NOT_ALLOWED", message: "this address doesn't take that method"}
	}
	v, err := d.admit(r, rt.role)
	if d.readableAnywhere(rt.role) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "*")
	}
	if err != nil {
		return err
	}
	if g := d.gateOf(rt.role); g != nil {
		leave, ok := g.enter(v.address)
		if !ok {
			return errBusy
		}
		defer leave()
	}
	return handle(w, r, v)
}

func (d *Daemon) gateOf(of role) *gate {
	return map[role]*gate{aggregator: d.reading, publisher: d.publishing, uploadRelay: d.relaying}[of]
}
