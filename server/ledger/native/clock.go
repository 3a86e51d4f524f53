package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// ClockID is the object ID of the clock, which is shared and can't be changed by transactions.
func ClockID() suitx.Address { return suitx.FrameworkAddress(6) }

// Clock is 0x2::clock::Clock.
type Clock struct {
	TimestampMS uint64
}

func (v *Clock) Read(r *bcs.Reader) {
	readAddress(r)
	v.TimestampMS = r.U64()
}

func (v *Clock) Write(w *bcs.Writer) {
	writeAddress(w, ClockID())
	w.U64(v.TimestampMS)
}

func (f *framework) declareClock(p *move.Package) {
	m := p.Module("clock")
	f.clock = m.Struct("Clock", move.Key,
		move.Field{Name: "id", Type: f.uid.Of()}, move.Field{Name: "timestamp_ms", Type: move.U64})
	m.Func("timestamp_ms", move.Params(move.Imm(f.clock.Of())), move.Returns(move.Val(move.U64)), func(c *move.Call) error {
		c.ReturnBytes(c.Args[0][32:])
		return nil
	})
}

// Clock returns the clock as an object.
func (w *World) Clock(ms uint64) move.Object {
	return move.Object{Type: w.framework.clock.Tag(), Contents: move.Marshal(&Clock{ms})}
}
