package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// goVersion is the Go whose tables strip knows.
const goVersion = "go1.26"

var errVersion = errors.New("it isn't " + goVersion + "'s, whose tables are known here")

// strip takes out of a module what only its traces need (names of functions,
// files, lines, arguments, what was inlined): a third of what the page loads.
// Everything else works as before: the collector, growing stacks, panics and
// recovering from them. It refuses whatever it doesn't know to the byte.
func strip(module []byte) ([]byte, error) {
	sections, err := parseModule(module)
	if err != nil {
		return nil, err
	}
	if !madeBy(sections, goVersion) {
		return nil, errVersion
	}
	data, err := find(sections, sectionData)
	if err != nil {
		return nil, err
	}
	m, err := parseData(data.body)
	if err != nil {
		return nil, err
	}
	t, err := findSymtab(m)
	if err != nil {
		return nil, err
	}
	code, err := find(sections, sectionCode)
	if err != nil {
		return nil, err
	}
	imports, err := find(sections, sectionImport)
	if err != nil {
		return nil, err
	}
	bodies, err := t.bodies()
	if err != nil {
		return nil, err
	}
	unpack, err := t.strip(code.body, imports.body, bodies)
	if err != nil {
		return nil, err
	}
	if code.body, err = sever(code.body, bodies); err != nil {
		return nil, err
	}
	if err := forgetPoints(m); err != nil {
		return nil, err
	}
	data.body = m.section()
	if sections, err = withStart(sections, unpack); err != nil {
		return nil, err
	}
	return joinModule(sections), nil
}

// madeBy tells whether the section "producers" names a Go of that version.
func madeBy(sections []section, version string) bool {
	for _, s := range sections {
		if s.name() == "producers" {
			return bytes.Contains(s.body, []byte(version+".")) || bytes.HasSuffix(s.body, []byte(version))
		}
	}
	return false
}

// slim is a table of functions in the making, in new bytes for each part.
type slim struct {
	*symtab
	names, pctab    []byte
	gofunc          []byte // what is needed of it, at its old places
	records         []record
	nameAt, tableAt map[string]uint32
}

// strip writes a smaller table of functions over the old one. What it returns
// has to run before anything else does.
func (t *symtab) strip(code, imports []byte, bodies [][]byte) (unpack []byte, err error) {
	callers, err := t.recoverers(code, imports)
	if err != nil {
		return nil, err
	}
	s := &slim{
		symtab: t, names: []byte{0}, pctab: []byte{0}, gofunc: make([]byte, t.findfunc-t.gofunc),
		nameAt: make(map[string]uint32), tableAt: make(map[string]uint32),
	}
	for i := range t.nfunc {
		f, err := t.function(i)
		if err != nil {
			return nil, err
		}
		if bodies[i] != nil {
			f.pcsp, f.pcdata, f.funcdata = 0, nil, nil
		}
		if err := s.add(f, callers[i]); err != nil {
			return nil, fmt.Errorf("couldn't strip function %d: %w", i, err)
		}
	}
	return s.write()
}

// add makes the record of one function.
func (s *slim) add(f function, inlined bool) error {
	name, err := s.text(f.name)
	if err != nil {
		return err
	}
	r := record{name: s.keepName(name), args: f.args, deferReturn: f.deferReturn, kind: uint32(f.id) | uint32(f.flag)<<8 | funcdatas<<24}
	if r.pcsp, err = s.keepTable(f.pcsp); err != nil {
		return err
	}
	if r.stackMap, err = s.keepTable(at(f.pcdata, pcdataStackMap, 0)); err != nil {
		return err
	}
	for i := range r.funcdata {
		r.funcdata[i] = absent
	}
	if tree := at(f.funcdata, funcdataInlTree, absent); inlined && tree != absent {
		r.funcdata[funcdataInlTree] = tree
		if r.inlTree, err = s.keepTable(at(f.pcdata, pcdataInlTree, 0)); err != nil {
			return err
		}
		if err := s.keepTree(tree, f.pcdata[pcdataInlTree]); err != nil {
			return err
		}
	}
	for _, kind := range []int{funcdataArgs, funcdataLocals, funcdataObjects, funcdataDefers} {
		if r.funcdata[kind] = at(f.funcdata, kind, absent); r.funcdata[kind] == absent {
			continue
		}
		if err := s.keepData(kind, r.funcdata[kind]); err != nil {
			return err
		}
	}
	s.records = append(s.records, r)
	return nil
}

// at returns what a list has at i, or what stands for nothing.
func at(list []uint32, i int, nothing uint32) uint32 {
	if i < len(list) {
		return list[i]
	}
	return nothing
}

// keepName returns where the name's stand-in is. The runtime compares two
// names, asks whether one begins with "runtime." and reads the parts of a
// method's name before it says that its receiver was nil.
func (s *slim) keepName(name string) uint32 {
	if name != "reflect.makeFuncStub" && name != "reflect.methodValueCall" {
		short := "go."
		if strings.HasPrefix(name, "runtime.") {
			short = "runtime."
		}
		if strings.Contains(name, ".(*") {
			short += "(*T)."
		}
		name = short + "f"
	}
	at, ok := s.nameAt[name]
	if !ok {
		at = uint32(len(s.names))
		s.nameAt[name] = at
		s.names = append(append(s.names, name...), 0)
	}
	return at
}

// keepTable returns where a table of the old pctab lies in the new one, which
// has each but once.
func (s *slim) keepTable(off uint32) (uint32, error) {
	if off == 0 {
		return 0, nil
	}
	b, _, err := s.table(off)
	if err != nil {
		return 0, err
	}
	at, ok := s.tableAt[string(b)]
	if !ok {
		at = uint32(len(s.pctab))
		s.tableAt[string(b)] = at
		s.pctab = append(s.pctab, b...)
	}
	return at, nil
}

// keepTree keeps what was inlined into a function, as much as recovering from
// a panic looks at: which of them are wrappers.
func (s *slim) keepTree(off, table uint32) error {
	_, most, err := s.table(table)
	if err != nil {
		return err
	}
	const size = 16 // funcID u8, 0, 0, 0, nameOff, parentPc, startLine u32
	for i := range int(most) + 1 {
		from := int(off) + size*i
		if from+size > len(s.gofunc) {
			return errors.New("a tree of what was inlined lies outside")
		}
		s.gofunc[from] = s.m[s.symtab.gofunc+from]
		old, err := s.text(s.m.u32(s.symtab.gofunc + from + 4))
		if err != nil {
			return err
		}
		le.PutUint32(s.gofunc[from+4:], s.keepName(old))
		copy(s.gofunc[from+8:from+12], s.m[s.symtab.gofunc+from+8:])
	}
	return nil
}

// keepData keeps one table of gofunc where it is.
func (s *slim) keepData(kind int, off uint32) error {
	n, err := s.dataSize(kind, off)
	if err != nil {
		return err
	}
	copy(s.gofunc[off:], s.m[s.symtab.gofunc+int(off):][:n])
	return nil
}
