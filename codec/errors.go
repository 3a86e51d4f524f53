package codec

import "errors"

// Errors that callers branch on; test for them with errors.Is.
var (
	// ErrTooFewSlivers says that neither k1 primary nor k2 secondary slivers are
	// there yet. Nobody's fault: get more.
	ErrTooFewSlivers = errors.New("too few slivers")
	// ErrInconsistent says that the slivers agree with the metadata but not with
	// each other: whoever encoded the blob did it wrongly, and the blob is lost.
	ErrInconsistent = errors.New("blob was encoded inconsistently by its writer")
	// ErrTooLarge says that the blob exceeds what its number of shards can hold.
	ErrTooLarge = errors.New("blob too large for the number of shards")
	// ErrMalformed says that bytes or numbers aren't of the form they must have.
	ErrMalformed = errors.New("malformed")
	// ErrMismatch says that something well-formed isn't what its hash promised:
	// whoever handed it out has damaged or swapped it.
	ErrMismatch = errors.New("hash mismatch")
)
