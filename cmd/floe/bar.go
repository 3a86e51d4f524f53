package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"floe/wasm/client"
)

// bar shows progress on one line of a terminal; on anything else it shows none.
type bar struct {
	mu    sync.Mutex
	out   io.Writer
	on    bool // out is a terminal, and the bar wasn't ended
	width int  // of what is shown
	thin  bool // that the line is was said
}

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	return &bar{out: w, on: ok && term.IsTerminal(int(f.Fd()))}
}

var phases = map[client.Phase]string{
	client.PhaseSealing:    "encrypting",
	client.PhaseSending:    "sending",
	client.PhaseCertifying: "having it confirmed",
	client.PhaseReady:      "ready",
	client.PhaseOpening:    "looking",
	client.PhaseReading:    "opening",
	client.PhaseWaiting:    "waiting",
}

func (b *bar) show(p client.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.on {
		return
	}
	if p.Thin && !b.thin {
		b.thin = true
		b.clear()
		fmt.Fprintln(b.out, "This connection is slow. Next time, floe send -light uploads everything once, about a quarter of this, and has the server encode it; it can't open it either way.")
	}
	line := phases[p.Phase]
	if p.Total > 0 && (p.Phase == client.PhaseSending || p.Phase == client.PhaseReading) {
		line += fmt.Sprintf("  %d %%", 100*p.Acked/p.Total)
		if p.Rate > 0 {
			line += fmt.Sprintf("  %s/s", client.HumanSize(int64(p.Rate)))
		}
		if p.HasETA {
			line += fmt.Sprintf("  %s left", p.ETA.Round(time.Second))
		}
	}
	if p.Message != "" {
		line += "  " + p.Message
	} else if down := downNodes(p.Nodes); down > 0 {
		line += fmt.Sprintf("  (%d of %d nodes aren't answering)", down, len(p.Nodes))
	}
	shown := len([]rune(line))
	fmt.Fprint(b.out, "\r", line, strings.Repeat(" ", max(0, b.width-shown)))
	b.width = shown
}

// say puts a line above the bar.
func (b *bar) say(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	fmt.Fprintln(b.out, line)
}

// wipe makes room for a question.
func (b *bar) wipe() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
}

// end clears the bar for good.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	b.on = false
}

func (b *bar) clear() {
	if b.width > 0 {
		fmt.Fprint(b.out, "\r", strings.Repeat(" ", b.width), "\r")
	}
	b.width = 0
}

func downNodes(nodes []client.NodeProgress) (n int) {
	for _, node := range nodes {
		if node.State == client.NodeDown {
			n++
		}
	}
	return n
}
