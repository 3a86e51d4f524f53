package node

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
)

func (n *Node) confirmPermanent(w http.ResponseWriter, r *http.Request) error {
	return n.confirm(w, r, nil)
}

func (n *Node) confirmDeletable(w http.ResponseWriter, r *http.Request) error {
	object, err := suitx.ParseAddress(r.PathValue("object"))
	if err != nil {
		return invalidArgument("", "%q is no object ID", r.PathValue("object"))
	}
	return n.confirm(w, r, &object)
}

// confirm signs that the node holds all it must of a blob: of a permanent one,
// or of one deletable object.
func (n *Node) confirm(w http.ResponseWriter, r *http.Request, object *suitx.Address) error {
	id, err := blobID(r)
	if err != nil {
		return err
	}
	v, err := n.known()
	if err != nil {
		return err
	}
	if err := n.demandValid(id); err != nil {
		return err
	}
	wait, err := n.registrationWait(r)
	if err != nil {
		return err
	}
	if err := n.awaitRegistration(r.Context(), id, object, wait); err != nil {
		return err
	}
	if missing, err := n.missing(id, v); err != nil {
		return err
	} else if len(missing) > 0 {
		return failedPrecondition("MISSING_SLIVERS", "%d slivers of %s aren't stored yet", len(missing), id)
	}
	c := bls.Confirmation{Epoch: v.Epoch, BlobID: id}
	if object != nil {
		c.Deletable, c.ObjectID = true, *object
	}
	message := c.Marshal()
	signature, err := n.cfg.Key.Sign(message)
	if err != nil {
		return err
	}
	type signed struct {
		Message   []byte `json:"serializedMessage"`
		Signature []byte `json:"signature"`
	}
	return success(w, http.StatusOK, map[string]signed{"signed": {message, signature}})
}

// registrationWait reads for how long the caller wants to wait for registration.
func (n *Node) registrationWait(r *http.Request) (time.Duration, error) {
	q := r.URL.Query()
	if s := q.Get("wait_for_registration"); s != "" {
		wait, err := strconv.ParseBool(s)
		if err != nil {
			return 0, invalidArgument("", "wait_for_registration is neither true nor false")
		}
		if !wait {
			return 0, nil
		}
	} else {
		return 0, nil
	}
	s := q.Get("wait_millis")
	if s == "" {
		return n.cfg.MaxWait, nil
	}
	ms, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, invalidArgument("", "wait_millis is no number of milliseconds")
	}
	return min(time.Duration(ms)*time.Millisecond, n.cfg.MaxWait), nil
}

// awaitRegistration returns once the blob is registered as asked, at most after wait.
func (n *Node) awaitRegistration(ctx context.Context, id codec.BlobID, object *suitx.Address, wait time.Duration) error {
	timeout := time.After(wait)
	for {
		changed := n.changed.next()
		if ok, err := n.registeredAs(id, object); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-timeout:
			return failedPrecondition("NOT_REGISTERED", "blob %s isn't registered", id)
		}
	}
}

// registeredAs says whether a live permanent registration keeps the blob, or
// that of one deletable object.
func (n *Node) registeredAs(id codec.BlobID, object *suitx.Address) (bool, error) {
	list, err := n.registrations(id)
	epoch := n.view().Epoch
	for _, r := range list {
		if r.live(epoch) && (object == nil && !r.Deletable || object != nil && r.Deletable && r.Object == *object) {
			return true, err
		}
	}
	return false, err
}

// missing lists the slivers of our shards that aren't stored.
func (n *Node) missing(id codec.BlobID, v *view) ([]sliverPlace, error) {
	have := make(map[sliverPlace]bool)
	prefix := blobKey(keySliver, id)
	err := n.rec.each(prefix, func(key, _ []byte) error {
		k := key[len(prefix):]
		have[sliverPlace{id, int(k[1])<<8 | int(k[2]), codec.Kind(k[0])}] = true
		return nil
	})
	var list []sliverPlace
	for _, pair := range v.pairs(id) {
		for _, kind := range []codec.Kind{codec.Primary, codec.Secondary} {
			if p := (sliverPlace{id, pair, kind}); !have[p] {
				list = append(list, p)
			}
		}
	}
	return list, err
}
