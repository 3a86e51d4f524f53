package main

import (
	"bytes"
	"errors"
	"fmt"
)

// What Go 1.26 writes (cmd/link/internal/ld/pcln.go, symtab.go) and its runtime
// reads (runtime/symtab.go, runtime2.go, internal/abi/symtab.go):
//
//	pcHeader    magic u32, 0, 0, minLC = 1 u8, ptrSize = 8 u8, nfunc u64, nfiles u64, unused u64,
//	            then from its own address: funcnametab, cutab, filetab, pctab, functab u64
//	moduledata  pcHeader u64, then slices (address, length, capacity) funcnametab, cutab, filetab,
//	            pctab, pclntable, ftab, then findfunctab u64 and more
//	ftab        nfunc × (function's number u32, offset of its record u32), then the number after the last u32
//	record      entryOff, nameOff, args, deferreturn, pcsp, pcfile, pcln, npcdata, cuOffset, startLine u32,
//	            funcID, flag, 0, nfuncdata u8, npcdata × offset in pctab u32, nfuncdata × offset in gofunc u32
var pcMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	headerSize = 72
	recordSize = 44

	mdFuncnametab = 8
	mdPctab       = 80
	mdPclntable   = 104
	mdFtab        = 128
	mdFindfunctab = 152
	mdMinpc       = 160
	mdText        = 176
	mdGofunc      = 320
	mdEpclntab    = 328
	mdSize        = 336

	absent = ^uint32(0) // funcdata that a function hasn't

	findBuckets = 16 // of 4 KiB in the 64 KiB of program counters of a function
	findBucket  = 20 // bytes: the first function's number, 16 × what to add
)

// Tables of a function, by their index in a record (internal/abi/symtab.go).
const (
	pcdataStackMap = 1
	pcdataInlTree  = 2

	funcdataArgs    = 0
	funcdataLocals  = 1
	funcdataObjects = 2
	funcdataInlTree = 3
	funcdataDefers  = 4
)

const (
	funcIDGopanic = 10
	funcIDWrapper = 23
)

// symtab is where Go's table of functions lies in a module's memory.
type symtab struct {
	m        memory
	module   int // address of moduledata
	header   int // … of pcHeader, followed by names, files and
	names    int
	pctab    int
	ftab     int
	gofunc   int
	findfunc int
	end      int
	nfunc    int
	first    uint32 // number of the first function
}

