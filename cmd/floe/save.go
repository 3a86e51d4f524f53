package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"floe/wasm/client"
)

// save writes the files of a parcel below dir. A file gets its name when its
// last byte is verified, never before; what stands there already stays unless
// force is set. Nothing is written outside dir, whatever the names say and
// whatever links stand in it.
func save(ctx context.Context, p *client.Parcel, dir string, force bool, b *bar, wait time.Duration) error {
	req := client.ReadRequest{Patience: wait, Progress: b.show}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("couldn't save into %s: a file is in its place\nhint: -o DIR names another folder", dir)
		}
		return fmt.Errorf("couldn't make the folder %s: %w", dir, cause(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("couldn't open the folder: %w", err)
	}
	defer root.Close()
	names := make([]string, len(p.Files))
	for i, f := range p.Files {
		names[i] = filepath.FromSlash(f.SavePath)
		if _, err := root.Lstat(names[i]); err == nil && !force {
			return fmt.Errorf("%s exists already; nothing was saved\nhint: -f replaces it, -o DIR saves elsewhere", filepath.Join(dir, names[i]))
		}
	}
	for i, f := range p.Files {
		if err := saveFile(ctx, root, p, f, names[i], force, req); err != nil {
			return err
		}
		b.say("saved and checked " + filepath.Join(dir, names[i]))
	}
	return nil
}

func saveFile(ctx context.Context, root *os.Root, p *client.Parcel, f client.FileInfo, name string, force bool, req client.ReadRequest) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	tmp := filepath.Join(filepath.Dir(name), ".floe-"+rand.Text()[:8]+".part")
	defer root.Remove(tmp)
	out, err := root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("couldn't save %s: %w", name, err)
	}
	if err := errors.Join(p.WriteFile(ctx, f.Index, out, req), out.Close()); err != nil {
		return err
	}
	if !f.Modified.IsZero() {
		if err := root.Chtimes(tmp, f.Modified, f.Modified); err != nil {
			return fmt.Errorf("couldn't set the time of %s: %w", name, err)
		}
	}
	if err := settle(root, tmp, name, force); err != nil {
		return fmt.Errorf("couldn't save %s: %w", name, err)
	}
	return nil
}

// settle gives a finished file its name. Without force it takes nobody's place,
// not even one that appeared meanwhile.
func settle(root *os.Root, tmp, name string, force bool) error {
	if force {
		return root.Rename(tmp, name)
	}
	err := root.Link(tmp, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// Some disks have no links; there a moment is left in which another's file
	// could be replaced.
	if _, err := root.Lstat(name); err == nil {
		return fs.ErrExist
	}
	return root.Rename(tmp, name)
}
