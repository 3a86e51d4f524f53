package ledger

import (
	"fmt"

	"floe/codec/suitx"
)

// refuse returns a Refusal with Sui's name for it.
func refuse(kind error, name, format string, args ...any) *Refusal {
	return &Refusal{Kind: kind, Name: name, Message: fmt.Sprintf(format, args...)}
}

func invalid(name, format string, args ...any) *Refusal {
	return refuse(ErrInvalidTransaction, name, format, args...)
}

func unsupported(format string, args ...any) *Refusal {
	return refuse(ErrUnsupported, "Unsupported", format, args...)
}

func tooLarge(limit string, value, most int) *Refusal {
	return invalid("SizeLimitExceeded", "Size limit exceeded: %s is %d, at most %d allowed", limit, value, most)
}

func unavailable(ref suitx.ObjectRef, current uint64) *Refusal {
	r := refuse(ErrObjectConflict, "ObjectVersionUnavailableForConsumption",
		"Transaction needs to be rebuilt because object %s version %d is unavailable for consumption, current version: %d",
		ref.ID, ref.Version, current)
	r.Object = &ref
	return r
}

func missing(ref suitx.ObjectRef) *Refusal {
	r := refuse(ErrObjectNotFound, "ObjectNotFound",
		"Could not find the referenced object %s at version %d", ref.ID, ref.Version)
	r.Object = &ref
	return r
}

func about(r *Refusal, ref suitx.ObjectRef) *Refusal {
	r.Object = &ref
	return r
}