func findSymtab(m memory) (*symtab, error) {
	header, err := only(m, pcMagic, func(at int) bool { return at+headerSize <= len(m) })
	if err != nil {
		return nil, fmt.Errorf("couldn't find Go's table of functions: %w", err)
	}
	names := header + m.u64(header+32)
	module, err := only(m, le.AppendUint64(nil, uint64(header)), func(at int) bool {
		return at+mdSize <= len(m) && m.u64(at+mdFuncnametab) == names
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't find Go's moduledata: %w", err)
	}
	t := &symtab{
		m: m, header: header, module: module, names: names, nfunc: m.u64(header + 8),
		pctab: header + m.u64(header+56), ftab: header + m.u64(header+64),
		gofunc: m.u64(module + mdGofunc), findfunc: m.u64(module + mdFindfunctab), end: m.u64(module + mdEpclntab),
	}
	return t, t.check()
}

// only returns the one aligned place of pattern that fits.
func only(m memory, pattern []byte, fits func(at int) bool) (int, error) {
	found := -1
	for at := 0; ; at++ {
		i := bytes.Index(m[at:], pattern)
		if i < 0 {
			break
		}
		if at += i; at%8 != 0 || !fits(at) {
			continue
		}
		if found >= 0 {
			return 0, errors.New("there are two")
		}
		found = at
	}
	if found < 0 {
		return 0, errors.New("there is none")
	}
	return found, nil
}

// check holds what was found against the layout above.
func (t *symtab) check() error {
	m := t.m
	for what, ok := range map[string]bool{
		"the parts don't follow one another": t.header < t.names && t.names < t.pctab && t.pctab < t.ftab && t.ftab < t.gofunc && t.gofunc < t.findfunc && t.findfunc < t.end && t.end <= len(m),
		"pctab isn't where the header says":  m.u64(t.module+mdPctab) == t.pctab,
		"ftab isn't where the header says":   m.u64(t.module+mdFtab) == t.ftab && m.u64(t.module+mdPclntable) == t.ftab,
		"ftab has another length":            m.u64(t.module+mdFtab+8) == t.nfunc+1 && t.nfunc > 0 && t.ftab+8*t.nfunc+4 <= t.gofunc,
		"text doesn't begin at 0":            m.u64(t.module+mdText) == 0,
	} {
		if !ok {
			return fmt.Errorf("the table of functions isn't what Go 1.26 writes: %s", what)
		}
	}
	t.first = m.u32(t.ftab)
	if m.u64(t.module+mdMinpc) != int(t.first)<<16 {
		return errors.New("the table of functions isn't what Go 1.26 writes: the first function isn't where code begins")
	}
	for i := range t.nfunc {
		if m.u32(t.ftab+8*i) != t.first+uint32(i) {
			return fmt.Errorf("the table of functions isn't what Go 1.26 writes: function %d has a gap before it", i)
		}
	}
	return nil
}

// function is one record.
type function struct {
	entry, name, args, deferReturn, pcsp uint32
	id, flag                             byte
	pcdata, funcdata                     []uint32
}

func (t *symtab) function(i int) (function, error) {
	at := t.ftab + int(t.m.u32(t.ftab+8*i+4))
	if at+recordSize > t.gofunc {
		return function{}, fmt.Errorf("the record of function %d lies outside", i)
	}
	u := func(field int) uint32 { return t.m.u32(at + 4*field) }
	f := function{entry: u(0), name: u(1), args: u(2), deferReturn: u(3), pcsp: u(4), id: t.m[at+40], flag: t.m[at+41]}
	npcdata, nfuncdata := int(u(7)), int(t.m[at+43])
	at += recordSize
	if npcdata > 16 || nfuncdata > 16 || at+4*(npcdata+nfuncdata) > t.gofunc {
		return function{}, fmt.Errorf("the record of function %d is too long", i)
	}
	for j := range npcdata {
		f.pcdata = append(f.pcdata, t.m.u32(at+4*j))
	}
	for j := range nfuncdata {
		f.funcdata = append(f.funcdata, t.m.u32(at+4*(npcdata+j)))
	}
	if f.entry != t.m.u32(t.ftab+8*i) || f.id > funcIDWrapper {
		return function{}, fmt.Errorf("the record of function %d isn't its own", i)
	}
	return f, nil
}

// text returns the zero-terminated name at an offset of the names.
func (t *symtab) text(off uint32) (string, error) {
	if t.names+int(off) >= t.pctab {
		return "", fmt.Errorf("a name lies at %d, outside", off)
	}
	b := t.m[t.names+int(off) : t.pctab]
	n := bytes.IndexByte(b, 0)
	if n < 0 {
		return "", fmt.Errorf("the name at %d has no end", off)
	}
	return string(b[:n]), nil
}

// table returns the bytes of a table of pctab with its end, and the largest
// value in it.
func (t *symtab) table(off uint32) ([]byte, int32, error) {
	r := reader{b: t.m[min(t.pctab+int(off), t.ftab):t.ftab]}
	all := r.b
	value, most := int32(-1), int32(-1)
	for pc := uint64(0); ; {
		d := uint32(r.uvarint())
		if d == 0 && pc > 0 || r.err != nil {
			break
		}
		value += int32(-(d & 1) ^ (d >> 1))
		most = max(most, value)
		pc += r.uvarint()
	}
	if r.err != nil {
		return nil, 0, fmt.Errorf("the table at %d has no end", off)
	}
	return all[:len(all)-len(r.b)], most, nil
}

// dataSize returns how many bytes a table of gofunc has.
func (t *symtab) dataSize(kind int, off uint32) (int, error) {
	from := min(t.gofunc+int(off), t.findfunc)
	r := reader{b: t.m[from:t.findfunc]}
	switch kind {
	case funcdataArgs, funcdataLocals: // n, nbit u32, then n maps of nbit bits
		n, bits := r.u32(), r.u32()
		r.take(uint64(n) * ((uint64(bits) + 7) / 8))
	case funcdataObjects: // n u64, then n × (offset, size, pointers, mask u32)
		n, high := r.u32(), r.u32()
		r.take(16*uint64(n) + uint64(high)<<32)
	case funcdataDefers: // two numbers
		r.uvarint()
		r.uvarint()
	}
	if r.err != nil {
		return 0, fmt.Errorf("data %d lies outside", kind)
	}
	return t.findfunc - from - len(r.b), nil
}
