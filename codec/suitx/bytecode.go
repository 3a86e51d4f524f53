package suitx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"floe/codec/bcs"
)

// PackageDigest is Sui's digest of a package: BLAKE2b-256 over the sorted
// BLAKE2b-256 hashes of its modules and the IDs of all packages that it depends
// on. The modules are as the compiler made them, at address 0.
func PackageDigest(modules [][]byte, dependencies []Address) [32]byte {
	var parts [][]byte
	for _, m := range modules {
		h := hashOf(m)
		parts = append(parts, h[:])
	}
	for _, d := range dependencies {
		parts = append(parts, d[:])
	}
	slices.SortFunc(parts, bytes.Compare)
	return hashOf(parts...)
}

// Digest returns the digest that the package was published with: the modules
// are taken back to address 0.
func (p *MovePackage) Digest() ([32]byte, error) {
	var modules [][]byte
	var dependencies []Address
	for _, m := range p.Modules {
		code, err := Rebase(m.Code, Address{})
		if err != nil {
			return [32]byte{}, fmt.Errorf("module %s: %w", m.Name, err)
		}
		modules = append(modules, code)
	}
	for _, l := range p.Linkage {
		dependencies = append(dependencies, l.Upgraded)
	}
	return PackageDigest(modules, dependencies), nil
}

// Rebase returns a module's bytecode with another address for itself, which is
// what publishing does to it.
func Rebase(code []byte, self Address) ([]byte, error) {
	b, err := readBytecode(code)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(code)
	copy(out[b.self:], self[:])
	return out, nil
}

// ModuleID returns the address and the name that a module's bytecode has for itself.
func ModuleID(code []byte) (Address, string, error) {
	b, err := readBytecode(code)
	if err != nil {
		return Address{}, "", err
	}
	return Address(code[b.self:][:32]), b.name, nil
}

// ErrNotBytecode says that bytes aren't a Move module.
var ErrNotBytecode = errors.New("not Move bytecode")

// bytecode is what is read of a module: where its own address stands, and its name.
type bytecode struct {
	self int
	name string
}

// The tables that are read. A module is
//
//	a1 1c eb 0b ‖ version u32 ‖ tables vector<{kind u8, offset uleb, size uleb}> ‖ the tables' contents
//	‖ index of its own handle uleb
//
// where a handle is address uleb ‖ name uleb, indices into the tables of
// addresses (32 bytes each) and identifiers (strings).
const (
	tableHandles     = 1
	tableIdentifiers = 7
	tableAddresses   = 8
)

// readBytecode reads as little of a module as tells its own ID.
func readBytecode(code []byte) (b bytecode, err error) {
	if !bytes.HasPrefix(code, []byte{0xa1, 0x1c, 0xeb, 0x0b}) {
		return b, ErrNotBytecode
	}
	r := bcs.NewReader(code[4:])
	r.U32()
	var start, size [256]uint64
	var end uint64
	for range r.Len(3) {
		kind := r.U8()
		start[kind], size[kind] = uint64(r.Uleb()), uint64(r.Uleb())
		end = max(end, start[kind]+size[kind])
	}
	contents := uint64(4 + r.Offset())
	if r.Err() != nil || contents+end > uint64(len(code)) {
		return b, ErrNotBytecode
	}
	table := func(kind int) []byte { return code[contents+start[kind]:][:size[kind]] }
	last := bcs.NewReader(code[contents+end:])
	own, handles := last.Uleb(), bcs.NewReader(table(tableHandles))
	if last.Err() != nil {
		return b, ErrNotBytecode
	}
	var address, name uint32
	for range uint64(own) + 1 {
		if address, name = handles.Uleb(), handles.Uleb(); handles.Err() != nil {
			return b, ErrNotBytecode
		}
	}
	if uint64(address)*32+32 > size[tableAddresses] {
		return b, ErrNotBytecode
	}
	b.self = int(contents + start[tableAddresses] + uint64(address)*32)
	names := bcs.NewReader(table(tableIdentifiers))
	for range uint64(name) + 1 {
		if b.name = names.String(); names.Err() != nil {
			return b, ErrNotBytecode
		}
	}
	return b, nil
}
