package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// dataDir is the directory where everything is kept, held by this process alone.
type dataDir struct {
	path string
	lock io.Closer
}

// openDataDir makes the directory if need be and takes its lock.
func openDataDir(path string) (*dataDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("couldn't make the data directory: %w", err)
	}
	lock, err := vfs.Default.Lock(filepath.Join(path, "lock"))
	if err != nil {
		return nil, fmt.Errorf("couldn't lock %s; does another floed run on it? %w", path, err)
	}
	return &dataDir{path, lock}, nil
}

func (d *dataDir) Close() error { return d.lock.Close() }

// join names something below the directory.
func (d *dataDir) join(parts ...string) string {
	return filepath.Join(append([]string{d.path}, parts...)...)
}

// free is how many bytes the disk has left.
func (d *dataDir) free() (uint64, error) {
	usage, err := vfs.Default.GetDiskUsage(d.path)
	if err != nil {
		return 0, fmt.Errorf("couldn't see how full the disk is: %w", err)
	}
	return usage.AvailBytes, nil
}

// read reads JSON that write wrote; found is false where there is none.
func (d *dataDir) read(to any, parts ...string) (found bool, err error) {
	b, err := os.ReadFile(d.join(parts...))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		return false, fmt.Errorf("couldn't read %s: %w", d.join(parts...), err)
	}
	return true, nil
}

// write writes JSON that only the owner may read. Whatever happens, the file is
// there whole or not at all; once write returns it stays.
func (d *dataDir) write(v any, parts ...string) (err error) {
	path := d.join(parts...)
	defer func() {
		if err != nil {
			err = fmt.Errorf("couldn't write %s: %w", path, err)
		}
	}()
	b, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	parent, err := vfs.Default.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}
