package ledger

import (
	"log/slog"
	"time"

	"floe/codec/suitx"
	"floe/server/ledger/vm"
)

// Config says where a ledger lives and how it began.
type Config struct {
	Dir     string           // holds the store; made if it is missing
	Clock   func() time.Time // nil: time.Now
	Genesis Genesis
	Logger  *slog.Logger // nil: nothing is logged
}

// Genesis is all that a network's first checkpoint depends on: the same Genesis
// gives the same chain ID. A store remembers its Genesis and can't be opened with another.
type Genesis struct {
	NShards       int           // 4 to 1001; the nodes' shards together are 0 to NShards-1, each once
	EpochDuration time.Duration // of Sui's and Walrus' epochs alike
	Start         time.Time     // Walrus epoch 1 and Sui epoch 0 begin here
	StoragePrice  uint64        // FROST per MiB of encoded size and epoch
	WritePrice    uint64        // FROST per MiB of encoded size
	Nodes         []GenesisNode
}

// GenesisNode is a member of the committee; its index in Genesis.Nodes is its
// bit in certificates, its ID api.EmbeddedPool of that index.
type GenesisNode struct {
	Name, Address     string   // Address is host:port[/path]
	PublicKey         [48]byte // BLS12-381, compressed G1
	NetworkKey        []byte
	ProofOfPossession [96]byte // over epoch 0 and the node's ID: bls.Key.ProvePossession(0, api.EmbeddedPool(i)); never published
	Shards            []uint16
}

// Executed is a transaction with what it did.
type Executed struct {
	Digest      suitx.Digest
	Transaction []byte   // BCS TransactionData; of a system transaction suitx can't read it
	Signatures  [][]byte // empty for a system transaction
	Effects     *suitx.Effects
	Events      []suitx.Event
	Balances    []BalanceChange
	Checkpoint  uint64
	Time        time.Time

	Inputs  []*suitx.Object // every object read or changed, as it was
	Outputs []*suitx.Object // every object written, as it became

	Results []CommandResult // Simulate only
}

// What a transaction's outcome is made of.
type (
	BalanceChange   = vm.BalanceChange
	CommandResult   = vm.CommandResult
	TypedValue      = vm.TypedValue
	MutatedArgument = vm.MutatedArgument
)

// SimulateOptions say how like an execution a simulation is.
type SimulateOptions struct {
	// SkipChecks lets through what signatures and ownership would forbid:
	// objects of others, no gas, functions that aren't public.
	SkipChecks bool
}

// OwnedObject is an entry of Owned and DynamicFields.
type OwnedObject struct {
	Ref     suitx.ObjectRef
	Type    suitx.StructTag
	Balance *uint64 // of coins
}

// Balance is what an address owns of one coin.
type Balance struct {
	CoinType suitx.TypeTag
	Total    uint64
	Coins    int // objects
}

// Checkpoint is a step of the ledger: the transactions that became durable
// together, chained to all before by PreviousDigest.
type Checkpoint struct {
	Sequence          uint64
	Digest            suitx.Digest
	PreviousDigest    *suitx.Digest
	ContentDigest     suitx.Digest
	Epoch             uint64
	Time              time.Time
	TotalTransactions uint64        // up to and with this one
	EpochGas          suitx.GasCost // of the epoch up to and with this one
	EndOfEpoch        bool
	Transactions      []suitx.Digest
	Summary           []byte // BCS CheckpointSummary
	Contents          []byte // BCS CheckpointContents
}

// Epoch is a Sui epoch. First and last checkpoint count from the ledger's
// first; LastCheckpoint and End are nil for the current epoch.
type Epoch struct {
	Epoch             uint64
	Start             time.Time
	End               *time.Time
	FirstCheckpoint   uint64
	LastCheckpoint    *uint64
	ReferenceGasPrice uint64
}

// Gift is what the faucet gave.
type Gift struct {
	Digest   suitx.Digest
	SUI, WAL uint64
}
