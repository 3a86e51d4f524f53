package main

import (
	"bytes"
	"errors"
	"fmt"
)

// record is what is kept of a function. All have the same form: two tables
// besides pcsp, five of funcdata.
type record struct {
	name, args, deferReturn, pcsp uint32
	kind                          uint32 // funcID, flag, 0, nfuncdata u8
	stackMap, inlTree             uint32
	funcdata                      [funcdatas]uint32
}

const (
	pcdatas   = 3
	funcdatas = 5
	slimSize  = recordSize + 4*pcdatas + 4*funcdatas + 4 // with what aligns it
)

// column is one number of all records. Side by side they compress to half.
type column struct {
	at  uint32 // in a record
	get func(r *record) uint32
}

func columns() []column {
	all := []column{
		{4, func(r *record) uint32 { return r.name }},
		{8, func(r *record) uint32 { return r.args }},
		{12, func(r *record) uint32 { return r.deferReturn }},
		{16, func(r *record) uint32 { return r.pcsp }},
		{40, func(r *record) uint32 { return r.kind }},
		{recordSize + 4*pcdataStackMap, func(r *record) uint32 { return r.stackMap }},
		{recordSize + 4*pcdataInlTree, func(r *record) uint32 { return r.inlTree }},
	}
	for i := range funcdatas {
		all = append(all, column{recordSize + 4*pcdatas + 4*uint32(i), func(r *record) uint32 { return r.funcdata[i] }})
	}
	return all
}

// write lays out the new table. It begins where the old one did; ftab and the
// records follow the tables they name. Their place holds zeros and so does
// findfunctab's, whose numbers follow from where they stand; the columns lie
// there until unpack, the code of a function without arguments, has put them
// into the records and findfunctab over them.
func (s *slim) write() (unpack []byte, err error) {
	if err := s.checkFind(); err != nil {
		return nil, err
	}
	names, pctab, end := s.symtab.names, s.symtab.pctab, s.symtab.gofunc
	ftab := (pctab + len(s.pctab) + 7) &^ 7
	records := (ftab + 8*s.nfunc + 4 + 7) &^ 7
	packed := columns()
	switch {
	case len(s.names) > pctab-names:
		return nil, errors.New("the new names are longer than the old ones")
	case records+slimSize*s.nfunc > end:
		return nil, errors.New("the new records are longer than the old ones")
	case 4*len(packed)*s.nfunc > s.findRows()*findBucket:
		return nil, errors.New("the columns are longer than findfunctab")
	}
	clear(s.m[names : s.findfunc+s.findRows()*findBucket])
	copy(s.m[names:], s.names)
	copy(s.m[pctab:], s.pctab)
	copy(s.m[end:], s.gofunc)
	first := s.first
	s.m.setU32(ftab+8*s.nfunc, first+uint32(s.nfunc))
	for k, c := range packed {
		for i := range s.records {
			s.m.setU32(s.findfunc+4*(k*s.nfunc+i), c.get(&s.records[i]))
		}
	}
	s.place(ftab, len(s.pctab))
	return unpacker{
		first: first, count: uint32(s.nfunc), ftab: uint32(ftab), records: uint32(records),
		columns: packed, find: uint32(s.findfunc), rows: uint32(s.findRows()),
	}.code(), nil
}

// place tells header and moduledata where ftab is now.
func (s *slim) place(ftab, pctabSize int) {
	for at, v := range map[int]int{
		s.header + 64:               ftab - s.header,
		s.module + mdPctab + 8:      pctabSize,
		s.module + mdPctab + 16:     pctabSize,
		s.module + mdPclntable:      ftab,
		s.module + mdPclntable + 8:  s.symtab.gofunc - ftab,
		s.module + mdPclntable + 16: s.symtab.gofunc - ftab,
		s.module + mdFtab:           ftab,
	} {
		le.PutUint64(s.m[at:], uint64(v))
	}
}

// findRows is how many buckets findfunctab has before the last function's:
// sixteen for each. That has as many as its code takes, the last of them cut.
func (t *symtab) findRows() int { return findBuckets * (t.nfunc - 1) }

// checkFind holds findfunctab against what unpack makes, and leaves.
func (t *symtab) checkFind() error {
	last := t.findfunc + findBucket*t.findRows()
	if rest := t.end - last; rest <= 4 || rest > findBuckets*findBucket {
		return fmt.Errorf("findfunctab has %d bytes for the last function", rest)
	}
	for at := t.findfunc; at < t.end; at += findBucket {
		number, added := (at-t.findfunc)/findBucket/findBuckets, t.m[at+4:min(at+findBucket, t.end)]
		if t.m.u32(at) != uint32(number) || bytes.ContainsFunc(added, func(r rune) bool { return r != 0 }) {
			return fmt.Errorf("the row at %d of findfunctab isn't what Go 1.26 writes", at-t.findfunc)
		}
	}
	return nil
}
