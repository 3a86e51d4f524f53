package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"floe/codec"
	"floe/wasm/client"
)

// runFetch puts blobs together as they are, sealed: with a recovery note, age
// and unzip do the rest.
func runFetch(ctx context.Context, c *console, args []string) error {
	fs := c.flags("fetch", wayUsage+" [-o F] [-wait D] BLOB…")
	w := wayFlags(fs, false, false)
	name := fs.String("o", "", "file to write, which mustn't exist (standard output)")
	wait := fs.Duration("wait", patience, "how long to wait for storage nodes to return, such as 30s or 5m")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return misuse(fs, "no blob named")
	}
	bar := newBar(c.err)
	req := client.FetchRequest{Patience: *wait, Progress: bar.show}
	for _, arg := range fs.Args() {
		id, err := codec.ParseBlobID(arg)
		if err != nil {
			return misuse(fs, "%q is no blob ID", arg)
		}
		req.Blobs = append(req.Blobs, id)
	}
	s, err := w.open(ctx, fs, "")
	if err != nil {
		return err
	}
	defer s.close()
	defer bar.end()
	if *name == "" {
		return s.Fetch(ctx, c.out, req)
	}
	return fetchTo(ctx, s, *name, req, bar)
}

// fetchTo writes a file that mustn't exist, whole or not at all. What was fetched
// before it was broken off is kept beside it, and not fetched again.
func fetchTo(ctx context.Context, s *session, name string, req client.FetchRequest, b *bar) error {
	taken := fmt.Errorf("%s exists already; nothing was fetched\nhint: -o takes the name of a new file", name)
	if _, err := os.Lstat(name); err == nil {
		return taken
	}
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("couldn't open the folder of %s: %w", name, cause(err))
	}
	defer root.Close()
	all := sha256.New()
	for _, id := range req.Blobs {
		all.Write(id[:])
	}
	r := openRecord(root, hex.EncodeToString(all.Sum(nil)[:8]), time.Now().Add(keptFetch))
	req.Shelf = r.shelf()
	err = fetchInto(ctx, s, root, filepath.Base(name), req)
	if errors.Is(err, fs.ErrExist) {
		err = taken
	}
	if r.end(err) {
		b.say("What came so far is kept in " + filepath.Join(filepath.Dir(name), r.name) + "; the same command goes on.")
	}
	return err
}

// fetchInto gives a file its name when its last byte has come, and not before.
func fetchInto(ctx context.Context, s *session, root *os.Root, name string, req client.FetchRequest) error {
	tmp := ".floe-" + rand.Text()[:8] + ".part"
	defer root.Remove(tmp)
	f, err := root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("couldn't make %s: %w", name, cause(err))
	}
	if err := errors.Join(s.Fetch(ctx, f, req), f.Close()); err != nil {
		return err
	}
	return settle(root, tmp, name, false)
}

// keptFetch is for how long what was fetched is kept: blobs alone don't say when
// they end.
const keptFetch = 14 * 24 * time.Hour
