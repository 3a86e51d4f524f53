//go:build !js

package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// sameAsSaved finds what a page saved, which is the file itself or a ZIP of it,
// in the browser's profile, and compares every byte with what was sent.
func sameAsSaved(profile, sent string, size int64) (int64, error) {
	saved := ""
	err := filepath.WalkDir(profile, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil // Chromium removes files while we look
		}
		if info, err := e.Info(); err == nil && info.Size() >= size && info.Size() < size+size/8+1<<16 {
			saved = path
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if saved == "" {
		return 0, errors.New("what was saved isn't in the browser's profile")
	}
	f, err := os.Open(saved)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var got io.Reader = f
	if info, err := f.Stat(); err != nil {
		return 0, err
	} else if z, err := zip.NewReader(f, info.Size()); err == nil && len(z.File) == 1 {
		if got, err = z.File[0].Open(); err != nil {
			return 0, err
		}
	}
	want, err := os.Open(sent)
	if err != nil {
		return 0, err
	}
	defer want.Close()
	return compare(got, want)
}

// compare returns how many bytes two readers have, both the same.
func compare(got, want io.Reader) (n int64, err error) {
	a, b := make([]byte, 1<<20), make([]byte, 1<<20)
	for {
		i, errA := io.ReadFull(got, a)
		j, errB := io.ReadFull(want, b)
		if !bytes.Equal(a[:i], b[:j]) {
			return n, fmt.Errorf("what was saved differs from what was sent within a megabyte from byte %d on", n)
		}
		n += int64(i)
		switch {
		case errA == nil && errB == nil:
		case (errA == io.EOF || errA == io.ErrUnexpectedEOF) && (errB == io.EOF || errB == io.ErrUnexpectedEOF):
			return n, nil
		default:
			return n, errors.Join(errA, errB)
		}
	}
}
