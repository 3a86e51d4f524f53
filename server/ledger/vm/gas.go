package vm

import (
	"floe/codec/suitx"
)

// Sui's numbers.
const (
	gasRounding = 1000 // units of computation are rounded up to
	storageByte = 7600 // MIST per byte stored
	rebateRate  = 9900 // of 10,000 comes back when it is deleted
	objectBytes = 80   // of owner, previous transaction and rebate, as they are counted
	inputUnits  = 5    // for each input object
	stepUnits   = 10   // for each command
	argUnits    = 2    // for each argument
	byteUnits   = 128  // bytes read or written per unit

	maxUnits       = 5_000_000 // whatever the budget
	maxObjectBytes = 250 << 10 // of an object's contents
	maxWritten     = 5_000_000 // bytes of all objects written
	maxNewIDs      = 2048
	maxEvents      = 1024
	maxValues      = 8 << 20 // bytes of all results: a vector may hold copies of what holds copies
)

// meter counts units of computation. What commands do costs about as much as on
// Sui, where the least that is charged covers nearly all of them.
type meter struct {
	price, budget uint64
	units         uint64
}

func newMeter(g suitx.GasData) *meter { return &meter{price: g.Price, budget: g.Budget} }

func (m *meter) charge(units uint64) error {
	m.units += units
	if m.units > maxUnits || m.computation() >= m.budget {
		return fail(suitx.InsufficientGas)
	}
	return nil
}

func (m *meter) chargeInputs(tx Transaction) error {
	var bytes uint64
	for _, in := range tx.Data.Inputs {
		bytes += uint64(len(in.Pure))
	}
	return m.charge(inputUnits*uint64(len(tx.Inputs)+len(tx.Gas)) + bytes/byteUnits)
}

// chargeStep charges a command before it runs, for what it is given.
func (m *meter) chargeStep(s *step, args [][]byte) error {
	units := stepUnits + argUnits*uint64(len(s.args)+len(s.results)) + byteCount(args)/byteUnits
	if s.function != nil {
		units += s.function.Cost
	}
	return m.charge(units)
}

func byteCount(values [][]byte) (n uint64) {
	for _, v := range values {
		n += uint64(len(v))
	}
	return n
}

// computation is what was counted, rounded up, in MIST; never more than the budget.
func (m *meter) computation() uint64 {
	rounded := max(m.units+gasRounding-1, gasRounding) / gasRounding * gasRounding
	if m.price != 0 && rounded > m.budget/m.price {
		return m.budget
	}
	return rounded * m.price
}

// storage is what is paid for objects written and got back for those before.
type storage struct {
	cost, old uint64
}

// rebate is what comes back of old; the rest doesn't.
func (s storage) rebate() uint64 {
	// old*rate fits: all SUI there is makes 1e19 and rebates are far below it.
	hundredths, rest := s.old/10_000, s.old%10_000
	return hundredths*rebateRate + (rest*rebateRate+5_000)/10_000
}

// summary returns the cost, or false if the budget doesn't cover it.
func (m *meter) summary(s storage) (suitx.GasCost, bool) {
	g := suitx.GasCost{Computation: m.computation(), Storage: s.cost, Rebate: s.rebate()}
	g.NonRefundable = s.old - g.Rebate
	return g, g.Rebate >= g.Storage || g.Storage-g.Rebate <= m.budget-g.Computation
}

// storageSize is how many bytes an object is charged for.
func storageSize(o *suitx.Object) uint64 {
	if o.Package != nil {
		return objectBytes + packageSize(o.Package)
	}
	var typ uint64 = 1
	if t := o.Move.Type; !t.Equal(suitx.CoinOf(suitx.SUI())) {
		typ = uint64(len(objectTypeBytes(t)))
	}
	return objectBytes + typ + 1 + 8 + uint64(len(o.Move.Contents))
}

// packageSize is how many bytes a package counts: its names and bytecode, an ID
// with each type, and two with a version for each link.
func packageSize(p *suitx.MovePackage) uint64 {
	n := 8 + 72*len(p.Linkage)
	for _, m := range p.Modules {
		n += len(m.Name) + len(m.Code)
	}
	for _, t := range p.TypeOrigins {
		n += len(t.Module) + len(t.Type) + 32
	}
	return uint64(n)
}

// objectTypeBytes is the BCS of a type as objects hold it: the framework's
// coins have a short form.
func objectTypeBytes(t suitx.StructTag) []byte {
	if t.Is(suitx.FrameworkAddress(2), "coin", "Coin") {
		return append([]byte{3}, t.Params[0].Marshal()...)
	}
	return append([]byte{0}, t.Marshal()...)
}
