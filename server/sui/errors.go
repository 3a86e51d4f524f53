package sui

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var (
	// ErrNotFound says that nothing is known under an ID, or no longer.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that an input of a transaction has another version by
	// now, is gone, or is locked by another transaction. This one didn't run.
	ErrConflict = errors.New("an input moved on")
	// ErrPruned says that something was there once, and that this node no longer
	// holds it. Archival nodes do.
	ErrPruned = errors.New("pruned by this node; ask an archival one")
	// ErrRefused says that a transaction is invalid. It didn't run and never will.
	ErrRefused = errors.New("transaction refused")
)

// Words in which validators say that an input moved on: their codes don't tell
// that from other reasons to refuse.
var conflictWords = []string{
	"is not available for consumption",
	"is unavailable for consumption",
	"Could not find the referenced object",
	"is already locked by a different transaction",
	"ObjectLockConflict",
}

// read turns the error of a read into ours.
func read(err error, what string, args ...any) error {
	if err == nil {
		return nil
	}
	text := fmt.Sprintf(what, args...)
	if status.Code(err) == codes.NotFound {
		return fmt.Errorf("couldn't read %s: %w: %s", text, ErrNotFound, status.Convert(err).Message())
	}
	return fmt.Errorf("couldn't read %s: %w", text, err)
}

// pruned turns the error of a read of what must have existed into ours.
func pruned(err error, what string, args ...any) error {
	if err = read(err, what, args...); errors.Is(err, ErrNotFound) {
		return fmt.Errorf("couldn't read %s: %w", fmt.Sprintf(what, args...), ErrPruned)
	}
	return err
}

// ran turns the error of an execution or a simulation into ours. One that
// isn't ErrConflict or ErrRefused leaves open what happened.
func ran(err error) error {
	message := status.Convert(err).Message()
	switch status.Code(err) {
	case codes.FailedPrecondition:
		return fmt.Errorf("%w: %s", ErrConflict, message)
	case codes.InvalidArgument, codes.Unimplemented, codes.NotFound, codes.ResourceExhausted:
		for _, words := range conflictWords {
			if strings.Contains(message, words) {
				return fmt.Errorf("%w: %s", ErrConflict, message)
			}
		}
		if status.Code(err) == codes.ResourceExhausted {
			return err
		}
		return fmt.Errorf("%w: %s", ErrRefused, message)
	case codes.Aborted:
		if strings.Contains(message, "Could not find the referenced object") {
			return fmt.Errorf("%w: %s", ErrConflict, message)
		}
	}
	return err
}
