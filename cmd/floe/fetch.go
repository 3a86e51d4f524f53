package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

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
	return fetchTo(ctx, s, *name, req)
}

// fetchTo writes a file that mustn't exist, whole or not at all.
func fetchTo(ctx context.Context, s *session, name string, req client.FetchRequest) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; nothing was fetched\nhint: -o takes the name of a new file", name)
	}
	if err != nil {
		return fmt.Errorf("couldn't make %s: %w", name, cause(err))
	}
	if err := errors.Join(s.Fetch(ctx, f, req), f.Close()); err != nil {
		os.Remove(name)
		return err
	}
	return nil
}
