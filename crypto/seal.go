package crypto

import (
	"fmt"
	"io"

	"filippo.io/age"
)

// Seal writes an age file to dst: what is written to the returned writer, sealed
// to a parcel's recipient alone. The file is complete only once Close has
// returned without an error; Close doesn't close dst.
func Seal(dst io.Writer, to *age.HybridRecipient) (io.WriteCloser, error) {
	w, err := age.Encrypt(dst, to)
	if err != nil {
		return nil, fmt.Errorf("couldn't begin to seal: %w", err)
	}
	return w, nil
}
