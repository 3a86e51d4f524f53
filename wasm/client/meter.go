package client

import (
	"math"
	"slices"
	"sync"
	"time"
)

// Phase names what is going on, for people.
type Phase string

// Phases of Send, in order, then those of reading.
const (
	PhaseSealing    Phase = "sealing"
	PhaseConfirming Phase = "confirming" // by the wallet's owner, where a wallet pays
	PhaseSending    Phase = "sending"
	PhaseCertifying Phase = "certifying"
	PhaseReady      Phase = "ready"

	PhaseOpening Phase = "opening"
	PhaseReading Phase = "reading"
	PhaseWaiting Phase = "waiting" // too few nodes answer; it goes on by itself
)

// NodeState says what a node is doing.
type NodeState string

// States of a node.
const (
	NodeIdle    NodeState = "idle"
	NodeSending NodeState = "sending"
	NodeDone    NodeState = "done"
	NodeDown    NodeState = "down"
)

// NodeProgress is one node's part.
type NodeProgress struct {
	Index int
	Name  string
	Acked int64 // bytes that it has acknowledged, or given
	Total int64
	State NodeState
}

// Progress is how far something has come.
type Progress struct {
	Phase   Phase
	Acked   int64         // bytes acknowledged by nodes, or opened and checked
	Total   int64         // less what was left behind for nodes that are down
	Rate    float64       // bytes a second
	ETA     time.Duration // counts if HasETA
	HasETA  bool
	Have    int // PhaseWaiting: slivers at hand …
	Need    int // … of those needed
	Nodes   []NodeProgress
	Message string // for people; "" if there is nothing to say
	Thin    bool   // the line is so slow that sending light would spare much waiting
}

const (
	reportEvery = 250 * time.Millisecond // at most, if there is another hundredth; else …
	reportSlow  = time.Second            // … each report has a page drawn anew
	etaAfter    = 3 * time.Second
	rateWindow  = 3 * time.Second // how fast the rate follows
)

// meter gathers progress from many goroutines and reports it at most four times
// a second, or once where there is little to tell, and at once when the phase, the
// message or what is known of nodes that are down changes, or a tenth more is done.
type meter struct {
	report func(Progress) // may be nil; never called twice at a time
	heavy  bool           // slivers are sent, and needn't be

	mu       sync.Mutex
	now      Progress
	started  time.Time // first byte of this phase
	sampled  time.Time
	since    int64 // bytes since sampled
	reported time.Time
	shown    int64 // bytes acknowledged by then
}

func newMeter(report func(Progress)) *meter { return &meter{report: report} }

// update changes the progress under lock and reports it if it is time to.
func (m *meter) update(change func(*Progress)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, downBefore := m.now, down(m.now.Nodes)
	change(&m.now)
	now := time.Now()
	if m.now.Phase != before.Phase {
		m.started, m.sampled, m.since = now, now, 0
		m.now.Rate, m.now.HasETA = 0, false
	}
	m.since += max(0, m.now.Acked-before.Acked)
	m.sample(now)
	turned := m.now.Phase != before.Phase || m.now.Message != before.Message || down(m.now.Nodes) != downBefore
	if m.report == nil || !turned && !m.due(now) {
		return
	}
	m.reported, m.shown = now, m.now.Acked
	out := m.now
	out.Nodes = slices.Clone(m.now.Nodes)
	m.report(out)
}

// due says whether there is enough to tell. A tenth of all is told at once: it may
// be the last that comes for long.
func (m *meter) due(now time.Time) bool {
	since, news := now.Sub(m.reported), m.now.Acked-m.shown
	return since >= reportSlow || since >= reportEvery && 100*news >= m.now.Total || news > 0 && 10*news >= m.now.Total
}

// down counts nodes that are.
func down(nodes []NodeProgress) (n int) {
	for _, p := range nodes {
		if p.State == NodeDown {
			n++
		}
	}
	return n
}

// sample folds the bytes since the last sample into the rate, as an average
// that forgets what is older than rateWindow.
func (m *meter) sample(now time.Time) {
	span := now.Sub(m.sampled)
	if span < 250*time.Millisecond {
		return
	}
	weight := 1 - math.Exp(-float64(span)/float64(rateWindow))
	if m.now.Rate == 0 {
		weight = 1
	}
	m.now.Rate += weight * (float64(m.since)/span.Seconds() - m.now.Rate)
	m.sampled, m.since = now, 0
	m.now.HasETA = m.now.Rate > 0 && now.Sub(m.started) >= etaAfter
	if m.now.HasETA {
		left := max(0, m.now.Total-m.now.Acked)
		m.now.ETA = time.Duration(float64(left) / m.now.Rate * float64(time.Second))
	}
	if m.heavy && thin(&m.now, now.Sub(m.started)) {
		m.now.Thin = true
	}
}

func (m *meter) phase(p Phase, message string) {
	m.update(func(now *Progress) { now.Phase, now.Message = p, message })
}

func (m *meter) say(message string) {
	m.update(func(now *Progress) { now.Message = message })
}
