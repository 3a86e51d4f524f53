package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sections of a WebAssembly module that are looked at here.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionStart    = 8
	sectionElement  = 9
	sectionCode     = 10
	sectionData     = 11
)

// section is one section of a module, in the module's order.
type section struct {
	id   byte
	body []byte
}

// name is a custom section's.
func (s section) name() string {
	n, k := binary.Uvarint(s.body)
	if s.id != sectionCustom || k <= 0 || n > uint64(len(s.body)-k) {
		return ""
	}
	return string(s.body[k : k+int(n)])
}

var moduleHeader = []byte("\x00asm\x01\x00\x00\x00")

func parseModule(b []byte) ([]section, error) {
	b, ok := bytes.CutPrefix(b, moduleHeader)
	if !ok {
		return nil, errors.New("it doesn't begin as a WebAssembly module")
	}
	var all []section
	for len(b) > 0 {
		n, k := binary.Uvarint(b[1:])
		if k <= 0 || n > uint64(len(b)-1-k) {
			return nil, fmt.Errorf("section %d of the module is cut", b[0])
		}
		body := b[1+k : 1+k+int(n)]
		all = append(all, section{b[0], body})
		b = b[1+k+int(n):]
	}
	return all, nil
}

func joinModule(all []section) []byte {
	b := bytes.Clone(moduleHeader)
	for _, s := range all {
		b = append(b, s.id)
		b = binary.AppendUvarint(b, uint64(len(s.body)))
		b = append(b, s.body...)
	}
	return b
}

// find returns the only section of that kind.
func find(all []section, id byte) (*section, error) {
	var found *section
	for i := range all {
		if all[i].id != id {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("the module has two sections %d", id)
		}
		found = &all[i]
	}
	if found == nil {
		return nil, fmt.Errorf("the module has no section %d", id)
	}
	return found, nil
}
