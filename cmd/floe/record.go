package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"floe/codec"
	"floe/wasm/client"
)

// record is what a save keeps beside its files until all are there, so that the
// same command goes on where one was broken off. It is a folder for its owner
// alone:
//
//	.floe-<parcel>.part/ends    Unix time at which it is worth nothing any more
//	.floe-<parcel>.part/saved   indices of the files that have their names
//	.floe-<parcel>.part/<blob>  a blob, sealed, that an unfinished file needs
//
// What goes wrong with it never fails a save.
type record struct {
	parent *os.Root
	name   string
	root   *os.Root // nil: it can't be kept
	saved  map[int]bool
	list   *os.File
	kept   atomic.Bool // something is on the shelf, or was saved
}

// openRecord finds or begins the record of what is called key, in a folder.
func openRecord(parent *os.Root, key string, ends time.Time) *record {
	sweep(parent)
	r := &record{parent: parent, name: recordPrefix + key + recordSuffix, saved: make(map[int]bool)}
	if err := parent.Mkdir(r.name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return r
	}
	var err error
	if r.root, err = parent.OpenRoot(r.name); err != nil {
		return r
	}
	known, _ := r.root.ReadFile("saved")
	for line := range strings.Lines(string(known)) {
		if index, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && strings.HasSuffix(line, "\n") {
			r.saved[index] = true
			r.kept.Store(true)
		}
	}
	_ = r.root.WriteFile("ends", fmt.Appendf(nil, "%d\n", ends.Unix()), 0o600)
	r.list, _ = r.root.OpenFile("saved", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return r
}

const (
	recordPrefix = ".floe-"
	recordSuffix = ".part"
)

// sweep throws away records of parcels that are over.
func sweep(parent *os.Root) {
	entries, err := fs.ReadDir(parent.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), recordPrefix) || !strings.HasSuffix(e.Name(), recordSuffix) {
			continue
		}
		b, err := parent.ReadFile(filepath.Join(e.Name(), "ends"))
		if err != nil {
			continue
		}
		if ends, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && time.Now().Unix() >= ends {
			_ = parent.RemoveAll(e.Name())
		}
	}
}

// note notes that a file has its name.
func (r *record) note(index int) {
	if r.list != nil {
		if _, err := fmt.Fprintln(r.list, index); err == nil {
			r.kept.Store(true)
		}
	}
}

// shelf is where blobs are kept; nil: nowhere.
func (r *record) shelf() client.Shelf {
	if r.root == nil {
		return nil
	}
	return &folderShelf{r}
}

// end closes the record, and throws it away unless the save that ended with err
// can be gone on with. It says whether it is left.
func (r *record) end(err error) (left bool) {
	if r.root == nil {
		return false
	}
	if r.list != nil {
		r.list.Close()
	}
	r.root.Close()
	if err != nil && r.kept.Load() && goesOn(err) {
		return true
	}
	_ = r.parent.RemoveAll(r.name)
	return false
}

// goesOn says whether the same command may succeed after err.
func goesOn(err error) bool {
	var e *client.Error
	return errors.Is(err, context.Canceled) || errors.As(err, new(*inTheWay)) || errors.As(err, &e) && (e.Retry || e.Code == client.CodeCancelled) ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// folderShelf is a client.Shelf in a record's folder, a file for each blob.
type folderShelf struct{ *record }

func (s *folderShelf) Load(blob codec.BlobID) ([]byte, error) {
	b, err := s.root.ReadFile(blob.String())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

func (s *folderShelf) Keep(blob codec.BlobID, kept client.Pieces) error {
	tmp := blob.String() + ".new"
	f, err := s.root.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for _, piece := range kept {
		if err == nil {
			_, err = f.Write(piece)
		}
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.root.Rename(tmp, blob.String())
	}
	if err != nil {
		_ = s.root.Remove(tmp)
		return err
	}
	s.kept.Store(true)
	return nil
}

func (s *folderShelf) Drop(blobs []codec.BlobID) error {
	var failed error
	for _, blob := range blobs {
		if err := s.root.Remove(blob.String()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = err
		}
	}
	return failed
}
