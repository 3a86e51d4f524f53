//go:build !js

// Bench compares what the page's engine does with what the official npm packages
// do, side by side in one headless Chromium:
//
//	go run ./wasm/bench [-quick] [-rounds N] [-only NAME]
//
// It prints a JSON line for each case, with medians over the rounds, in which
// both take turns in the same worker on the same bytes:
//
//	{"name":"encode","n_shards":1000,"bytes":67108864,"workers":1,"ours_mbps":…,"peer_mbps":…,"ratio":…}
//
// With two workers ours encodes by the crew that the page has (floe/wasm/crew);
// the peer knows one. encode and decode are held against @mysten/walrus-wasm, whose
// slivers must be equal to ours byte by byte, in an array each; those that are
// parts of the blob ours puts there while it makes the others. decode is from
// primary slivers that hold nothing of the blob, and ours verifies all of them
// besides. seal and open are held
// against age-encryption, which returns new arrays; ours, like the page, works
// piece by piece and fills arrays that are there. A megabyte is 10^6 bytes.
//
// What a whole upload is made of, and what it takes of memory, is measured with a
// floed and a Chromium of their own, on disk:
//
//	go run ./wasm/bench -upload 1GiB   # sealing, encoding, relay and nodes each alone, then all of it
//	go run ./wasm/bench -big 4GiB      # send from a page, open in another: memory of pages and server
//	go run ./wasm/bench -relay 1GiB    # relay and nodes alone
//
// With -light the page uploads the parcel once, and the server makes the slivers.
// Memory is looked at five times a second. That of a page is what Chromium's
// renderers have (VmRSS) above what they had with the page at rest; the server's is
// that of the one process with relay, ledger and thirteen nodes. Six times the size
// must be free on disk, for -big eight times.
//
// It needs Chromium and .ci/node_modules (cd .ci && npm ci).
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// measure is one case and what came of it.
type measure struct {
	Name    string  `json:"name"`
	NShards int     `json:"n_shards,omitempty"`
	Bytes   int     `json:"bytes"`
	Workers int     `json:"workers"`
	Ours    float64 `json:"ours_mbps"`
	Peer    float64 `json:"peer_mbps"`
	Ratio   float64 `json:"ratio"`
}

func cases(quick bool) []measure {
	if quick {
		return []measure{
			{Name: "encode", NShards: 104, Bytes: 4 << 20, Workers: 1},
			{Name: "encode", NShards: 104, Bytes: 4 << 20, Workers: 2},
			{Name: "decode", NShards: 104, Bytes: 4 << 20},
			{Name: "seal", Bytes: 4 << 20},
			{Name: "open", Bytes: 4 << 20},
		}
	}
	return []measure{
		{Name: "encode", NShards: 1000, Bytes: 64 << 20, Workers: 1},
		{Name: "encode", NShards: 1000, Bytes: 64 << 20, Workers: 2},
		{Name: "encode", NShards: 1000, Bytes: 1 << 20, Workers: 1},
		{Name: "encode", NShards: 1000, Bytes: 1 << 20, Workers: 2},
		{Name: "encode", NShards: 104, Bytes: 64 << 20, Workers: 1},
		{Name: "encode", NShards: 104, Bytes: 64 << 20, Workers: 2},
		{Name: "decode", NShards: 1000, Bytes: 64 << 20},
		{Name: "decode", NShards: 104, Bytes: 16 << 20},
		{Name: "seal", Bytes: 64 << 20},
		{Name: "open", Bytes: 64 << 20},
	}
}

func main() {
	quick := flag.Bool("quick", false, "small sizes: whether it works, not how fast it is")
	rounds := flag.Int("rounds", 5, "how `often` each side runs")
	only := flag.String("only", "", "the cases of that `name` alone")
	relay := flag.String("relay", "", "measure relay and nodes alone instead, with that `size`, such as 1GiB")
	upload := flag.String("upload", "", "measure the stages of an upload of that `size` instead, then the whole")
	big := flag.String("big", "", "send a file of that `size` from a page and open it in another instead, and watch their memory and the server's")
	light := flag.Bool("light", false, "with -upload and -big, upload the parcel once and let the server make the slivers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch size := cmp.Or(*relay, *upload, *big); {
	case size != "":
		err = runSized(ctx, size, *relay != "", *upload != "", *light, *rounds, os.Stdout)
	default:
		err = run(ctx, *quick, *rounds, *only, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, quick bool, rounds int, only string, out io.Writer) (err error) {
	if rounds < 1 {
		return errors.New("-rounds must be at least 1")
	}
	s, err := newSite()
	if err != nil {
		return err
	}
	defer s.close()
	b, err := startBrowser(ctx, s.url())
	if err != nil {
		return err
	}
	defer b.close()
	lines := json.NewEncoder(out)
	for _, m := range cases(quick) {
		if only != "" && m.Name != only {
			continue
		}
		m.Workers = max(m.Workers, 1)
		if err := b.measure(&m, rounds); err != nil {
			return fmt.Errorf("%s of %d bytes for %d shards: %w", m.Name, m.Bytes, m.NShards, err)
		}
		if err := lines.Encode(m); err != nil {
			return err
		}
	}
	return nil
}

// result is what a worker answers, in milliseconds.
type result struct {
	Ours, Peer []float64
	Same       bool
	Error      string
}

func (m *measure) take(r result) error {
	if r.Error != "" {
		return errors.New(r.Error)
	}
	if !r.Same {
		return errors.New("ours and the peer disagree")
	}
	ours, peer := median(r.Ours), median(r.Peer)
	speed := func(ms float64) float64 { return float64(m.Bytes) / 1e3 / ms }
	m.Ours, m.Peer, m.Ratio = round(speed(ours)), round(speed(peer)), round(peer/ours)
	return nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }
