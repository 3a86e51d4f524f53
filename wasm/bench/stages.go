//go:build !js

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
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
	f.heap.Store(0) // what starting took isn't what relaying takes
	memory := watchMemory(f.pids)
	var took, cpu, readTook, readCPU time.Duration
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
		before = f.cpu()
		if d, err = s.read(ctx, loads); err != nil {
			return stage{}, err
		}
		readTook, readCPU = readTook+d, readCPU+f.cpu()-before
	}
	memory.end()
	back := newStage("reading back", size, readTook)
	back.ServerCPU = round(readCPU.Seconds())
	if err := json.NewEncoder(out).Encode(back); err != nil {
		return stage{}, err
	}
	line := newStage("relay and nodes", size, took)
	line.ServerRSS, line.ServerHeap, line.Tenths = memory.Peak>>20, f.heap.Load()>>20, memory.tenths()
	line.ServerCPU, line.Written = round(cpu.Seconds()), f.written()/1e6
	return line, json.NewEncoder(out).Encode(line)
}

// runBig sends a file of that size from a page and opens it in another. Only what
// asks for it opens.
func runBig(ctx context.Context, size int64, light, opens bool, out io.Writer) (sent passage, err error) {
	f, err := startFloed(ctx, size*8+1<<30)
	if err != nil {
		return sent, err
	}
	defer f.close()
	path, err := makeFile(f.dir, size)
	if err != nil {
		return sent, err
	}
	sender, err := newTraveller(ctx, f, "/", size)
	if err != nil {
		return sent, err
	}
	sent, link, err := sender.send(path, size, light)
	sender.close()
	if err != nil {
		return sent, err
	}
	lines := json.NewEncoder(out)
	if err := lines.Encode(sent); err != nil || !opens {
		return sent, err
	}
	recipient, err := newTraveller(ctx, f, "/open", size)
	if err != nil {
		return sent, err
	}
	defer recipient.close()
	opened, err := recipient.open(link, path, size)
	if err != nil {
		return sent, err
	}
	return sent, lines.Encode(opened)
}

// runUpload measures the stages of an upload alone, then all of it, and says what
// part of the slowest stage's speed the whole has.
func runUpload(ctx context.Context, size int64, light bool, rounds int, out io.Writer) error {
	lines := json.NewEncoder(out)
	alone, err := runEngine(ctx, rounds)
	if err != nil {
		return err
	}
	for _, line := range alone {
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	relay, err := runRelay(ctx, size, out)
	if err != nil {
		return err
	}
	whole, err := runBig(ctx, size, light, false, out)
	if err != nil {
		return err
	}
	slowest := relay
	for _, line := range alone {
		if line.MBps < slowest.MBps {
			slowest = line
		}
	}
	return lines.Encode(struct {
		Name    string  `json:"name"`
		Bytes   int64   `json:"bytes"`
		Slowest string  `json:"slowest"`
		Alone   float64 `json:"slowest_mbps"`
		Whole   float64 `json:"whole_mbps"`
		Ratio   float64 `json:"ratio"`
		Busy    float64 `json:"processors_busy"`
		Light   bool    `json:"light,omitempty"`
	}{"upload", size, slowest.Stage, slowest.MBps, whole.MBps, round(whole.MBps / slowest.MBps), whole.Busy, light})
}

// runEngine takes the page's engine alone, with as many workers as it has.
func runEngine(ctx context.Context, rounds int) (lines []stage, err error) {
	s, err := newSite()
	if err != nil {
		return nil, err
	}
	defer s.close()
	b, err := startBrowser(ctx, s.url())
	if err != nil {
		return nil, err
	}
	defer b.close()
	workers := min(runtime.NumCPU(), 2)
	for _, m := range []measure{{Name: "seal", Bytes: 64 << 20, Workers: 1}, {Name: "encode", NShards: 104, Bytes: 64 << 20, Workers: workers}} {
		if err := b.measure(&m, rounds); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		lines = append(lines, newStage(m.Name, int64(m.Bytes), time.Duration(float64(m.Bytes)/1e6/m.Ours*float64(time.Second))))
	}
	return lines, nil
}

// runSized is what the flags ask for that name a size.
func runSized(ctx context.Context, size string, relay, upload, light bool, rounds int, out io.Writer) error {
	n, err := parseSize(size)
	switch {
	case err != nil:
	case relay:
		_, err = runRelay(ctx, n, out)
	case upload:
		err = runUpload(ctx, n, light, rounds, out)
	default:
		_, err = runBig(ctx, n, light, true, out)
	}
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
