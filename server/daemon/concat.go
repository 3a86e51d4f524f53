package daemon

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"floe/codec"
	"floe/codec/suitx"
)

const (
	maxConcat     = 1000
	maxConcatJSON = 128 << 10
	jsonTimeout   = 20 * time.Second
)

// concatRequest is the body of POST /v1alpha/blobs/concat.
type concatRequest struct {
	IDs    []string `json:"ids"`
	Strict *bool    `json:"strict_consistency_check"`
	Skip   *bool    `json:"skip_consistency_check"`
}

func (d *Daemon) getConcat(w http.ResponseWriter, r *http.Request, _ visitor) error {
	q, err := parseQuery(r.URL.RawQuery, "ids", strictKey, skipKey)
	if err != nil {
		return err
	}
	how, err := parseChecks(q)
	if err != nil {
		return err
	}
	var ids []string
	for id := range strings.SplitSeq(q["ids"], ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	return d.concat(w, r, ids, how)
}

func (d *Daemon) postConcat(w http.ResponseWriter, r *http.Request, _ visitor) error {
	if t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(t), "application/json") {
		return &fault{http: http.StatusUnsupportedMediaType, status: "INVALID_ARGUMENT", reason: "MALFORMED_REQUEST", message: "the body must be application/json"}
	}
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(jsonTimeout)) // not all connections have one
	var req concatRequest
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxConcatJSON))
	in.DisallowUnknownFields()
	if err := in.Decode(&req); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return err
		}
		return malformed("the JSON can't be read").because(err)
	}
	if _, err := in.Token(); err != io.EOF {
		return malformed("the JSON can't be read")
	}
	_ = conn.SetReadDeadline(time.Time{})
	how := checks{strict: req.Strict != nil && *req.Strict}
	if how.strict && req.Skip != nil && *req.Skip {
		return invalidArgument("INVALID_CONSISTENCY_CHECK", "a read can't be checked strictly and not at all")
	}
	return d.concat(w, r, req.IDs, how)
}

// concat sends blobs one behind the other. All are looked up before the first
// byte is sent, so that the length is known and a wrong ID is an error.
func (d *Daemon) concat(w http.ResponseWriter, r *http.Request, ids []string, how checks) error {
	if len(ids) == 0 {
		return malformed("ids must name a blob or an object")
	}
	if len(ids) > maxConcat {
		return malformed("at most %d blobs can be concatenated", maxConcat)
	}
	blobs := make([]codec.BlobID, len(ids))
	size := uint64(0)
	for i, id := range ids {
		object, err := d.resolve(r, id, &blobs[i])
		if err != nil {
			return err
		}
		if i == 0 && object != nil {
			attributes, err := d.attributes(r.Context(), object.id)
			if err != nil {
				return err
			}
			setAttributes(w.Header(), attributes)
		}
		s, err := d.metadata.get(r.Context(), blobs[i], d.params)
		if errors.Is(err, ErrNotFound) {
			return notFound("BLOB_NOT_FOUND", "no blob %s is stored on Walrus", blobs[i]).because(err)
		}
		if err != nil {
			return err
		}
		if size += s.metadata.Size; size < s.metadata.Size {
			return blobTooLarge(1<<63 - 1)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(ids, ",")))
	d.describe(r, w.Header(), base64.RawURLEncoding.EncodeToString(sum[:]))
	w.Header().Set("Content-Length", strconv.FormatUint(size, 10))
	for i, id := range blobs {
		if err := d.sendBlob(w, r, id, how, i == 0); err != nil {
			if i == 0 {
				return err
			}
			d.finish(err)
		}
	}
	return nil
}

// resolve turns what names a blob into a blob ID, and returns the object if it
// is one that names it.
func (d *Daemon) resolve(r *http.Request, id string, to *codec.BlobID) (*blobObject, error) {
	var err error
	if *to, err = codec.ParseBlobID(id); err == nil {
		return nil, nil
	}
	object, err := suitx.ParseAddress(id)
	if err != nil {
		return nil, invalidArgument("INVALID_ID_FORMAT", "%.100q is neither a blob ID nor an object ID", id)
	}
	b, err := d.blobObject(r.Context(), object)
	if err != nil {
		return nil, notFound("OBJECT_ID_RESOLUTION_FAILED", "object %s is no blob's", object).because(err)
	}
	*to = b.blobID
	return &b, nil
}

// sendBlob sends one of several blobs. An error of the first comes before
// anything was sent.
func (d *Daemon) sendBlob(w http.ResponseWriter, r *http.Request, id codec.BlobID, how checks, first bool) error {
	in, err := d.read(r.Context(), id)
	if err != nil {
		return err
	}
	defer in.close()
	if r.Method == http.MethodHead {
		return nil
	}
	if how.strict {
		if err := in.strict(); err != nil {
			return err
		}
	}
	c := in.blob()
	if err := c.check(r.Context()); err != nil {
		return err
	}
	s, err := c.open(r.Context(), 0, c.size)
	if err != nil {
		return err
	}
	defer s.close()
	if first {
		w.WriteHeader(http.StatusOK)
	}
	out := newOutlet(w)
	d.finish(out.end(s.copyTo(out)))
	return nil
}
