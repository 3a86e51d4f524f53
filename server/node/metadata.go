package node

import (
	"errors"
	"net/http"

	"github.com/cockroachdb/pebble/v2"

	"floe/codec"
)

func (n *Node) getMetadata(w http.ResponseWriter, r *http.Request) error {
	id, info, err := n.lookUp(r)
	if err != nil {
		return err
	}
	if info == nil {
		return notFound("METADATA_NOT_FOUND", "metadata of %s isn't stored", id)
	}
	return raw(w, info.metadata.MarshalWithID())
}

func (n *Node) metadataStatus(w http.ResponseWriter, r *http.Request) error {
	_, info, err := n.lookUp(r)
	if err != nil {
		return err
	}
	return success(w, http.StatusOK, storedStatus(info != nil))
}

// lookUp returns a blob's info if it is registered and stored, else nil.
func (n *Node) lookUp(r *http.Request) (codec.BlobID, *blobInfo, error) {
	id, err := blobID(r)
	if err != nil {
		return id, nil, err
	}
	if _, err := n.known(); err != nil {
		return id, nil, err
	}
	if live, err := n.registered(id); !live || err != nil {
		return id, nil, err
	}
	info, err := n.info(id)
	if errors.Is(err, errDamaged) {
		err = errors.Join(err, n.forgetMetadata(id))
	}
	return id, info, err
}

// forgetMetadata drops metadata that was found damaged, so that it can be stored again.
func (n *Node) forgetMetadata(id codec.BlobID) error {
	n.verifier.Drop(id)
	n.healSoon(id)
	return n.rec.db.Delete(blobKey(keyMetadata, id), pebble.Sync)
}

// storedStatus is Walrus' word for whether something is stored.
func storedStatus(stored bool) string {
	if stored {
		return "stored"
	}
	return "nonexistent"
}

func (n *Node) putMetadata(w http.ResponseWriter, r *http.Request) error {
	if err := checkPut(r); err != nil {
		return err
	}
	id, info, err := n.lookUp(r)
	if err != nil && !errors.Is(err, errDamaged) {
		return err
	}
	if err := n.demandRegistered(id); err != nil {
		return err
	}
	if info != nil {
		return success(w, http.StatusOK, "metadata is already stored")
	}
	tooLarge := invalidArgument("INVALID_METADATA", "metadata of more than %d bytes", maxMetadata)
	return n.withBody(w, r, maxMetadata, tooLarge, func(b []byte, _ func()) error {
		info, err := newBlobInfo(id, b, n.view().NShards)
		if err != nil {
			return invalidMetadata(b, err)
		}
		n.life.RLock()
		defer n.life.RUnlock()
		if err := n.demandRegistered(id); err != nil {
			return err
		}
		if err := n.storeMetadata(id, info); err != nil {
			return err
		}
		return success(w, http.StatusCreated, "metadata was stored")
	})
}

// invalidMetadata tells an encoding that isn't Red Stuff RS2 from mere nonsense.
func invalidMetadata(b []byte, err error) *fault {
	if len(b) > 1 && b[0] == 0 && b[1] != 1 {
		return invalidArgument("UNSUPPORTED_ENCODING_TYPE", "encoding type %d isn't supported", b[1])
	}
	return invalidArgument("INVALID_METADATA", "%v", err)
}

func (n *Node) demandRegistered(id codec.BlobID) error {
	if err := n.demandValid(id); err != nil {
		return err
	}
	live, err := n.registered(id)
	if err == nil && !live {
		err = failedPrecondition("NOT_REGISTERED", "blob %s isn't registered", id)
	}
	return err
}
