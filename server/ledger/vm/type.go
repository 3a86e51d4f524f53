package vm

import (
	"encoding/binary"
	"fmt"

	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// typeProgram finds what every command calls and every argument names.
func (m *machine) typeProgram() (*program, error) {
	t := &typer{machine: m, program: &program{byInput: make(map[int][]int)}}
	for i, c := range m.tx.Data.Commands {
		s, err := t.step(c)
		if err != nil {
			return nil, atCommand(err, i)
		}
		t.program.steps = append(t.program.steps, *s)
	}
	return t.program, nil
}

// typer types one command after the other.
type typer struct {
	*machine
	program *program
}

func (t *typer) step(c suitx.Command) (*step, error) {
	switch c := c.(type) {
	case *suitx.MoveCall:
		return t.call(c)
	case *suitx.TransferObjects:
		return t.transfer(c)
	case *suitx.SplitCoins:
		return t.split(c)
	case *suitx.MergeCoins:
		return t.merge(c)
	case *suitx.MakeMoveVec:
		return t.makeVec(c)
	case *suitx.Publish:
		return t.publish(c), nil
	case *suitx.Upgrade:
		return t.upgrade(c)
	}
	return nil, fmt.Errorf("command of an unknown kind %T", c)
}

// place is an argument that exists; typ is nil for a pure input, which is of any type.
type place struct {
	from  suitx.Argument
	at    location
	typ   *suitx.TypeTag
	bytes []byte

	receiving bool // it is of the type 0x2::transfer::Receiving, of whatever its first use says
}

// places resolves arguments, the first of which has the index first.
func (t *typer) places(first int, args ...suitx.Argument) ([]place, error) {
	all := make([]place, len(args))
	for i, a := range args {
		p, err := t.place(first+i, a)
		if err != nil {
			return nil, err
		}
		all[i] = p
	}
	return all, nil
}

func (t *typer) place(arg int, a suitx.Argument) (place, error) {
	switch a.Kind {
	case suitx.ArgGasCoin:
		typ := suitx.CoinOf(suitx.SUI()).Tag()
		return place{from: a, at: location{source: fromGas}, typ: &typ}, nil
	case suitx.ArgInput:
		return t.input(arg, a)
	}
	if int(a.Index) >= len(t.program.steps) {
		return place{}, badIndex(arg, suitx.IndexOutOfBounds, a.Index, 0)
	}
	results := t.program.steps[a.Index].results
	j := int(a.Nested)
	if a.Kind == suitx.ArgResult {
		if j = 0; len(results) != 1 {
			return place{}, badIndex(arg, suitx.InvalidResultArity, a.Index, 0)
		}
	} else if j >= len(results) {
		return place{}, badIndex(arg, suitx.SecondaryIndexOutOfBounds, a.Index, a.Nested)
	}
	return place{from: a, at: location{fromResult, int(a.Index), j}, typ: &results[j]}, nil
}

func (t *typer) input(arg int, a suitx.Argument) (place, error) {
	i := int(a.Index)
	if i >= len(t.tx.Data.Inputs) {
		return place{}, badIndex(arg, suitx.IndexOutOfBounds, a.Index, 0)
	}
	in := &t.tx.Data.Inputs[i]
	if in.Kind == suitx.InputPure {
		return place{from: a, at: location{source: fromPure, i: i}, bytes: in.Pure}, nil
	}
	o := t.tx.Inputs[i]
	if o == nil || o.Move == nil {
		return place{}, badArgument(arg, suitx.TypeMismatch)
	}
	if in.Object.Kind == suitx.Receiving {
		return place{from: a, at: location{source: fromPure, i: i}, bytes: receivingBytes(in.Object.Ref), receiving: true}, nil
	}
	typ := o.Move.Type.Tag()
	return place{from: a, at: location{source: fromInput, i: i}, typ: &typ}, nil
}

// as uses a place as a value of type want.
func (t *typer) as(arg int, p place, ref move.Ref, want suitx.TypeTag) (use, error) {
	if p.receiving && !t.mayReceive(p.at.i, want) {
		return use{}, badArgument(arg, suitx.TypeMismatch)
	}
	if p.typ == nil {
		p.at.i = t.program.pureAt(p.at.i, want, p.bytes, len(t.program.steps), arg)
		t.program.pures[p.at.i].receiving = p.receiving
	} else if !p.typ.Equal(want) {
		return use{}, badArgument(arg, suitx.TypeMismatch)
	}
	return t.use(arg, p, ref, want)
}

// use says how a place of type typ is used.
func (t *typer) use(arg int, p place, ref move.Ref, typ suitx.TypeTag) (use, error) {
	u := use{at: p.at, typ: typ, arg: arg, from: p.from}
	switch ref {
	case move.ByRef:
		u.mode = byRef
	case move.ByMutRef:
		u.mode = byMut
	default:
		a, err := t.env.Packages.Abilities(typ)
		if err != nil {
			return use{}, badArgument(arg, suitx.TypeMismatch)
		}
		if a.Has(move.Copy) {
			u.mode = byCopy
		}
	}
	return u, nil
}

// withAbilities uses a place, whose type is known and must have abilities, by value.
func (t *typer) withAbilities(arg int, p place, want move.Abilities, problem suitx.ArgumentProblem) (use, error) {
	if p.typ == nil {
		return use{}, badArgument(arg, problem)
	}
	if a, err := t.env.Packages.Abilities(*p.typ); err != nil || !a.Has(want) {
		return use{}, badArgument(arg, problem)
	}
	return t.use(arg, p, move.ByValue, *p.typ)
}

// coin uses a place that must hold a coin by &mut.
func (t *typer) coin(arg int, p place) (use, error) {
	if p.typ == nil || p.typ.Kind != suitx.TypeStruct || !p.typ.Struct.Is(suitx.FrameworkAddress(2), "coin", "Coin") {
		return use{}, badArgument(arg, suitx.TypeMismatch)
	}
	return t.use(arg, p, move.ByMutRef, *p.typ)
}

// mayReceive says whether an input to receive can be a value of type want: of
// 0x2::transfer::Receiving, and always of the same.
func (t *typer) mayReceive(input int, want suitx.TypeTag) bool {
	if want.Kind != suitx.TypeStruct || !want.Struct.Is(suitx.FrameworkAddress(2), "transfer", "Receiving") {
		return false
	}
	known := t.program.byInput[input]
	return len(known) == 0 || t.program.pures[known[0]].typ.Equal(want)
}

// receivingBytes is the BCS of 0x2::transfer::Receiving: ID and version.
func receivingBytes(ref suitx.ObjectRef) []byte {
	return binary.LittleEndian.AppendUint64(append([]byte{}, ref.ID[:]...), ref.Version)
}
