package main

import (
	"encoding/binary"
	"errors"
)

// Opcodes and types.
const (
	opUnreachable = 0x00
	opLoop        = 0x03
	opEnd         = 0x0b
	opBrIf        = 0x0d
	opCall        = 0x10
	opLocalGet    = 0x20
	opLocalSet    = 0x21
	opLocalTee    = 0x22
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opI32Load     = 0x28
	opI32Store    = 0x36
	opI64Store    = 0x37
	opI32Const    = 0x41
	opI64Const    = 0x42
	opI32LtU      = 0x49
	opI32Add      = 0x6a
	opI32Mul      = 0x6c
	opI32ShrU     = 0x76

	typeI32      = 0x7f
	typeFunction = 0x60
	typeNothing  = 0x40
)

// unpacker writes the function that puts ftab, the records and findfunctab in
// their places:
//
//	for i := range count {
//		ftab[i] = {first + i, address of record i - ftab}
//		record i = {entryOff: first + i, npcdata: 3, …: columns[…][i]}
//	}
//	for j := range rows { findfunctab[j] = {j / 16, 0, …} }
type unpacker struct {
	first, count, ftab, records uint32
	columns                     []column
	find, rows                  uint32
}

const ( // locals
	localI = iota
	localAt
	locals
)

func (u unpacker) code() []byte {
	b := []byte{1, locals, typeI32}
	b = loop(b, u.count, func(b []byte) []byte {
		b = address(b, 8)
		b = store(sum(append(b, opLocalGet, localAt), u.first), u.ftab)
		b = append(constant(times(append(b, opLocalGet, localAt), slimSize), u.records-u.ftab), opI32Add)
		b = store(b, u.ftab+4)
		b = address(b, slimSize)
		b = store(sum(append(b, opLocalGet, localAt), u.first), u.records)
		b = store(constant(append(b, opLocalGet, localAt), pcdatas), u.records+28)
		for k, c := range u.columns {
			b = times(append(b, opLocalGet, localAt), 4)
			b = binary.AppendUvarint(append(b, opI32Load, 2), uint64(u.find)+4*uint64(k)*uint64(u.count))
			b = store(b, u.records+c.at)
		}
		return b
	})
	b = loop(b, u.rows, func(b []byte) []byte {
		b = address(b, findBucket)
		b = append(b, opLocalGet, localAt, opLocalGet, localI)
		b = store(append(constant(b, 4), opI32ShrU), u.find)
		for _, at := range []uint32{4, 12} {
			b = append(b, opLocalGet, localAt, opI64Const, 0, opI64Store, 2)
			b = binary.AppendUvarint(b, uint64(u.find+at))
		}
		return b
	})
	return append(b, opEnd)
}

// loop runs body with localI from 0 to n-1.
func loop(b []byte, n uint32, body func([]byte) []byte) []byte {
	b = append(b, opI32Const, 0, opLocalSet, localI, opLoop, typeNothing)
	b = body(b)
	b = append(b, opLocalGet, localI, opI32Const, 1, opI32Add, opLocalTee, localI)
	return append(constant(b, n), opI32LtU, opBrIf, 0, opEnd)
}

// address sets localAt to localI × size.
func address(b []byte, size uint32) []byte {
	return append(times(b, size), opLocalSet, localAt)
}

// times pushes localI × size.
func times(b []byte, size uint32) []byte {
	return append(constant(append(b, opLocalGet, localI), size), opI32Mul)
}

// sum pushes localI + v.
func sum(b []byte, v uint32) []byte {
	return append(constant(append(b, opLocalGet, localI), v), opI32Add)
}

func constant(b []byte, v uint32) []byte {
	return appendVarint(append(b, opI32Const), int64(int32(v)))
}

// store writes the number on top at the address below it plus base.
func store(b []byte, base uint32) []byte {
	return binary.AppendUvarint(append(b, opI32Store, 2), uint64(base))
}

// withStart adds a function without arguments that runs when the module is
// instantiated.
func withStart(all []section, body []byte) ([]section, error) {
	functions, err := find(all, sectionFunction)
	if err != nil {
		return nil, err
	}
	code, err := find(all, sectionCode)
	if err != nil {
		return nil, err
	}
	types, err := find(all, sectionType)
	if err != nil {
		return nil, err
	}
	imports, err := find(all, sectionImport)
	if err != nil {
		return nil, err
	}
	imported, _ := binary.Uvarint(imports.body)
	kind, _ := binary.Uvarint(types.body)
	count, _ := binary.Uvarint(functions.body)
	if types.body, err = appended(types.body, []byte{typeFunction, 0, 0}); err != nil {
		return nil, err
	}
	if functions.body, err = appended(functions.body, binary.AppendUvarint(nil, kind)); err != nil {
		return nil, err
	}
	if code.body, err = appended(code.body, append(binary.AppendUvarint(nil, uint64(len(body))), body...)); err != nil {
		return nil, err
	}
	var out []section
	for _, s := range all {
		if s.id == sectionStart {
			return nil, errors.New("the module has a start function")
		}
		if s.id == sectionElement {
			out = append(out, section{sectionStart, binary.AppendUvarint(nil, imported+count)})
		}
		out = append(out, s)
	}
	if len(out) == len(all) {
		return nil, errors.New("the module has no section of elements")
	}
	return out, nil
}

// appended is a section's list with one more item.
func appended(body, item []byte) ([]byte, error) {
	n, k := binary.Uvarint(body)
	if k <= 0 {
		return nil, errors.New("a section of the module is cut")
	}
	out := append(binary.AppendUvarint(nil, n+1), body[k:]...)
	return append(out, item...), nil
}
