package move

import (
	"encoding/binary"
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// Context is what a transaction is, as far as Move code sees it.
type Context struct {
	Sender            suitx.Address
	Digest            suitx.Digest
	Epoch             uint64
	EpochStartMS      uint64
	GasPrice          uint64
	ReferenceGasPrice uint64
	Sponsor           *suitx.Address
}

// State is what a function may do beyond its arguments.
type State interface {
	NewID() suitx.Address         // a fresh object ID
	DeleteID(suitx.Address)       // the object of this ID exists no more
	Emit(Event)                   // an event of the function's package
	Transfer(Object, suitx.Owner) // gives an object to an owner, shares or freezes it
}

// Children are the objects that belong to other objects: dynamic fields, and
// what was sent to an object's ID. Child returns nil for an ID that isn't a
// dynamic field of parent; Receive takes what the transaction names as receiving,
// and returns nil for what wasn't sent to parent or was taken already.
type Children interface {
	Child(parent, id suitx.Address) (*Object, error)
	PutChild(parent, id suitx.Address, o Object)
	RemoveChild(parent, id suitx.Address)
	Receive(parent, id suitx.Address) *Object
}

// Object is a value of a type with key.
type Object struct {
	Type     suitx.StructTag
	Contents []byte
}

// Event is what a function tells the world.
type Event struct {
	Type     suitx.StructTag
	Contents []byte
}

// Call is one call of a function. Args hold BCS; those of &mut parameters may
// be replaced by Set, all others are only read.
type Call struct {
	Function *Function
	TypeArgs []suitx.TypeTag
	Args     [][]byte
	Results  [][]byte
	Context  Context
	State    State
	Children Children
	Packages *Packages

	fault error
}

// Value is anything with a BCS form.
type Value interface {
	Read(*bcs.Reader)
	Write(*bcs.Writer)
}

// Marshal returns the BCS of v.
func Marshal(v Value) []byte {
	var w bcs.Writer
	v.Write(&w)
	return w.Data()
}

// Get reads argument i into v. What the caller has checked against the
// signature can be read; if not, Fault says so and the transaction is an
// internal error, not an abort.
func (c *Call) Get(i int, v Value) { c.Unmarshal(c.Args[i], v) }

// Unmarshal reads b into v, as Get does.
func (c *Call) Unmarshal(b []byte, v Value) {
	r := bcs.NewReader(b)
	v.Read(r)
	if err := r.Done(); err != nil {
		c.Fail(fmt.Errorf("%s::%s: couldn't read %T: %w", c.Function.Module.Name, c.Function.Name, v, err))
	}
}

// Fail notes that the state itself is broken.
func (c *Call) Fail(err error) {
	if c.fault == nil {
		c.fault = err
	}
}

// Fault returns what Fail noted first.
func (c *Call) Fault() error { return c.fault }

// Set replaces argument i, which must be passed by &mut.
func (c *Call) Set(i int, v Value) { c.setBytes(i, Marshal(v)) }

// SetU64 replaces argument i, a struct of one u64, likewise.
func (c *Call) SetU64(i int, v uint64) { c.setBytes(i, binary.LittleEndian.AppendUint64(nil, v)) }

func (c *Call) setBytes(i int, b []byte) {
	if c.Function.Params[i].Ref != ByMutRef {
		panic("internal error: " + c.Function.Name + " writes to an argument that isn't &mut")
	}
	c.Args[i] = b
}

// Return adds a result.
func (c *Call) Return(v Value) { c.Results = append(c.Results, Marshal(v)) }

// ReturnU64 adds a result that is a u64, or a struct of one.
func (c *Call) ReturnU64(v uint64) { c.ReturnWith(func(w *bcs.Writer) { w.U64(v) }) }

// ReturnBytes adds a result that is BCS already.
func (c *Call) ReturnBytes(b []byte) { c.Results = append(c.Results, b) }

// Reader returns a Reader over argument i, for primitive types.
func (c *Call) Reader(i int) *bcs.Reader { return bcs.NewReader(c.Args[i]) }

func (c *Call) U8(i int) uint8              { return c.Reader(i).U8() }
func (c *Call) U16(i int) uint16            { return c.Reader(i).U16() }
func (c *Call) U32(i int) uint32            { return c.Reader(i).U32() }
func (c *Call) U64(i int) uint64            { return c.Reader(i).U64() }
func (c *Call) Bool(i int) bool             { return c.Reader(i).Bool() }
func (c *Call) Bytes(i int) []byte          { return c.Reader(i).Bytes() }
func (c *Call) Text(i int) string           { return c.Reader(i).String() }
func (c *Call) U256(i int) [32]byte         { return c.Reader(i).U256() }
func (c *Call) Address(i int) suitx.Address { return suitx.Address(c.Reader(i).U256()) }

// ReturnWith adds a result written by write.
func (c *Call) ReturnWith(write func(*bcs.Writer)) {
	var w bcs.Writer
	write(&w)
	c.ReturnBytes(w.Data())
}

// Emit emits an event of struct s whose fields write writes.
func (c *Call) Emit(s *Struct, write func(*bcs.Writer)) {
	var w bcs.Writer
	write(&w)
	c.State.Emit(Event{Type: s.Tag(), Contents: w.Data()})
}
