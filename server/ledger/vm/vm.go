package vm

import (
	"errors"
	"fmt"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Objects is the state before the transaction. Object returns the latest
// version of an object, or nil if there is none.
type Objects interface {
	Object(id suitx.Address) (*suitx.Object, error)
}

// Env is what all transactions of an epoch share.
type Env struct {
	Packages          *move.Packages
	Objects           Objects
	Epoch             uint64
	EpochStartMS      uint64
	ReferenceGasPrice uint64
}

// Transaction is a transaction with what it names.
type Transaction struct {
	Data     *suitx.TransactionData
	Digest   suitx.Digest
	Inputs   []*suitx.Object // by index of Data.Inputs; nil for pure ones
	Gas      []*suitx.Object // the payment; its first is the gas coin
	Packages []*suitx.Object // whose functions are called

	// Trusting lets private functions be called, any bytes be given as pure and
	// any result be left over: for simulations without checks.
	Trusting bool
	// Trace collects what commands return and change.
	Trace bool
}

// Outcome is what a transaction did.
type Outcome struct {
	Effects *suitx.Effects
	Events  []suitx.Event
	Inputs  []*suitx.Object // all that were read or changed, as they were
	Written []*suitx.Object // as they became, ascending by ID
	Removed []Removal

	Published []Published // packages, which are among Written too
	Balances  []BalanceChange
	Results   []CommandResult // with Trace
}

// Published is a package that a transaction made.
type Published struct {
	Code   *move.Package
	Object *suitx.MovePackage
}

// Removal is an object that is no longer there by itself.
type Removal struct {
	ID      suitx.Address
	Wrapped bool // into another object, instead of deleted
}

// CommandResult holds what a command returned and which arguments it changed.
type CommandResult struct {
	Returned []TypedValue
	Mutated  []MutatedArgument
}

// TypedValue is a value with its type.
type TypedValue struct {
	Type suitx.TypeTag
	BCS  []byte
}

// MutatedArgument is an argument after a command changed it by &mut.
type MutatedArgument struct {
	Argument suitx.Argument
	TypedValue
}

// Run executes tx. An error means that the state or the code here is broken,
// never that the transaction failed.
func Run(env Env, tx Transaction) (*Outcome, error) {
	m := &machine{env: env, tx: tx, meter: newMeter(tx.Data.Gas), session: newSession(env.Objects)}
	m.session.sender, m.session.digest = tx.Data.Sender, tx.Digest
	for i, o := range tx.Inputs {
		if m.isReceiving(i) {
			m.session.receivable(o)
		}
	}
	if len(tx.Gas) == 0 {
		return nil, errors.New("transaction without a gas coin")
	}
	err := m.execute()
	var f *failure
	if err != nil && !errors.As(err, &f) {
		return nil, fmt.Errorf("couldn't execute %s: %w", tx.Digest, err)
	}
	return m.finish(f)
}

// machine runs one transaction.
type machine struct {
	env     Env
	tx      Transaction
	meter   *meter
	session *session
	program *program
	values  values
	results []CommandResult

	produced uint64 // bytes of all results
}

// execute checks and runs all commands; a *failure is the transaction's own.
func (m *machine) execute() (err error) {
	if err := m.meter.chargeInputs(m.tx); err != nil {
		return err
	}
	if m.program, err = m.typeProgram(); err != nil {
		return err
	}
	for _, check := range []func() error{m.checkInputs, m.checkCalls, m.checkMemory} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := m.load(); err != nil {
		return err
	}
	for i := range m.program.steps {
		if err := m.step(&m.program.steps[i]); err != nil {
			return atCommand(err, i)
		}
	}
	return m.settle()
}
