package zip

import "errors"

// What callers branch on.
var (
	// ErrName says that a name can't stand in an archive.
	ErrName = errors.New("name can't stand in a parcel")
	// ErrDuplicate says that two names are one on some disks.
	ErrDuplicate = errors.New("two files would have one name")
	// ErrTooMany says that there are more entries or longer names than a reader
	// would accept.
	ErrTooMany = errors.New("too many files for one parcel")
	// ErrLength says that a file turned out longer or shorter than announced.
	ErrLength = errors.New("file changed its length while it was read")
	// ErrMalformed says that an archive isn't one that this package writes, or
	// was changed.
	ErrMalformed = errors.New("not an archive as Floe writes it")
)
