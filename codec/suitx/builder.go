package suitx

import (
	"errors"
	"fmt"

	"floe/codec/bcs"
)

// Builder puts a programmable transaction together. Its methods return the
// argument that later commands use; an object that is named twice becomes one
// input. The first mistake is kept and returned by Build. Its methods aren't
// inlined, for the page's sake: see bcs.Writer.
type Builder struct {
	inputs   []Input
	objects  map[Address]int
	commands []Command
	err      error
}

// Pure adds the BCS of a value.
//
//go:noinline
func (b *Builder) Pure(v []byte) Argument {
	return b.input(Input{Kind: InputPure, Pure: v})
}

func (b *Builder) U8(v uint8) Argument { return b.Pure([]byte{v}) }

//go:noinline
func (b *Builder) U32(v uint32) Argument { return b.pure(func(w *bcs.Writer) { w.U32(v) }) }

//go:noinline
func (b *Builder) U64(v uint64) Argument { return b.pure(func(w *bcs.Writer) { w.U64(v) }) }

// U256 adds v, which is little-endian already.
func (b *Builder) U256(v [32]byte) Argument { return b.Pure(v[:]) }

func (b *Builder) Bool(v bool) Argument { return b.pure(func(w *bcs.Writer) { w.Bool(v) }) }

// Address adds an address or an ID as a value.
//
//go:noinline
func (b *Builder) Address(v Address) Argument { return b.Pure(v[:]) }

// Bytes adds a vector<u8>.
//
//go:noinline
func (b *Builder) Bytes(v []byte) Argument { return b.pure(func(w *bcs.Writer) { w.Bytes(v) }) }

// Text adds a string.
func (b *Builder) Text(v string) Argument { return b.pure(func(w *bcs.Writer) { w.String(v) }) }

func (b *Builder) pure(write func(*bcs.Writer)) Argument {
	var w bcs.Writer
	write(&w)
	return b.Pure(w.Data())
}

// Object adds an owned or immutable object.
//
//go:noinline
func (b *Builder) Object(ref ObjectRef) Argument {
	return b.object(ObjectArg{Kind: ImmOrOwned, Ref: ref})
}

// Shared adds a shared object; it becomes mutable if any use of it is.
//
//go:noinline
func (b *Builder) Shared(id Address, initialVersion uint64, mutable bool) Argument {
	ref := ObjectRef{ID: id, Version: initialVersion}
	return b.object(ObjectArg{Kind: Shared, Ref: ref, Mutable: mutable})
}

// Receiving adds an object that was sent to another object.
func (b *Builder) Receiving(ref ObjectRef) Argument {
	return b.object(ObjectArg{Kind: Receiving, Ref: ref})
}

func (b *Builder) object(o ObjectArg) Argument {
	i, known := b.objects[o.Ref.ID]
	if !known {
		a := b.input(Input{Kind: InputObject, Object: o})
		if b.objects == nil {
			b.objects = make(map[Address]int)
		}
		b.objects[o.Ref.ID] = int(a.Index)
		return a
	}
	have := &b.inputs[i].Object
	if have.Kind != o.Kind || have.Ref != o.Ref {
		b.fail(fmt.Errorf("object %s is used in two ways", o.Ref.ID))
	}
	have.Mutable = have.Mutable || o.Mutable
	return Argument{Kind: ArgInput, Index: uint16(i)}
}

func (b *Builder) input(in Input) Argument {
	b.inputs = append(b.inputs, in)
	return Argument{Kind: ArgInput, Index: uint16(len(b.inputs) - 1)}
}

// Command adds c and returns its only result; see [Argument.Result] for one of several.
//
//go:noinline
func (b *Builder) Command(c Command) Argument {
	b.commands = append(b.commands, c)
	return Argument{Kind: ArgResult, Index: uint16(len(b.commands) - 1)}
}

// Call adds a Move call without type arguments.
//
//go:noinline
func (b *Builder) Call(pkg Address, module, function string, args ...Argument) Argument {
	return b.Command(&MoveCall{Package: pkg, Module: module, Function: function, Args: args})
}

// Transfer gives objects to an address.
//
//go:noinline
func (b *Builder) Transfer(to Address, objects ...Argument) {
	b.Command(&TransferObjects{Objects: objects, To: b.Address(to)})
}

// Split takes a coin of amount out of coin.
//
//go:noinline
func (b *Builder) Split(coin Argument, amount uint64) Argument {
	return b.Command(&SplitCoins{Coin: coin, Amounts: []Argument{b.U64(amount)}}).Result(0)
}

func (b *Builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Build returns the transaction, whose gas and expiration are still to be filled.
func (b *Builder) Build(sender Address) (*TransactionData, error) {
	if len(b.inputs) > 1<<16 || len(b.commands) > 1<<16 {
		b.fail(errors.New("too many inputs or commands"))
	}
	if b.err != nil {
		return nil, fmt.Errorf("couldn't build transaction: %w", b.err)
	}
	return &TransactionData{Inputs: b.inputs, Commands: b.commands, Sender: sender}, nil
}
