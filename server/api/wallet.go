package api

// Paths for those who pay themselves, with a wallet. The server hands on what
// they have signed; nothing of it is the sponsor's.
const (
	PathAccounts = "/api/v1/accounts/" // + address (0x…); GET → Account
	PathSimulate = "/api/v1/simulate"  // POST SimulateRequest → SimulateResponse
	PathSubmit   = "/api/v1/submit"    // POST SubmitRequest → SubmitResponse
)

// MaxCoins is how many coins of one kind an Account names: the richest.
const MaxCoins = 64

// Account is what a transaction must know of who pays for it.
type Account struct {
	SUI      [][]byte `json:"sui"`              // BCS of each coin (suitx.Object)
	WAL      [][]byte `json:"wal"`              // likewise
	Epoch    uint64   `json:"epoch,string"`     // Sui's, not Walrus'
	GasPrice uint64   `json:"gas_price,string"` // MIST per unit
}

// SimulateRequest asks what a transaction would do, whose gas is filled in.
type SimulateRequest struct {
	Transaction []byte `json:"transaction"`
}

type SimulateResponse struct {
	Effects []byte `json:"effects"` // BCS TransactionEffects
}

// SubmitRequest hands in a transaction that its sender pays for herself. Handed
// in again, it answers what it did the first time.
type SubmitRequest struct {
	Transaction []byte `json:"transaction"`
	Signature   []byte `json:"signature"`        // the sender's
	Prefix      []byte `json:"prefix,omitempty"` // where a parcel is created: its first blob's first 64 bytes, as in RegisterBlob
}

type SubmitResponse struct {
	Digest  string   `json:"digest"`
	Effects []byte   `json:"effects"` // BCS TransactionEffects
	Objects [][]byte `json:"objects"` // BCS of what it made or changed and an address owns; what has moved on since is left out
}

// What a parcel's own address needs for certifying blobs that a wallet has
// paid for, in units of gas and in MIST for what is stored meanwhile. What isn't
// used goes back to the wallet, so there is some to spare.
const (
	fuelUnitsPerTx   = 20_000
	fuelUnitsPerBlob = 2_000
	fuelPerBlob      = 6_000_000
	fuelPerTx        = 5_000_000
)

// Fuel returns how many MIST a wallet leaves with a parcel's own address for
// certifying so many blobs at that gas price.
func Fuel(blobs int, gasPrice uint64) uint64 {
	n := uint64(blobs)
	txs := (n + MaxBlobsPerTx - 1) / MaxBlobsPerTx
	return txs*(fuelUnitsPerTx*gasPrice+fuelPerTx) + n*(fuelUnitsPerBlob*gasPrice+fuelPerBlob)
}
