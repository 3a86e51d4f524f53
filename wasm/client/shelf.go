package client

import "floe/codec"

// Shelf keeps what was fetched of large parcels on this device while they are
// being saved, so that nothing is fetched twice after a reload or a crash. What
// it keeps is sealed, and is verified like what nodes give when it is taken
// back: a shelf may lose or change anything at any time, and its errors never
// fail a read. Its methods may be called concurrently.
type Shelf interface {
	// Load returns what was kept of a blob; nil if it isn't there.
	Load(blob codec.BlobID) ([]byte, error)
	// Keep keeps what Load is to return. It is done with it when it returns.
	Keep(blob codec.BlobID, kept Pieces) error
	// Drop throws away what is kept of blobs; of others it says nothing.
	Drop(blobs []codec.BlobID) error
}

// Unshelve drops from a shelf all that it may keep of the parcel: once it is
// saved, or won't be.
func (p *Parcel) Unshelve(shelf Shelf) error {
	ids := make([]codec.BlobID, len(p.source.blobs))
	for i, b := range p.source.blobs {
		ids[i] = b.BlobID
	}
	return shelf.Drop(ids)
}
