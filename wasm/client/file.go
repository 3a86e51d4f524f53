package client

import (
	"io"
	"time"
)

// File is one file to send. While one goroutine reads it another may open it too.
type File struct {
	Path     string // relative, folders separated by slashes, as the recipient gets it
	Size     int64
	Modified time.Time // zero if unknown
	Open     func() (io.ReadCloser, error)

	// OpenAt reads from an offset on; nil: what comes before is read and skipped.
	OpenAt func(off int64) (io.ReadCloser, error)
}
