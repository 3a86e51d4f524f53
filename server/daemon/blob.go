package daemon

import (
	"fmt"
	"net/http"
	"net/url"

	"floe/codec"
)

// checks says how far a read is checked. Slivers are verified in any case; to
// skip the check of the whole saves nothing here and is taken for the default.
type checks struct{ strict bool }

const (
	strictKey = "strict_consistency_check"
	skipKey   = "skip_consistency_check"
)

func parseChecks(q query) (c checks, err error) {
	if c.strict, err = q.flag(strictKey); err != nil {
		return c, err
	}
	skip, err := q.flag(skipKey)
	if err == nil && skip && c.strict {
		err = invalidArgument("INVALID_CONSISTENCY_CHECK", "a read can't be checked strictly and not at all")
	}
	return c, err
}

// getBlob answers GET /v1/blobs/{blob ID}.
func (d *Daemon) getBlob(w http.ResponseWriter, r *http.Request, id string) error {
	blob, err := blobIDOf(id)
	if err != nil {
		return err
	}
	return d.serveBlob(w, r, blob)
}

func (d *Daemon) serveBlob(w http.ResponseWriter, r *http.Request, id codec.BlobID) error {
	q, err := parseQuery(r.URL.RawQuery, strictKey, skipKey)
	if err != nil {
		return err
	}
	how, err := parseChecks(q)
	if err != nil {
		return err
	}
	in, err := d.read(r.Context(), id)
	if err != nil {
		return err
	}
	defer in.close()
	if how.strict && r.Method != http.MethodHead {
		if err := in.strict(); err != nil {
			return err
		}
	}
	return d.serveContent(w, r, in.blob(), id.String())
}

// strict decodes the whole blob, encodes it again and compares the blob ID.
func (r *reading) strict() error {
	whole, err := r.all(r.ctx, nil)
	if err != nil {
		return err
	}
	release, err := r.d.cfg.Uploader.Room(r.ctx, uint64(len(whole)))
	if err != nil {
		return tooLargeToRead(err, r.d.cfg.Uploader.MaxBlob())
	}
	defer release()
	x, err := r.d.cfg.Uploader.Encode(whole)
	if err != nil {
		return err
	}
	if got := x.Metadata().BlobID(); got != r.id {
		return fmt.Errorf("%w: what was decoded has blob ID %v", codec.ErrInconsistent, got)
	}
	return nil
}

func tooLargeToRead(err error, most uint64) error {
	if faultOf(err).http == http.StatusRequestEntityTooLarge {
		return blobTooLarge(most).because(err)
	}
	return err
}

// getStream answers GET /v1alpha/blobs/{blob ID}/stream. All our answers are
// streams; this one says so.
func (d *Daemon) getStream(w http.ResponseWriter, r *http.Request, id string) error {
	w.Header().Set("X-Walrus-Streaming", "true")
	err := d.getBlob(w, r, id)
	if err != nil {
		w.Header().Del("X-Walrus-Streaming")
	}
	return err
}

// getByteRange answers GET /v1/blobs/{blob ID}/byte-range with 200, for caches
// that keep nothing else. What isn't within the blob is an error.
func (d *Daemon) getByteRange(w http.ResponseWriter, r *http.Request, id string) error {
	blob, err := blobIDOf(id)
	if err != nil {
		return err
	}
	q, err := parseQuery(r.URL.RawQuery, "start", "length")
	if err != nil {
		return err
	}
	for _, k := range []string{"start", "length"} {
		if _, given := q[k]; !given {
			return malformed("%s is missing", k)
		}
	}
	start, err := q.number("start", 0, 64)
	if err != nil {
		return err
	}
	length, err := q.number("length", 0, 64)
	if err != nil {
		return err
	}
	if length == 0 || start+length < start {
		return invalidArgument("INVALID_BYTE_RANGE", "length must be more than 0, and start + length a number of 64 bits")
	}
	in, err := d.read(r.Context(), blob)
	if err != nil {
		return err
	}
	defer in.close()
	if start+length > in.metadata.Size {
		return invalidArgument("INVALID_BYTE_RANGE", "the range ends behind the blob's %d bytes", in.metadata.Size)
	}
	c := in.blob()
	c.entire = false
	part := c.part(start, length)
	plain := r.Clone(r.Context())
	plain.Header.Del("Range")
	return d.serveContent(w, plain, part, fmt.Sprintf("%s-%d-%d", blob, start, length))
}

// part is n bytes at an offset as a content of its own.
func (c *content) part(off, n uint64) *content {
	length := uint64(c.length(c.kind))
	begin := c.offset + off
	return &content{reading: c.reading, kind: c.kind, first: c.first + int(begin/length), offset: begin % length, size: n}
}

// getObject answers GET /v1/blobs/by-object-id/{object ID}: of a Blob or a
// SharedBlob.
func (d *Daemon) getObject(w http.ResponseWriter, r *http.Request, id string) error {
	text, err := url.PathUnescape(id)
	if err != nil {
		return malformed("an object ID is 0x and hex digits").because(err)
	}
	object, err := objectIDOf(text)
	if err != nil {
		return err
	}
	b, err := d.blobObject(r.Context(), object)
	if err != nil {
		return err
	}
	attributes, err := d.attributes(r.Context(), b.id)
	if err != nil {
		return err
	}
	setAttributes(w.Header(), attributes)
	return d.serveBlob(w, r, b.blobID)
}
