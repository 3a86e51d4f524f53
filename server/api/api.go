// Package api is what the page, the command line and the server agree on: the
// paths, the JSON types, the frames slivers travel in and the limits. It holds
// data and its encoding only, so that both sides can import it.
//
// JSON carries raw BCS in base64 (Go's []byte). Errors are an [Error] in an
// [ErrorBody] with a fitting HTTP status. Everything the page must not take on
// trust (objects, transactions, signatures, grants, slivers) travels raw.
package api

// Paths. All but the page routes answer JSON or frames, with Cache-Control: no-store.
const (
	PathHealth      = "/healthz"
	PathNetwork     = "/api/v1/network"      // GET → Network
	PathFaucet      = "/api/v1/faucet"       // POST FaucetRequest → FaucetResponse; embedded network only
	PathRegister    = "/api/v1/register"     // POST RegisterRequest → RegisterResponse
	PathStore       = "/api/v1/store/"       // + node index; POST frames → frames of acknowledgements
	PathBlobs       = "/api/v1/blobs/"       // + blob ID + "?object=0x…"; POST the blob → frames of acknowledgements and a FrameEnd
	PathCertificate = "/api/v1/certificates" // POST CertificateRequest → CertificateResponse
	PathGas         = "/api/v1/gas"          // POST GasRequest → GasResponse
	PathExecute     = "/api/v1/execute"      // POST ExecuteRequest → ExecuteResponse
	PathParcels     = "/api/v1/parcels/"     // + object ID (0x…); GET → Parcel
	PathRead        = "/api/v1/read"         // POST ReadRequest → frames
	PathNodes       = "/api/v1/nodes/"       // + index + "/stop" or "/start"; POST; embedded network only
	PathNode        = "/node/"               // + index + "/v1/…": the embedded storage nodes, Walrus' own routes
)

// Limits that both sides keep.
const (
	MaxBatch      = 8 << 20   // bytes of one framed POST to one node
	MaxGrant      = 12 << 10  // bytes of one grant; a pure argument on Sui holds at most 16 KiB
	MaxStatement  = 15 << 10  // bytes of one statement, likewise
	MaxTx         = 120 << 10 // bytes of one transaction; Sui takes 128 KiB
	MaxJSON       = 1 << 20   // bytes of one JSON request
	MaxBlobsPerTx = 64        // blobs registered or certified by one transaction
)

// Network describes where parcels go: GET PathNetwork.
type Network struct {
	Name            string `json:"name"`              // "local", "testnet", "mainnet" or a file's own
	ChainID         string `json:"chain_id"`          // base58 of the genesis checkpoint's digest
	Epoch           uint32 `json:"epoch"`             // current Walrus epoch
	EpochStartMS    int64  `json:"epoch_start_ms"`    // Unix milliseconds
	EpochDurationMS int64  `json:"epoch_duration_ms"` //
	MaxEpochsAhead  uint32 `json:"max_epochs_ahead"`  // 53
	NShards         int    `json:"n_shards"`          //
	Nodes           []Node `json:"nodes"`             // in committee order: the index is the signer's bit in a certificate
	SystemObjectID  string `json:"system_object_id"`
	SystemVersion   uint64 `json:"system_version,string"` // initial shared version of the System object
	StakingObjectID string `json:"staking_object_id"`
	WALPackage      string `json:"wal_package"`
	WalrusPackage   string `json:"walrus_package"` // the package to call
	FloePackage     string `json:"floe_package"`
	Sponsor         string `json:"sponsor"`         // address that pays gas and storage; "" when there is none
	SegmentSize     int64  `json:"segment_size"`    // bytes of one blob, the last may be shorter
	MaxParcelSize   int64  `json:"max_parcel_size"` // bytes of ciphertext
	Deletable       bool   `json:"deletable"`       // how the relay registers blobs
	Light           bool   `json:"light"`           // the relay encodes: see PathBlobs
	DefaultEpochs   uint32 `json:"default_epochs"`  //
	StoragePrice    uint64 `json:"storage_price"`   // FROST per MiB of encoded size and epoch
	WritePrice      uint64 `json:"write_price"`     // FROST per MiB of encoded size
}

// Node is one member of the committee.
type Node struct {
	Index   int    `json:"index"`   // as in PathStore, PathNodes and PathNode; counts from 0
	Name    string `json:"name"`    // for people: "Node 1" has index 0
	ID      string `json:"id"`      // object ID of its staking pool
	Address string `json:"address"` // host:port[/path]
	Shards  []int  `json:"shards"`
	Up      bool   `json:"up"` // as the relay last saw it
}

