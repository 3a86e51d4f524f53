package ledger

import (
	"errors"

	"floe/codec/suitx"
)

var (
	// ErrNotFound says that the ledger has no such object, transaction, checkpoint, epoch, package or function.
	ErrNotFound = errors.New("not found")
	// ErrClosed says that the ledger was closed.
	ErrClosed = errors.New("ledger is closed")
	// ErrOtherGenesis says that the store began with another Genesis.
	ErrOtherGenesis = errors.New("the store belongs to another network: its genesis differs")

	// ErrInvalidSignature refuses a transaction: a signature is wrong, missing or one too many.
	ErrInvalidSignature = errors.New("invalid signature")
	// ErrInvalidTransaction refuses a transaction that no ledger would take: it
	// is malformed, breaks a limit, uses an object in a way its owner forbids,
	// can't pay, or has expired.
	ErrInvalidTransaction = errors.New("invalid transaction")
	// ErrUnsupported refuses what Sui knows and this ledger doesn't.
	ErrUnsupported = errors.New("unsupported")
	// ErrObjectNotFound refuses a transaction with an input that doesn't exist.
	ErrObjectNotFound = errors.New("object not found")
	// ErrObjectConflict refuses a transaction with an input that another
	// transaction changed: it must be rebuilt with the current version.
	ErrObjectConflict = errors.New("object conflict")
)

// Refusal says why a transaction wasn't executed. It wraps one of the Err… above.
type Refusal struct {
	Kind    error
	Name    string // Sui's name for it, as in ObjectVersionUnavailableForConsumption
	Message string // Sui's words where it has any
	Object  *suitx.ObjectRef
}

func (r *Refusal) Error() string { return r.Kind.Error() + ": " + r.Message }

func (r *Refusal) Unwrap() error { return r.Kind }

// Deleted says that an object is gone: deleted, or wrapped into another.
type Deleted struct {
	ID      suitx.Address
	Version uint64 // at which it went
	Wrapped bool
	By      suitx.Digest // the transaction
}

func (d *Deleted) Error() string {
	if d.Wrapped {
		return "object " + d.ID.String() + " is wrapped"
	}
	return "object " + d.ID.String() + " is deleted"
}

// Is makes errors.Is(err, ErrNotFound) hold.
func (d *Deleted) Is(target error) bool { return target == ErrNotFound }
