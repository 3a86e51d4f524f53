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
	idle, err := t.idleFunctions()
	if err != nil {
		return nil, err
	}
	if err := t.strip(code.body, imports.body, idle); err != nil {
		return nil, err
	}
	if code.body, err = sever(code.body, idle); err != nil {
		return nil, err
	}
	if err := forgetPoints(m); err != nil {
		return nil, err
	}
	data.body = m.section()
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
	names, pctab, ftab []byte
	nameAt, tableAt    map[string]uint32
	gofunc             []byte // what is needed of it, at its old places
}

// strip writes a smaller table of functions over the old one.
func (t *symtab) strip(code, imports []byte, idle []bool) error {
	callers, err := t.recoverers(code, imports)
	if err != nil {
		return err
	}
	s := &slim{symtab: t, nameAt: make(map[string]uint32), tableAt: make(map[string]uint32), gofunc: make([]byte, t.findfunc-t.gofunc)}
	s.names, s.pctab = []byte{0}, []byte{0}
	s.ftab = bytes.Clone(t.m[t.ftab : t.ftab+8*t.nfunc+8])
	le.PutUint32(s.ftab[8*t.nfunc+4:], 0)
	for i := range t.nfunc {
		f, err := t.function(i)
		if err != nil {
			return err
		}
		if idle[i] {
			f.pcsp, f.pcdata, f.funcdata = 0, nil, nil
		}
		if err := s.add(i, f, callers[i]); err != nil {
			return fmt.Errorf("couldn't strip function %d: %w", i, err)
		}
	}
	return s.write()
}

// add writes the record of one function.
func (s *slim) add(i int, f function, inlined bool) error {
	name, err := s.text(f.name)
	if err != nil {
		return err
	}
	pcsp, err := s.keepTable(f.pcsp)
	if err != nil {
		return err
	}
	stackMap, err := s.keepTable(at(f.pcdata, pcdataStackMap, 0))
	if err != nil {
		return err
	}
	pcdata := []uint32{0, stackMap}
	funcdata := []uint32{absent, absent, absent, absent, absent}
	if inlined && at(f.funcdata, funcdataInlTree, absent) != absent {
		tree, err := s.keepTable(at(f.pcdata, pcdataInlTree, 0))
		if err != nil {
			return err
		}
		pcdata = append(pcdata, tree)
		funcdata[funcdataInlTree] = f.funcdata[funcdataInlTree]
		if err := s.keepTree(f.funcdata[funcdataInlTree], f.pcdata[pcdataInlTree]); err != nil {
			return err
		}
	}
	for _, kind := range []int{funcdataArgs, funcdataLocals, funcdataObjects, funcdataDefers} {
		if funcdata[kind] = at(f.funcdata, kind, absent); funcdata[kind] == absent {
			continue
		}
		if err := s.keepData(kind, funcdata[kind]); err != nil {
			return err
		}
	}
	pcdata = trimmed(pcdata, 0)
	funcdata = trimmed(funcdata, absent)
	for len(s.ftab)%8 != 0 {
		s.ftab = append(s.ftab, 0)
	}
	le.PutUint32(s.ftab[8*i+4:], uint32(len(s.ftab)))
	for _, v := range []uint32{f.entry, s.keepName(name), f.args, f.deferReturn, pcsp, 0, 0, uint32(len(pcdata)), 0, 0} {
		s.ftab = le.AppendUint32(s.ftab, v)
	}
	s.ftab = append(s.ftab, f.id, f.flag, 0, byte(len(funcdata)))
	for _, v := range append(pcdata, funcdata...) {
		s.ftab = le.AppendUint32(s.ftab, v)
	}
	return nil
}

// at returns what a list has at i, or what stands for nothing.
func at(list []uint32, i int, nothing uint32) uint32 {
	if i < len(list) {
		return list[i]
	}
	return nothing
}

func trimmed(list []uint32, nothing uint32) []uint32 {
	for len(list) > 0 && list[len(list)-1] == nothing {
		list = list[:len(list)-1]
	}
	return list
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

// write puts the new parts where the old ones were, with zeros behind them.
func (s *slim) write() error {
	for _, part := range []struct {
		from, to int
		with     []byte
	}{
		{s.symtab.names, s.symtab.pctab, s.names},
		{s.symtab.pctab, s.symtab.ftab, s.pctab},
		{s.symtab.ftab, s.symtab.gofunc, s.ftab},
		{s.symtab.gofunc, s.findfunc, s.gofunc},
	} {
		old := s.m[part.from:part.to]
		if len(part.with) > len(old) {
			return errors.New("a part of the new table of functions is larger than the old one")
		}
		clear(old[copy(old, part.with):])
	}
	return nil
}
