package client

import (
	"context"
	"errors"
	"fmt"

	"floe/crypto"
	"floe/wasm/client/zip"
)

// archive is the ZIP of the files to send, planned to the byte before any of
// them is read.
type archive struct {
	*zip.Layout
	files []File
}

func planArchive(files []File) (*archive, error) {
	if len(files) == 0 {
		return nil, unsupported("There is nothing to send. Choose at least one file.")
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	entries := make([]zip.Entry, len(files))
	for i, name := range zip.CleanNames(paths) {
		entries[i] = zip.Entry{Name: name, Modified: files[i].Modified, Size: files[i].Size}
	}
	layout, err := zip.NewLayout(entries, crypto.PaddedSize)
	if errors.Is(err, zip.ErrTooMany) {
		return nil, &Error{Code: CodeTooMany, Message: fmt.Sprintf("One parcel holds at most %d files, and fewer if their names are long. Send these in several, or as one archive of your own.", zip.MaxEntries), Err: err}
	}
	return &archive{layout, files}, err
}

// writing explains an error of writing file i, if it is the file's doing.
func (a *archive) writing(i int, err error) error {
	if errors.Is(err, zip.ErrLength) {
		return a.unreadable(i, err)
	}
	return err
}

// unreadable is the error for file i: it can't be read, or has changed. err may
// be nil or an *Error already.
func (a *archive) unreadable(i int, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, zip.ErrLength):
		return altered(quoted(a.Entry(i).Name), err)
	}
	return &Error{
		Code:    CodeFileGone,
		Name:    a.Entry(i).Name,
		Message: fmt.Sprintf("%s can't be read, or changed while it was being sent. Nothing was finished; choose it again.", quoted(a.Entry(i).Name)),
		Err:     err,
	}
}

func quoted(name string) string { return "“" + zip.DisplayName(name) + "”" }

// altered is the error for files that aren't what they were when sending began.
func altered(which string, err error) error {
	return &Error{
		Code:    CodeChanged,
		Message: which + " can't be read as it was when sending began: it has changed. Nothing was finished; send anew.",
		Err:     err,
	}
}

// changedBetween is changed for some bytes of the archive.
func (a *archive) changedBetween(from, to int64, err error) error {
	first, end := a.Span(from, to)
	switch end - first {
	case 0:
		return altered("One of these files", err)
	case 1:
		return altered(quoted(a.Entry(first).Name), err)
	}
	return altered(fmt.Sprintf("%s, %s or a file between them", quoted(a.Entry(first).Name), quoted(a.Entry(end-1).Name)), err)
}
