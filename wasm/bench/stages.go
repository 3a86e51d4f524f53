//go:build !js

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// stage is how fast one part of an upload goes, alone or all together.
type stage struct {
	Stage      string  `json:"stage"`
	Bytes      int64   `json:"bytes"`
	Seconds    float64 `json:"seconds"`
	MBps       float64 `json:"mbps"`
	ServerRSS  int64   `json:"server_peak_mib,omitempty"` // relay, ledger and thirteen nodes in one process
	ServerHeap int64   `json:"server_heap_mib,omitempty"` // most that a collection left alive
	ServerCPU  float64 `json:"server_cpu_seconds,omitempty"`
	Written    int64   `json:"server_wrote_mb,omitempty"`
	Tenths     []int64 `json:"server_mib_over_time,omitempty"`
}

func newStage(name string, bytes int64, took time.Duration) stage {
	return stage{Stage: name, Bytes: bytes, Seconds: round(took.Seconds()), MBps: round(float64(bytes) / 1e6 / took.Seconds())}
}

// runRelay measures relay and nodes alone, over size bytes of ciphertext in
// portions that fit into memory.
func runRelay(ctx context.Context, size int64, out io.Writer) (stage, error) {
	f, err := startFloed(ctx, size*6+1<<30)
	if err != nil {
		return stage{}, err
	}
	defer f.close()
	s, err := newSender(ctx, f.base)
	if err != nil {
		return stage{}, err
	}
	memory := watchMemory(f.pids)
	var took, cpu time.Duration
	for done := int64(0); done < size; done += prepared {
		loads, err := s.prepare(min(size-done, prepared))
		if err == nil {
			err = s.register(ctx, loads)
		}
		if err != nil {
			return stage{}, err
		}
		before := f.cpu()
		d, err := s.relay(ctx, loads)
		if err != nil {
			return stage{}, err
		}
		took, cpu = took+d, cpu+f.cpu()-before
	}
	memory.end()
	line := newStage("relay and nodes", size, took)
	line.ServerRSS, line.ServerHeap, line.Tenths = memory.Peak>>20, f.heap.Load()>>20, memory.tenths()
	line.ServerCPU, line.Written = round(cpu.Seconds()), f.written()/1e6
	return line, json.NewEncoder(out).Encode(line)
}

func measureRelay(ctx context.Context, size string, out io.Writer) error {
	n, err := parseSize(size)
	if err != nil {
		return err
	}
	_, err = runRelay(ctx, n, out)
	return err
}

// parseSize reads 1GiB, 512MiB, 64KiB or a number of bytes.
func parseSize(s string) (int64, error) {
	number, shift := s, 0
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			number, shift = n, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q isn't a size such as 1GiB", s)
	}
	return n << shift, nil
}
