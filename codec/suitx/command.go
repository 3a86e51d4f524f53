package suitx

import "floe/codec/bcs"

// ArgumentKind says where an Argument comes from. The values are Sui's: never reorder.
type ArgumentKind uint8

const (
	ArgGasCoin      ArgumentKind = 0
	ArgInput        ArgumentKind = 1
	ArgResult       ArgumentKind = 2
	ArgNestedResult ArgumentKind = 3

	argumentKinds = 4
)

// Argument is a value that a command uses: the gas coin, the input Index, the
// only result of command Index, or its result Nested.
type Argument struct {
	Kind          ArgumentKind
	Index, Nested uint16
}

// GasCoin is the coin that pays for the transaction.
var GasCoin = Argument{Kind: ArgGasCoin}

// Result returns the argument for result i of the command whose (only) result a is.
func (a Argument) Result(i uint16) Argument {
	return Argument{Kind: ArgNestedResult, Index: a.Index, Nested: i}
}

// Command is one step of a programmable transaction: *MoveCall,
// *TransferObjects, *SplitCoins, *MergeCoins, *Publish, *MakeMoveVec or *Upgrade.
type Command interface {
	variant() uint32
	write(w *bcs.Writer)
}

// MoveCall calls a function. Its results are the command's.
type MoveCall struct {
	Package          Address
	Module, Function string
	TypeArgs         []TypeTag
	Args             []Argument
}

// TransferObjects gives objects to an address. It has no results.
type TransferObjects struct {
	Objects []Argument
	To      Argument
}

// SplitCoins takes new coins out of one; its results are as many as Amounts.
type SplitCoins struct {
	Coin    Argument
	Amounts []Argument
}

// MergeCoins puts coins into one. It has no results.
type MergeCoins struct {
	Into    Argument
	Sources []Argument
}

// Publish makes a package; its result is the UpgradeCap.
type Publish struct {
	Modules      [][]byte
	Dependencies []Address
}

// MakeMoveVec puts values into one vector. Type may be nil when they are objects.
type MakeMoveVec struct {
	Type     *TypeTag
	Elements []Argument
}

// Upgrade makes a package's next version; its result is the UpgradeReceipt.
type Upgrade struct {
	Modules      [][]byte
	Dependencies []Address
	Package      Address
	Ticket       Argument
}

// The variants are Sui's: never reorder.
func (*MoveCall) variant() uint32        { return 0 }
func (*TransferObjects) variant() uint32 { return 1 }
func (*SplitCoins) variant() uint32      { return 2 }
func (*MergeCoins) variant() uint32      { return 3 }
func (*Publish) variant() uint32         { return 4 }
func (*MakeMoveVec) variant() uint32     { return 5 }
func (*Upgrade) variant() uint32         { return 6 }

func writeCommand(w *bcs.Writer, c Command) {
	w.Uleb(c.variant())
	c.write(w)
}

func (c *MoveCall) write(w *bcs.Writer) {
	writeAddress(w, c.Package)
	w.String(c.Module)
	w.String(c.Function)
	bcs.WriteSeq(w, c.TypeArgs, writeTypeTag)
	bcs.WriteSeq(w, c.Args, writeArgument)
}

func (c *TransferObjects) write(w *bcs.Writer) {
	bcs.WriteSeq(w, c.Objects, writeArgument)
	writeArgument(w, c.To)
}

func (c *SplitCoins) write(w *bcs.Writer) {
	writeArgument(w, c.Coin)
	bcs.WriteSeq(w, c.Amounts, writeArgument)
}

func (c *MergeCoins) write(w *bcs.Writer) {
	writeArgument(w, c.Into)
	bcs.WriteSeq(w, c.Sources, writeArgument)
}

func (c *Publish) write(w *bcs.Writer) {
	bcs.WriteSeq(w, c.Modules, (*bcs.Writer).Bytes)
	bcs.WriteSeq(w, c.Dependencies, writeAddress)
}

func (c *MakeMoveVec) write(w *bcs.Writer) {
	w.Option(c.Type != nil)
	if c.Type != nil {
		writeTypeTag(w, *c.Type)
	}
	bcs.WriteSeq(w, c.Elements, writeArgument)
}

func (c *Upgrade) write(w *bcs.Writer) {
	bcs.WriteSeq(w, c.Modules, (*bcs.Writer).Bytes)
	bcs.WriteSeq(w, c.Dependencies, writeAddress)
	writeAddress(w, c.Package)
	writeArgument(w, c.Ticket)
}

func writeArgument(w *bcs.Writer, a Argument) {
	w.Uleb(uint32(a.Kind))
	if a.Kind != ArgGasCoin {
		w.U16(a.Index)
	}
	if a.Kind == ArgNestedResult {
		w.U16(a.Nested)
	}
}

func readArgument(r *bcs.Reader) Argument {
	a := Argument{Kind: ArgumentKind(r.Variant(argumentKinds))}
	if a.Kind != ArgGasCoin {
		a.Index = r.U16()
	}
	if a.Kind == ArgNestedResult {
		a.Nested = r.U16()
	}
	return a
}

func readArguments(r *bcs.Reader) []Argument { return bcs.ReadSeq(r, 1, readArgument) }

func readModules(r *bcs.Reader) [][]byte { return bcs.ReadSeq(r, 1, (*bcs.Reader).Bytes) }

func readAddresses(r *bcs.Reader) []Address { return bcs.ReadSeq(r, 32, readAddress) }

func readCommand(r *bcs.Reader) Command {
	switch r.Variant(7) {
	case 0:
		return &MoveCall{readAddress(r), readIdentifier(r), readIdentifier(r),
			bcs.ReadSeq(r, 1, readTypeTag), readArguments(r)}
	case 1:
		return &TransferObjects{readArguments(r), readArgument(r)}
	case 2:
		return &SplitCoins{readArgument(r), readArguments(r)}
	case 3:
		return &MergeCoins{readArgument(r), readArguments(r)}
	case 4:
		return &Publish{readModules(r), readAddresses(r)}
	case 5:
		c := &MakeMoveVec{}
		if r.Option() {
			t := readTypeTag(r)
			c.Type = &t
		}
		c.Elements = readArguments(r)
		return c
	default:
		return &Upgrade{readModules(r), readAddresses(r), readAddress(r), readArgument(r)}
	}
}