// Error is what went wrong, in words for a person and a code for a program.
type Error struct {
	Code         string `json:"code"`
	Message      string `json:"message"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
	Node         *int   `json:"node,omitempty"` // the node at fault, where it is one node's
}

func (e *Error) Error() string { return e.Message }

// ErrorBody is the JSON of every answer that isn't 2xx.
type ErrorBody struct {
	Error *Error `json:"error"`
}

// Error codes.
const (
	CodeMalformed       = "malformed"        // 400: the request can't be read; the caller's fault
	CodeNotAllowed      = "not_allowed"      // 403: not on the sponsor's allow-list, or not a local caller
	CodeNoSponsor       = "no_sponsor"       // 403: this server pays for nobody
	CodeNotFound        = "not_found"        // 404
	CodePruned          = "pruned"           // 410: the server's full node has forgotten a parcel's history
	CodeConflict        = "conflict"         // 409: an object moved on, or another transaction of this sender is in flight
	CodeTooLarge        = "too_large"        // 413
	CodeQuota           = "quota"            // 429: this address's share is used up for now
	CodeFull            = "full"             // 507: everybody's share is
	CodeTooFewNodes     = "too_few_nodes"    // 503: no quorum, or too few slivers
	CodeNodeUnavailable = "node_unavailable" // 502: this one node doesn't answer
	CodeNotAge          = "not_age"          // 422: a parcel's first blob doesn't begin as age
	CodeExecution       = "execution"        // 422: the ledger refused or aborted the transaction
	CodeInternal        = "internal"         // 500
)

type FaucetRequest struct {
	Address string `json:"address"`
}

type FaucetResponse struct {
	SUI    uint64 `json:"sui,string"` // MIST given
	WAL    uint64 `json:"wal,string"` // FROST given
	Digest string `json:"digest"`
}

// RegisterRequest asks the relay to reserve space for blobs, register them and
// give the Blob objects to Owner. Asked again with the same owner and blobs, it
// answers the same objects.
type RegisterRequest struct {
	Owner  string         `json:"owner"`
	Epochs uint32         `json:"epochs"`
	Blobs  []RegisterBlob `json:"blobs"` // ≤ MaxBlobsPerTx
}

type RegisterBlob struct {
	BlobID   string `json:"blob_id"`          // base64url
	RootHash []byte `json:"root_hash"`        // 32 bytes
	Size     uint64 `json:"size"`             // unencoded
	First    bool   `json:"first,omitempty"`  // first blob of its parcel: must begin as age
	Prefix   []byte `json:"prefix,omitempty"` // of a first blob: its first 64 bytes, checked by the relay now and against the slivers it passes on
}

type RegisterResponse struct {
	Objects [][]byte `json:"objects"` // BCS of each Blob object (suitx.Object), in the order asked
	Digest  string   `json:"digest"`
}

// CertificateRequest asks for certificates of blobs whose slivers are stored.
type CertificateRequest struct {
	Blobs []CertificateBlob `json:"blobs"` // ≤ MaxBlobsPerTx
}

type CertificateBlob struct {
	BlobID   string `json:"blob_id"`
	ObjectID string `json:"object_id"` // of the Blob object
}

type CertificateResponse struct {
	Certificates []Certificate `json:"certificates"` // in the order asked
}

// Certificate is a quorum's aggregate over one confirmation message.
type Certificate struct {
	Message   []byte `json:"message"`
	Signature []byte `json:"signature"` // 96 bytes, compressed G2
	Signers   []byte `json:"signers"`   // bitmap, LSB first, committee order
	Missing   []int  `json:"missing"`   // nodes that didn't confirm
	Weight    int    `json:"weight"`    // shards that confirmed
}

// GasRequest hands in TransactionData whose gas payment, price, budget and
// expiration are empty; GasResponse hands it back with these filled and nothing
// else changed: the caller checks that before it signs.
type GasRequest struct {
	Transaction []byte `json:"transaction"`
}

type GasResponse struct {
	Transaction []byte `json:"transaction"`
}

type ExecuteRequest struct {
	Transaction []byte `json:"transaction"`
	Signature   []byte `json:"signature"` // the sender's: flag ‖ signature ‖ public key
}

// ExecuteResponse says what a transaction did; it may have failed.
type ExecuteResponse struct {
	Digest  string `json:"digest"`
	Effects []byte `json:"effects"` // BCS TransactionEffects
}

// Parcel is all the ledger knows of a parcel, raw. A deleted parcel has no
// Object; Change is then the transaction that deleted it.
type Parcel struct {
	Object   []byte            `json:"object,omitempty"`
	Creation SignedTransaction `json:"creation"`
	Change   SignedTransaction `json:"change"` // the last one; equals Creation at sequence 0
	Grants   []Grant           `json:"grants"`
}

type SignedTransaction struct {
	Transaction []byte   `json:"transaction"` // BCS TransactionData
	Signatures  [][]byte `json:"signatures"`  // the sender's first
}

type Grant struct {
	Slot  []byte `json:"slot"`  // 32 bytes
	Grant []byte `json:"grant"` // an age file
}

// ReadRequest asks for slivers of one blob; the answer is frames, in any order,
// one for each thing asked, ended by a FrameEnd. Metadata comes first; after it
// may come FrameMetadata of another status, one for each node that gave wrong
// metadata.
type ReadRequest struct {
	BlobID    string `json:"blob_id"`
	Metadata  bool   `json:"metadata,omitempty"`
	Primary   []int  `json:"primary,omitempty"`   // pair indices
	Secondary []int  `json:"secondary,omitempty"` // pair indices
}
