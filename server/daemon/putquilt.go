package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"floe/codec/quilt"
)

// metadataField is the field of a form that has the files' tags; as JSON, which
// takes many times its size in memory.
const (
	metadataField = "_metadata"
	maxMetadata   = 4 << 20
)

// quiltAttribute marks the Blob objects of quilts, as Walrus' clients do.
var quiltAttribute = map[string]string{"_walrusBlobType": "quilt"}

// putQuilt answers PUT /v1/quilts.
func (d *Daemon) putQuilt(w http.ResponseWriter, r *http.Request, v visitor) error {
	p, err := parsePublisher(r.URL.RawQuery, true)
	if err != nil {
		return err
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return malformed("the body must be multipart/form-data")
	}
	claims, undo, err := d.permit(r, v, p)
	if err != nil {
		return err
	}
	res, err := d.publishQuilt(w, r, p, claims, params["boundary"])
	if err != nil {
		if isUnspent(err) {
			undo()
		}
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, res)
	return nil
}

func (d *Daemon) publishQuilt(w http.ResponseWriter, r *http.Request, p publisherQuery, c *claims, boundary string) (*quiltResult, error) {
	b, err := d.receive(w, r, min(d.cfg.MaxQuilt, int64(d.cfg.Uploader.MaxBlob())))
	if err != nil {
		return nil, err
	}
	defer d.closeBody(b)
	ctx, cancel := context.WithTimeout(r.Context(), publishTimeout)
	defer cancel()
	size, err := d.sizeOfForm(ctx, b, boundary)
	if err != nil {
		return nil, err
	}
	if err := c.checkSize(uint64(size)); err != nil {
		return nil, err
	}
	release, err := d.cfg.Uploader.Room(ctx, uint64(size)+uint64(b.size)/2)
	if err != nil {
		return nil, err
	}
	defer release()
	blob, index, err := d.encodeForm(b, boundary)
	if err != nil {
		return nil, err
	}
	stored, err := d.publish(ctx, blob, p, quiltAttribute)
	if err != nil {
		return nil, err
	}
	res := &quiltResult{Blob: stored, Files: []storedPatch{}}
	for _, patch := range index {
		id := quilt.PatchID{Quilt: stored.blobID(), Start: patch.Start, End: patch.End}
		res.Files = append(res.Files, storedPatch{patch.Identifier, id.String()})
	}
	return res, nil
}

// sizeOfForm is how large a quilt the files of a form make. It forgets them again:
// to wait for more memory with them in hand would be to hold what isn't counted.
func (d *Daemon) sizeOfForm(ctx context.Context, b *body, boundary string) (int, error) {
	release, err := d.cfg.Uploader.Room(ctx, uint64(b.size))
	if err != nil {
		return 0, err
	}
	defer release()
	files, err := d.readForm(b, boundary)
	if err != nil {
		return 0, err
	}
	size, err := quilt.Size(files, d.params)
	if err != nil {
		return 0, malformed("the files make no quilt: %v", err)
	}
	return size, nil
}

// encodeForm makes a quilt of the files of a form.
func (d *Daemon) encodeForm(b *body, boundary string) (blob []byte, index []quilt.Patch, err error) {
	files, err := d.readForm(b, boundary)
	if err != nil {
		return nil, nil, err
	}
	if blob, index, err = quilt.Encode(files, d.params); err != nil {
		return nil, nil, malformed("the files make no quilt: %v", err)
	}
	return blob, index, nil
}

// readForm reads the files of a form. There must be room for them.
func (d *Daemon) readForm(b *body, boundary string) ([]quilt.File, error) {
	if _, err := b.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("couldn't read a body: %w", err)
	}
	return parseForm(b.file, boundary, d.params.Secondary)
}

// parseForm reads a form: each field is a file whose identifier is the field's
// name, but for the one with the tags. There are fewer files than most.
func parseForm(in io.Reader, boundary string, most int) ([]quilt.File, error) {
	form := multipart.NewReader(in, boundary)
	var files []quilt.File
	tags, tagged := make(map[string]map[string]string), false
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed("the form can't be read").because(err)
		}
		name := part.FormName()
		in := io.Reader(part)
		if name == metadataField {
			in = io.LimitReader(part, maxMetadata+1)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			return nil, malformed("the form can't be read").because(err)
		}
		switch {
		case name == metadataField && len(data) > maxMetadata:
			return nil, malformed("_metadata has more than %d bytes", maxMetadata)
		case name == metadataField && tagged:
			return nil, malformed("_metadata stands there twice")
		case name == metadataField:
			tagged = true
			if err := parseTags(data, tags); err != nil {
				return nil, err
			}
			continue
		case strings.HasPrefix(name, "_"):
			return nil, malformed("an identifier can't begin with _: %.100q", name)
		case len(files)+1 >= most:
			return nil, malformed("a quilt has at most %d files here", most-1)
		}
		if err := quilt.CheckIdentifier(name); err != nil {
			return nil, malformed("%v", err)
		}
		files = append(files, quilt.File{Identifier: name, Data: data})
	}
	if len(files) == 0 {
		return nil, malformed("the form has no files")
	}
	for i := range files {
		files[i].Tags = tags[files[i].Identifier]
	}
	return files, nil
}

// parseTags reads [{"identifier": …, "tags": {…}}]. Values that aren't strings
// stand for their JSON.
func parseTags(data []byte, to map[string]map[string]string) error {
	var list []struct {
		Identifier *string
		Tags       map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return malformed("_metadata must be a JSON array of {identifier, tags}").because(err)
	}
	for _, f := range list {
		if f.Identifier == nil {
			return malformed("_metadata has an entry without identifier")
		}
		if _, twice := to[*f.Identifier]; twice {
			return malformed("_metadata names %.100q twice", *f.Identifier)
		}
		tags := make(map[string]string)
		for k, v := range f.Tags {
			tags[k] = textOf(v)
		}
		to[*f.Identifier] = tags
	}
	return nil
}

func textOf(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) == nil && !bytes.Equal(v, []byte("null")) {
		return text
	}
	var short bytes.Buffer
	if err := json.Compact(&short, v); err != nil {
		panic("internal error: JSON that was read can't be: " + err.Error())
	}
	return short.String()
}
