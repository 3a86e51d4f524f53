package daemon

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"floe/codec"
	"floe/codec/quilt"
)

const identifierHeader = "X-Quilt-Patch-Identifier"

// fileOf names a file of a quilt as a path does.
type fileOf struct{ quilt, identifier string }

// getPatch answers GET /v1/blobs/by-quilt-patch-id/{patch ID}.
func (d *Daemon) getPatch(w http.ResponseWriter, r *http.Request, text string) error {
	plain, err := url.PathUnescape(text)
	if err != nil {
		return malformed("a quilt patch ID has 50 characters of base64url").because(err)
	}
	id, err := quilt.ParsePatchID(plain)
	if err != nil {
		return malformed("a quilt patch ID has 50 characters of base64url").because(err)
	}
	if err := noQuery(r); err != nil {
		return err
	}
	in, err := d.read(r.Context(), id.Quilt)
	if err != nil {
		return err
	}
	defer in.close()
	return d.servePatch(w, r, in, int(id.Start), int(id.End))
}

// getFile answers GET /v1/blobs/by-quilt-id/{blob ID}/{identifier}.
func (d *Daemon) getFile(w http.ResponseWriter, r *http.Request, f fileOf) error {
	id, err := blobIDOf(f.quilt)
	if err != nil {
		return err
	}
	name, err := url.PathUnescape(f.identifier)
	if err != nil {
		return malformed("the identifier can't be read").because(err)
	}
	if err := noQuery(r); err != nil {
		return err
	}
	in, err := d.read(r.Context(), id)
	if err != nil {
		return err
	}
	defer in.close()
	index, free, err := in.index(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(index, func(p quilt.Patch) bool { return p.Identifier == name })
	if i < 0 {
		free()
		return notFound("QUILT_PATCH_NOT_FOUND", "the quilt has no such file")
	}
	first, end := int(index[i].Start), int(index[i].End)
	index = nil
	free()
	return d.servePatch(w, r, in, first, end)
}

func noQuery(r *http.Request) error {
	_, err := parseQuery(r.URL.RawQuery)
	return err
}

// servePatch answers with the file of columns first ≤ c < end. Its tags become
// headers, as attributes do.
func (d *Daemon) servePatch(w http.ResponseWriter, r *http.Request, in *reading, first, end int) error {
	if end > d.params.Secondary {
		return notFound("QUILT_PATCH_NOT_FOUND", "the quilt has no such file")
	}
	head, err := quilt.ReadHeader(first, end, in.column)
	if err != nil {
		return err
	}
	setAttributes(w.Header(), head.Tags)
	if !strings.ContainsFunc(head.Identifier, func(c rune) bool { return c < ' ' || c >= 0x7f }) {
		w.Header().Set(identifierHeader, head.Identifier)
	}
	c := &content{reading: in, kind: codec.Secondary, first: first, offset: uint64(head.Offset), size: head.Size}
	return d.serveContent(w, r, c.part(0, head.Size), in.id.String())
}

// patchItem is an entry of what GET /v1/quilts/{blob ID}/patches lists.
type patchItem struct {
	Identifier string            `json:"identifier"`
	PatchID    string            `json:"patch_id"`
	Tags       map[string]string `json:"tags"`
}

func (d *Daemon) getPatches(w http.ResponseWriter, r *http.Request, text string) error {
	id, err := blobIDOf(text)
	if err != nil {
		return err
	}
	if err := noQuery(r); err != nil {
		return err
	}
	in, err := d.read(r.Context(), id)
	if err != nil {
		return err
	}
	defer in.close()
	index, free, err := in.index(r.Context())
	if err != nil {
		return err
	}
	defer free()
	items := make([]patchItem, len(index))
	for i, p := range index {
		items[i] = patchItem{p.Identifier, quilt.PatchID{Quilt: id, Start: p.Start, End: p.End}.String(), p.Tags}
	}
	writeJSON(w, http.StatusOK, items)
	return nil
}

// perIndex is how many bytes the list of a quilt's files takes for each that it
// has in the quilt, at worst: tags of one letter, or what JSON escapes.
const perIndex = 24

// indexPatience is how long to wait for it: others may wait for what we hold.
const indexPatience = 10 * time.Second

// index reads the list of a quilt's files once there is memory for it. The
// caller calls free.
func (r *reading) index(ctx context.Context) (list []quilt.Patch, free func(), err error) {
	size, err := quilt.IndexSize(r.params, r.column)
	if err != nil {
		return nil, nil, err
	}
	n := perIndex * int64(size)
	if n > r.d.cfg.Memory {
		return nil, nil, &fault{http: http.StatusForbidden, status: "SIZE_EXCEEDED", reason: "BLOB_TOO_LARGE", message: "the list of the quilt's files is larger than is read here"}
	}
	ctx, cancel := context.WithTimeout(ctx, indexPatience)
	defer cancel()
	if free, err = r.d.wholes.borrow(ctx, n); err != nil {
		return nil, nil, err
	}
	if list, err = quilt.ReadIndex(r.params, r.column); err != nil {
		free()
		return nil, nil, err
	}
	clear(r.kept)
	return list, free, nil
}
