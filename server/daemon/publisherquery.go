package daemon

import (
	"strings"

	"floe/codec/suitx"
)

// maxEpochsAhead is Walrus' bound.
const maxEpochsAhead = 53

// publisherQuery is the query of PUT /v1/blobs and PUT /v1/quilts.
type publisherQuery struct {
	epochs    uint32
	permanent bool
	force     bool // store even what is stored long enough
	reuse     bool // what the publisher owns already
	share     bool
	sendTo    *suitx.Address
}

// parsePublisher reads a query; quilts may name the version of their format.
func parsePublisher(raw string, quilts bool) (p publisherQuery, err error) {
	known := []string{"epochs", "permanent", "deletable", "force", "encoding_type", "reuse_resources", "send_object_to", "share"}
	if quilts {
		known = append(known, "quilt_version")
	}
	q, err := parseQuery(raw, known...)
	if err != nil {
		return p, err
	}
	epochs, err := q.number("epochs", 1, 32)
	if err != nil {
		return p, err
	}
	if p.epochs = uint32(epochs); epochs == 0 || epochs > maxEpochsAhead {
		return p, malformed("epochs must be 1 to %d", maxEpochsAhead)
	}
	deletable := false
	for key, to := range map[string]*bool{"permanent": &p.permanent, "deletable": &deletable, "force": &p.force, "reuse_resources": &p.reuse, "share": &p.share} {
		if *to, err = q.flag(key); err != nil {
			return p, err
		}
	}
	if p.permanent && deletable {
		return p, invalidArgument("INVALID_BLOB_PERSISTENCE", "a blob is either deletable or permanent")
	}
	if to, given := q["send_object_to"]; given {
		a, err := objectIDOf(to)
		if err != nil {
			return p, err
		}
		if _, both := q["share"]; both {
			return p, malformed("send_object_to and share exclude each other")
		}
		p.sendTo = &a
	}
	if v, given := q["quilt_version"]; given && !strings.EqualFold(v, "v1") && v != "1" {
		return p, malformed("quilt_version must be v1")
	}
	return p, q.encoding()
}
