//go:build !js

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sampleEvery is how often memory is looked at.
const sampleEvery = 200 * time.Millisecond

// memoryWatch follows what some processes have in memory together.
type memoryWatch struct {
	pids func() []int
	stop chan struct{}
	done sync.WaitGroup

	Base    int64   // bytes when it began
	Peak    int64   // most since
	Samples []int64 // all since
}

func watchMemory(pids func() []int) *memoryWatch {
	w := &memoryWatch{pids: pids, stop: make(chan struct{})}
	w.Base = residentOf(pids())
	w.Peak = w.Base
	w.done.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
				now := residentOf(w.pids())
				w.Peak, w.Samples = max(w.Peak, now), append(w.Samples, now)
			}
		}
	})
	return w
}

// end stops it; only then may the figures be read.
func (w *memoryWatch) end() *memoryWatch {
	close(w.stop)
	w.done.Wait()
	return w
}

// tenths is the most in each tenth of the time, in MiB: what doesn't grow is flat.
func (w *memoryWatch) tenths() []int64 {
	var most []int64
	for i := range 10 {
		part := w.Samples[len(w.Samples)*i/10 : len(w.Samples)*(i+1)/10]
		if len(part) > 0 {
			most = append(most, slices.Max(part)>>20)
		}
	}
	return most
}

// residentOf is what processes have in memory (VmRSS). Those that have ended have nothing.
func residentOf(pids []int) (sum int64) {
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err == nil {
			sum += fieldOf(string(b), "VmRSS:") << 10
		}
	}
	return sum
}

// cpuOf is how much processor time processes have taken so far.
func cpuOf(pids []int) time.Duration {
	var ticks int64 // of a hundredth of a second
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			continue
		}
		for _, v := range fields[11:13] { // user, then system
			n, _ := strconv.ParseInt(v, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// descendants finds the processes below one whose command line has a word, and
// of those the ones of some type as Chromium names it; "" for all.
func descendants(word, kind string) (pids []int) {
	lines := map[int]string{}
	parents := map[int]int{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		status, err := os.ReadFile(filepath.Join(dir, "status"))
		if err == nil && len(line) > 0 {
			lines[pid], parents[pid] = string(line), int(fieldOf(string(status), "PPid:"))
		}
	}
	for pid, line := range lines {
		if kind != "" && !strings.Contains(line, "--type="+kind) {
			continue
		}
		for at := pid; at > 1; at = parents[at] {
			if strings.Contains(lines[at], word) {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}
