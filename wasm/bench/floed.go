//go:build !js

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// floed is the real server in a process of its own: relay, ledger and thirteen
// storage nodes, with its data in a folder that goes with it.
type floed struct {
	cmd  *exec.Cmd
	base string
	dir  string
	heap atomic.Int64 // bytes that were alive after the collection that left most
}

// startFloed builds and starts it. There must be room for need bytes on disk.
func startFloed(ctx context.Context, need int64) (f *floed, err error) {
	f = &floed{}
	if f.dir, err = os.MkdirTemp("", "floe-bench-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if err := roomFor(f.dir, need); err != nil {
		return nil, err
	}
	binary := filepath.Join(f.dir, "floed")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "floe/cmd/floed").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("couldn't build floed: %w\n%s", err, out)
	}
	f.cmd = exec.CommandContext(ctx, binary, "-listen", "127.0.0.1:0", "-data", filepath.Join(f.dir, "data"), "-log", "error")
	f.cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	log, err := f.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start floed: %w", err)
	}
	go f.readLog(log)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "floe: ready at "); ok {
			f.base = strings.TrimSuffix(at, "/")
			go io.Copy(io.Discard, out)
			return f, nil
		}
	}
	return nil, errors.New("floed ended before it was ready")
}

// collected is a line of Go's gctrace: heap before, after and alive, in MiB.
var collected = regexp.MustCompile(`^gc \d+ .* \d+->\d+->(\d+) MB,`)

// readLog notes what collections of garbage say and passes on the rest.
func (f *floed) readLog(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		m := collected.FindStringSubmatch(lines.Text())
		if m == nil {
			if !strings.HasPrefix(lines.Text(), "gc ") && !strings.HasPrefix(lines.Text(), "scvg") {
				fmt.Fprintln(os.Stderr, lines.Text())
			}
			continue
		}
		if mib, err := strconv.ParseInt(m[1], 10, 64); err == nil && mib<<20 > f.heap.Load() {
			f.heap.Store(mib << 20)
		}
	}
}

func (f *floed) pids() []int { return []int{f.cmd.Process.Pid} }

// close ends the process and removes its data.
func (f *floed) close() {
	if f.cmd != nil && f.cmd.Process != nil {
		_ = f.cmd.Process.Kill()
		_ = f.cmd.Wait()
	}
	_ = os.RemoveAll(f.dir)
}

// written is how many bytes the process has sent to disks so far.
func (f *floed) written() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", f.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	return fieldOf(string(b), "write_bytes:")
}

// cpu is how much processor time it has taken so far.
func (f *floed) cpu() time.Duration { return cpuOf(f.pids()) }

func fieldOf(text, name string) int64 {
	_, rest, _ := strings.Cut(text, name)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(fields[0], 10, 64)
	return n
}

// roomFor says no where a folder's disk has less than that left.
func roomFor(dir string, need int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("couldn't look at the disk: %w", err)
	}
	if free := int64(s.Bavail) * s.Bsize; free < need {
		return fmt.Errorf("%d MB are free in %s, %d MB are needed; hint: TMPDIR names another disk, or measure a smaller size", free/1e6, dir, need/1e6)
	}
	return nil
}
