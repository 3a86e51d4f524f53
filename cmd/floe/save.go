package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
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
// whatever links stand in it. A save that was broken off is gone on with.
func save(ctx context.Context, p *client.Parcel, dir string, force bool, b *bar, wait time.Duration) error {
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
	r := openRecord(root, p.ID.String()[2:18], p.EndsAt)
	s := &saving{parcel: p, root: root, dir: dir, force: force, record: r, bar: b, names: saveNames(p)}
	err = s.run(ctx, client.ReadRequest{Patience: wait, Progress: b.show, Shelf: r.shelf()})
	if r.end(err) {
		b.say("What came so far is kept in " + filepath.Join(dir, r.name) + "; the same command goes on.")
	}
	return err
}

// saveNames are the names that the files of a parcel get on any disk.
func saveNames(p *client.Parcel) []string {
	names := make([]string, len(p.Files))
	for i, f := range p.Files {
		names[i] = filepath.FromSlash(f.SavePath)
	}
	return names
}

// saving is a save under way.
type saving struct {
	parcel *client.Parcel
	root   *os.Root
	dir    string
	force  bool
	record *record
	bar    *bar
	names  []string // by index

	folder  string // made last
	dropped int    // blobs taken from the shelf
}

// manyFiles is how many files are told of in one line.
const manyFiles = 100

func (s *saving) run(ctx context.Context, req client.ReadRequest) error {
	var left []int
	for i, name := range s.names {
		there, err := s.root.Lstat(name)
		switch f := s.parcel.Files[i]; {
		case err != nil:
		case s.record.saved[i] && there.Mode().IsRegular() && there.Size() == f.Size:
			continue // by a command that was broken off
		case !s.force:
			return &inTheWay{filepath.Join(s.dir, name)}
		}
		left = append(left, i)
	}
	if before := len(s.names) - len(left); before > 0 {
		s.bar.say(fmt.Sprintf("%d of %d files were saved before; going on", before, len(s.names)))
	}
	err := s.parcel.ReadFiles(ctx, left, req, func(f client.FileInfo, data io.Reader) error {
		if err := s.file(f, data); err != nil {
			return err
		}
		s.done(f, req.Shelf)
		return nil
	})
	if err == nil && len(s.names) > manyFiles {
		s.bar.say(fmt.Sprintf("saved and checked %d files in %s", len(s.names), s.dir))
	}
	return err
}

// inTheWay is the error for a file that mustn't be replaced.
type inTheWay struct{ name string }

func (e *inTheWay) Error() string {
	return e.name + " exists already; nothing was saved\nhint: -f replaces it, -o DIR saves elsewhere"
}

// done notes that a file is saved, and lets go of what only it needed.
func (s *saving) done(f client.FileInfo, shelf client.Shelf) {
	s.record.note(f.Index)
	if n := s.parcel.BlobsBefore(f.Index + 1); shelf != nil && n > s.dropped {
		_ = shelf.Drop(s.parcel.Blobs()[s.dropped:n])
		s.dropped = n
	}
	if len(s.names) <= manyFiles {
		s.bar.say("saved and checked " + filepath.Join(s.dir, s.names[f.Index]))
	}
}

func (s *saving) file(f client.FileInfo, data io.Reader) error {
	name := s.names[f.Index]
	folder := filepath.Dir(name)
	if folder != s.folder {
		if err := s.root.MkdirAll(folder, 0o777); err != nil {
			return fmt.Errorf("couldn't make a folder: %w", err)
		}
		s.folder = folder
	}
	tmp := filepath.Join(folder, ".floe-"+rand.Text()[:8]+".part")
	defer s.root.Remove(tmp)
	out, err := s.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("couldn't save %s: %w", name, err)
	}
	if err := copyTo(out, data); err != nil {
		return saveError(name, err)
	}
	if !f.Modified.IsZero() {
		if err := s.root.Chtimes(tmp, f.Modified, f.Modified); err != nil {
			return fmt.Errorf("couldn't set the time of %s: %w", name, err)
		}
	}
	if err := settle(s.root, tmp, name, s.force); err != nil {
		return fmt.Errorf("couldn't save %s: %w", name, err)
	}
	return nil
}

// copyTo writes all of data to a file and closes it.
func copyTo(out *os.File, data io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{out}, data, make([]byte, 256<<10))
	return errors.Join(err, out.Close())
}

// saveError leaves what the client says as it is.
func saveError(name string, err error) error {
	if errors.As(err, new(*client.Error)) {
		return err
	}
	return fmt.Errorf("couldn't save %s: %w", name, err)
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
