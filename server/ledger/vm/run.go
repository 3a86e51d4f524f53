package vm

import (
	"encoding/binary"
	"errors"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// values hold what is at each location; nil once it moved.
type values struct {
	gas     []byte
	inputs  [][]byte
	pures   [][]byte
	results [][][]byte
}

func (v *values) at(l location) *[]byte {
	switch l.source {
	case fromGas:
		return &v.gas
	case fromInput:
		return &v.inputs[l.i]
	case fromPure:
		return &v.pures[l.i]
	}
	return &v.results[l.i][l.j]
}

// load puts inputs in their places. Of the gas coin, what the budget may take
// isn't to be had by commands.
func (m *machine) load() error {
	v := &m.values
	v.inputs = make([][]byte, len(m.tx.Inputs))
	for i, o := range m.tx.Inputs {
		if o != nil && o.Move != nil && !m.isReceiving(i) {
			v.inputs[i] = o.Move.Contents
		}
	}
	for _, p := range m.program.pures {
		v.pures = append(v.pures, p.bytes)
	}
	total, err := m.smash()
	if err != nil {
		return err
	}
	v.gas = coinBytes(m.tx.Gas[0].ID(), total-m.meter.budget)
	return nil
}

// isReceiving says whether input i is an object to receive.
func (m *machine) isReceiving(i int) bool { return m.tx.Data.Inputs[i].Object.Kind == suitx.Receiving }

// smash merges the payment into its first coin.
func (m *machine) smash() (total uint64, err error) {
	for i, o := range m.tx.Gas {
		balance := coinBalance(o.Move.Contents)
		if total+balance < total {
			return 0, errors.New("the payment is more than there is")
		}
		total += balance
		if i > 0 {
			m.session.DeleteID(o.ID())
		}
	}
	if total < m.meter.budget {
		return 0, fmt.Errorf("payment of %d is below the budget of %d", total, m.meter.budget)
	}
	return total, nil
}

func (m *machine) step(s *step) error {
	var trace CommandResult
	var results [][]byte
	args := m.take(s)
	err := m.meter.chargeStep(s, args)
	if err != nil {
		return err
	}
	children := m.session.bytes
	switch c := s.command.(type) {
	case *suitx.MoveCall:
		results, err = m.call(s, args)
	case *suitx.TransferObjects:
		err = m.transfer(s, args)
	case *suitx.SplitCoins:
		results, err = m.split(args)
	case *suitx.MergeCoins:
		err = m.merge(args)
	case *suitx.MakeMoveVec:
		results, err = makeVec(args)
	case *suitx.Publish:
		results, err = m.publish(c)
	case *suitx.Upgrade:
		results, err = m.upgrade(c, args[0])
	}
	if err == nil {
		err = m.limit(results, children)
	}
	if err != nil {
		return err
	}
	m.putBack(s, args, &trace)
	m.values.results = append(m.values.results, results)
	for i, r := range results {
		trace.Returned = append(trace.Returned, TypedValue{s.results[i], r})
	}
	if m.tx.Trace {
		m.results = append(m.results, trace)
	}
	return nil
}

// limit charges what a command touched beyond its arguments and bounds what all
// commands make. Sui says no more than that memory ran out.
func (m *machine) limit(results [][]byte, childrenBefore int) error {
	m.produced += byteCount(results)
	if m.produced > maxValues || m.session.tooMany() {
		return fail(suitx.MovePrimitiveRuntimeError)
	}
	return m.meter.charge((byteCount(results) + uint64(m.session.bytes-childrenBefore)) / byteUnits)
}

// take gets a command's arguments; those that move are no longer where they were.
func (m *machine) take(s *step) [][]byte {
	args := make([][]byte, len(s.args))
	for i, u := range s.args {
		at := m.values.at(u.at)
		args[i] = *at
		if u.mode == byMove {
			*at = nil
			m.noteShared(u.at)
		}
	}
	return args
}

// noteShared notes that a shared object was taken.
func (m *machine) noteShared(at location) {
	if at.source != fromInput {
		return
	}
	if o := m.tx.Inputs[at.i]; o.Owner.Kind == suitx.SharedOwner {
		m.session.shared[o.ID()] = true
	}
}

// putBack writes what a command changed by &mut.
func (m *machine) putBack(s *step, args [][]byte, trace *CommandResult) {
	for i, u := range s.args {
		if u.mode != byMut {
			continue
		}
		*m.values.at(u.at) = args[i]
		trace.Mutated = append(trace.Mutated, MutatedArgument{u.from, TypedValue{u.typ, args[i]}})
	}
}

func (m *machine) call(s *step, args [][]byte) ([][]byte, error) {
	m.session.calling = s.function.Module
	c := &move.Call{Function: s.function, TypeArgs: s.typeArgs, Args: args, Context: m.context(),
		State: m.session, Children: m.session, Packages: m.env.Packages}
	err := s.function.Run(c)
	if c.Fault() != nil {
		return nil, c.Fault()
	}
	if m.session.fault != nil {
		return nil, m.session.fault
	}
	if err != nil {
		return nil, aborted(err)
	}
	if len(c.Results) != len(s.results) {
		return nil, fmt.Errorf("%s::%s returned %d results", s.function.Module.Name, s.function.Name, len(c.Results))
	}
	return c.Results, nil
}

func (m *machine) context() move.Context {
	x := move.Context{Sender: m.tx.Data.Sender, Digest: m.tx.Digest, Epoch: m.env.Epoch,
		EpochStartMS: m.env.EpochStartMS, GasPrice: m.tx.Data.Gas.Price, ReferenceGasPrice: m.env.ReferenceGasPrice}
	if owner := m.tx.Data.Gas.Owner; owner != m.tx.Data.Sender {
		x.Sponsor = &owner
	}
	return x
}

func (m *machine) transfer(s *step, args [][]byte) error {
	last := len(args) - 1
	to := suitx.Owner{Kind: suitx.AddressOwner, Address: suitx.Address(args[last])}
	for i, u := range s.args[:last] {
		m.session.Transfer(move.Object{Type: *u.typ.Struct, Contents: args[i]}, to)
	}
	return nil
}

func (m *machine) split(args [][]byte) (coins [][]byte, err error) {
	id, balance := suitx.Address(args[0][:32]), coinBalance(args[0])
	for _, a := range args[1:] {
		amount := binary.LittleEndian.Uint64(a)
		if amount > balance {
			return nil, fail(suitx.InsufficientCoinBalance)
		}
		balance -= amount
		coins = append(coins, coinBytes(m.session.NewID(), amount))
	}
	args[0] = coinBytes(id, balance)
	return coins, nil
}

func (m *machine) merge(args [][]byte) error {
	id, balance := suitx.Address(args[0][:32]), coinBalance(args[0])
	for _, a := range args[1:] {
		if balance+coinBalance(a) < balance {
			return fail(suitx.CoinBalanceOverflow)
		}
		balance += coinBalance(a)
		m.session.DeleteID(suitx.Address(a[:32]))
	}
	args[0] = coinBytes(id, balance)
	return nil
}

func makeVec(args [][]byte) ([][]byte, error) {
	if byteCount(args) > maxValues {
		return nil, fail(suitx.MovePrimitiveRuntimeError)
	}
	var w bcs.Writer
	bcs.WriteSeq(&w, args, (*bcs.Writer).Fixed)
	return [][]byte{w.Data()}, nil
}

// A coin of any type is its ID and its balance.
func coinBalance(b []byte) uint64 { return binary.LittleEndian.Uint64(b[32:]) }

func coinBytes(id suitx.Address, balance uint64) []byte {
	return binary.LittleEndian.AppendUint64(append([]byte{}, id[:]...), balance)
}
