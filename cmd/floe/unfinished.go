package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"floe/wasm/client"
)

// unfinished is a sending that was interrupted: the command as it was given, and
// what client goes on from. It holds the link's secret, and lies where the
// identity does.
type unfinished struct {
	Dir       string   `json:"dir"`       // where the command was given
	Arguments []string `json:"arguments"` // of floe send
	Server    string   `json:"server"`    // that it was over; "" without one
	Index     uint32   `json:"index"`     // of the parcel's key
	State     []byte   `json:"state"`

	entries int    // that were written
	again   bool   // it is gone on with
	release func() // lets others send it
}

// over notes which server was meant, whatever FLOE_SERVER says later.
func (u *unfinished) over(s *session) {
	if s.direct == nil {
		u.Server = s.base
	}
}

// keep returns a journal that is kept in the device's home.
func (u *unfinished) keep(h *home) func([]byte) error {
	return func(state []byte) error {
		u.State = state
		u.entries++
		b, err := json.Marshal(u)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(h.unfinishedDir(), 0o700); err != nil {
			return err
		}
		return replace(h.unfinishedFile(u.Index), b)
	}
}

// errLocked says that another process is sending a parcel.
var errLocked = errors.New("another floe is sending this")

// hold has no other process send it until end: two that went on from the same
// place could each seal other bytes there, under one key and nonce.
func (u *unfinished) hold(h *home) (err error) {
	if u.release != nil {
		return nil
	}
	if err := os.MkdirAll(h.unfinishedDir(), 0o700); err != nil {
		return fmt.Errorf("couldn't keep a note of what is sent: %w", err)
	}
	if u.release, err = lock(h.lockFile(u.Index)); err != nil && !errors.Is(err, errLocked) {
		err = fmt.Errorf("couldn't keep a note of what is sent: %w", err)
	}
	return err
}

// end drops what is kept of a sending that has ended well, or that nobody can go
// on with, or that has cost nothing yet; else the error says how to go on.
func (u *unfinished) end(c *console, h *home, err error) error {
	defer u.release()
	hopeless := slices.Contains([]client.Code{client.CodeChanged, client.CodeExpired}, client.CodeOf(err))
	if err != nil && !hopeless && (u.again || u.entries > 1) {
		return &unfinishedError{err, h.unfinishedFile(u.Index)}
	}
	_ = os.Remove(h.lockFile(u.Index))
	if err := os.Remove(h.unfinishedFile(u.Index)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(c.err, "floe: the note of how far this has come couldn't be removed: %v\n", err)
	}
	return err
}

// unfinishedError is why a sending was interrupted that can be gone on with.
type unfinishedError struct {
	error
	file string
}

func (e *unfinishedError) Unwrap() error { return e.error }

func (e *unfinishedError) hint() string {
	return "what the storage nodes hold isn't lost: floe send -continue goes on from here; to give it up, remove " + e.file
}

func (h *home) unfinishedDir() string { return filepath.Join(h.dir, "unfinished") }

func (h *home) unfinishedFile(index uint32) string {
	return filepath.Join(h.unfinishedDir(), strconv.FormatUint(uint64(index), 10))
}

func (h *home) lockFile(index uint32) string { return h.unfinishedFile(index) + ".lock" }

// lastUnfinished reads the sending that was begun last of those that nobody
// sends any more, and holds it.
func (h *home) lastUnfinished() (*unfinished, error) {
	entries, err := os.ReadDir(h.unfinishedDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("couldn't look for what is unfinished: %w", err)
	}
	var begun []uint32
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 31); err == nil {
			begun = append(begun, uint32(n))
		}
	}
	slices.Sort(begun)
	err = errors.New("nothing is unfinished")
	for _, index := range slices.Backward(begun) {
		u := &unfinished{Index: index, again: true}
		if err = u.hold(h); err == nil {
			return u, u.read(h.unfinishedFile(index))
		}
		if !errors.Is(err, errLocked) {
			break
		}
	}
	return nil, err
}

func (u *unfinished) read(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("couldn't read what is unfinished: %w", err)
	}
	if err := json.Unmarshal(b, u); err != nil {
		return fmt.Errorf("couldn't read %s: %w", file, err)
	}
	return nil
}

// goOn gives the command again that was interrupted last.
func goOn(ctx context.Context, c *console) error {
	h, err := openHome()
	if err != nil {
		return err
	}
	u, err := h.lastUnfinished()
	if err != nil {
		return err
	}
	if err := os.Chdir(u.Dir); err != nil {
		return fmt.Errorf("couldn't go to where this was begun: %w", err)
	}
	cmd, err := parseSend(c, u.Arguments)
	if err != nil {
		return err
	}
	if u.Server != "" {
		cmd.way.server = u.Server
	}
	return cmd.run(ctx, c, u)
}
