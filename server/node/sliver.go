package node

import (
	"errors"
	"fmt"
	"net/http"

	"floe/codec"
)

func (n *Node) getSliver(w http.ResponseWriter, r *http.Request) error {
	p, err := n.sliverPlace(r)
	if err != nil {
		return err
	}
	missing := notFound("SLIVER_NOT_FOUND", "%s sliver %d of %s isn't stored", p.kind, p.pair, p.id)
	if live, err := n.registered(p.id); err != nil || !live {
		return errors.Join(err, missing)
	}
	buf, inside := roomOf(w)
	if !inside {
		defer bodies.Put(buf)
	}
	b, err := n.slivers.get(p.id, p.kind, p.pair, *buf)
	if errors.Is(err, errDamaged) {
		n.healSoon(p.id)
		err = fmt.Errorf("%s sliver %d of %s is %w", p.kind, p.pair, p.id, err)
		return errors.Join(err, n.slivers.forget(p.id, p.kind, p.pair))
	}
	if err != nil {
		return err
	}
	if b == nil {
		return missing
	}
	*buf = b
	if inside {
		rawHead(w, len(b))
		return nil
	}
	return raw(w, b)
}

// roomOf is where an answer's body is put together: in the answer itself if its
// caller is in this process, whose body is what its Room holds in the end.
func roomOf(w http.ResponseWriter) (room *[]byte, inside bool) {
	if here, ok := w.(interface{ Room() *[]byte }); ok {
		return here.Room(), true
	}
	return bodies.Get().(*[]byte), false
}

func (n *Node) sliverStatus(w http.ResponseWriter, r *http.Request) error {
	p, err := n.sliverPlace(r)
	if err != nil {
		return err
	}
	stored, err := n.registered(p.id)
	if stored && err == nil {
		stored, err = n.slivers.has(p.id, p.kind, p.pair)
	}
	if err != nil {
		return err
	}
	return success(w, http.StatusOK, storedStatus(stored))
}

func (n *Node) putSliver(w http.ResponseWriter, r *http.Request) error {
	if err := checkPut(r); err != nil {
		return err
	}
	p, err := n.sliverPlace(r)
	if err != nil {
		return err
	}
	info, err := n.wanted(p)
	if err != nil {
		return err
	}
	if stored, err := n.slivers.has(p.id, p.kind, p.pair); stored || err != nil {
		if err != nil {
			return err
		}
		return success(w, http.StatusOK, "sliver is already stored")
	}
	params, err := codec.NewParams(n.view().NShards)
	if err != nil {
		return err
	}
	max := int64(params.Secondary)*codec.MaxSymbolSize + 128
	tooLarge := sizeExceeded("SLIVER_TOO_LARGE", "sliver of more than %d bytes", max)
	return n.withBody(w, r, max, tooLarge, func(b []byte, done func()) error {
		if err := checkSliver(info, p, b); err != nil {
			return err
		}
		if err := n.storeSliver(p, b, done); err != nil {
			return err
		}
		return success(w, http.StatusCreated, "sliver was stored")
	})
}

// wanted returns the info of the blob whose sliver is offered, or why it isn't wanted.
func (n *Node) wanted(p sliverPlace) (*blobInfo, error) {
	if err := n.demandRegistered(p.id); err != nil {
		return nil, err
	}
	info, err := n.info(p.id)
	if errors.Is(err, errDamaged) {
		return nil, errors.Join(err, n.forgetMetadata(p.id))
	}
	if err == nil && info == nil {
		err = failedPrecondition("METADATA_NOT_FOUND", "metadata of %s must be stored before its slivers", p.id)
	}
	return info, err
}

// checkSliver verifies that b is the sliver of that place.
func checkSliver(info *blobInfo, p sliverPlace, b []byte) error {
	s, err := codec.UnmarshalSliver(p.kind, b)
	if err != nil {
		return invalidArgument("INVALID_SLIVER", "%v", err)
	}
	if want := codec.IndexOf(p.kind, p.pair, len(info.metadata.Hashes)); int(s.Index) != want {
		return invalidArgument("SLIVER_INDEX_MISMATCH", "%s sliver of pair %d has index %d, not %d", p.kind, p.pair, s.Index, want)
	}
	if err := info.verifier.Verify(s); err != nil {
		return invalidArgument("INVALID_SLIVER", "%v", err)
	}
	return nil
}

// storeSliver stores a verified sliver durably, if it is still registered. It
// calls written before it returns, once it doesn't need b any more.
func (n *Node) storeSliver(p sliverPlace, b []byte, written func()) error {
	n.life.RLock()
	defer n.life.RUnlock()
	if err := n.demandRegistered(p.id); err != nil {
		return err
	}
	return n.slivers.put(p.id, p.kind, p.pair, b, written)
}
