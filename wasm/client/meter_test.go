package client

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestMeterTellsSeldom: a page is told more often the faster a send goes, at once
// of a node that goes down, and never more than four times a second of bytes.
func TestMeterTellsSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		m := newMeter(func(Progress) { told++ })
		m.update(func(p *Progress) { *p = Progress{Phase: PhaseSending, Total: 10_000, Nodes: make([]NodeProgress, 3)} })
		send := func(bytes int64) int {
			told = 0
			for range 400 {
				time.Sleep(10 * time.Millisecond)
				m.update(func(p *Progress) { p.Acked += bytes })
			}
			return told
		}
		if n := send(1); n != 4 {
			t.Errorf("slowly, there were %d reports in 4 seconds", n)
		}
		if n := send(20); n != 16 {
			t.Errorf("fast, there were %d reports in 4 seconds", n)
		}
		if n := send(1000); n != 400 {
			t.Errorf("in tenths, there were %d reports for 400", n)
		}
		told = 0
		for _, state := range []NodeState{NodeSending, NodeDown, NodeDown, NodeSending} {
			m.update(func(p *Progress) { p.Nodes[1].State = state })
		}
		if told != 2 {
			t.Errorf("a node went down and came back in %d reports", told)
		}
	})
}
