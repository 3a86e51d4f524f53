package vm

import (
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// source says where a value comes from.
type source uint8

const (
	fromGas    source = iota
	fromInput         // an object; i is the input, unless it is one to receive:
	fromPure          // that, and bytes; i indexes program.pures
	fromResult        // j of command i
)

// location is where a value is; it holds one until that moves.
type location struct {
	source source
	i, j   int
}

// mode is how a command uses a value.
type mode uint8

const (
	byMove mode = iota
	byCopy
	byRef
	byMut
)

// use is one argument of a command.
type use struct {
	at   location
	mode mode
	typ  suitx.TypeTag
	arg  int            // its index
	from suitx.Argument // as the transaction names it
}

// step is a command that was typed. The arguments of TransferObjects end with
// the recipient; those of SplitCoins and MergeCoins begin with the coin.
type step struct {
	command  suitx.Command
	function *move.Function // of a MoveCall
	typeArgs []suitx.TypeTag
	args     []use
	results  []suitx.TypeTag
}

// pure is bytes used as a value of one type. One input used as two types is two values.
type pure struct {
	typ     suitx.TypeTag
	bytes   []byte
	command int // that used it first,
	arg     int // as this argument

	receiving bool // it is 0x2::transfer::Receiving
}

// program is a transaction that was typed.
type program struct {
	steps   []step
	pures   []pure
	byInput map[int][]int // indices of pures, by input
}

// pureAt returns the index of input's value of type t; first use makes it.
func (p *program) pureAt(input int, t suitx.TypeTag, bytes []byte, command, arg int) int {
	for _, i := range p.byInput[input] {
		if p.pures[i].typ.Equal(t) {
			return i
		}
	}
	i := len(p.pures)
	p.byInput[input] = append(p.byInput[input], i)
	p.pures = append(p.pures, pure{typ: t, bytes: bytes, command: command, arg: arg})
	return i
}
