package codec

// restoreRows computes the missing rows from k1 primary slivers: each column of
// the source is a codeword of the column code.
func (d *Decoder) restoreRows(slivers []*Sliver, have, missing []int, row func(int) []byte) error {
	p, s := d.verifier.p, d.verifier.symbolSize
	restore := newRestorer(p.columnCode(), have, missing)
	count := groupCount(s, p.Secondary)
	return parallel((p.Secondary+count-1)/count, func() func(int) error {
		g := newGroup(len(have), len(missing), layout{symbolSize: s, count: count})
		return func(unit int) error {
			first := unit * count
			end := min(first+count, p.Secondary)
			for c := first; c < end; c++ {
				for i, wide := range g.src {
					g.layout.pack(wide, c-first, slivers[have[i]].Data[c*s:][:s])
				}
			}
			if err := restore(g.dst, g.src); err != nil {
				return err
			}
			for i, wide := range g.dst {
				r := row(missing[i])
				for c := first; c < end; c++ {
					g.layout.unpack(r[c*s:][:s], wide, c-first)
				}
			}
			return nil
		}
	})
}

// restoreColumns computes the missing rows from k2 secondary slivers: each row
// is a codeword of the row code, of which the slivers hold k2 symbols.
func (d *Decoder) restoreColumns(slivers []*Sliver, have, missing []int, row func(int) []byte) error {
	p, s := d.verifier.p, d.verifier.symbolSize
	for _, r := range missing {
		for _, c := range have {
			if c < p.Secondary {
				copy(row(r)[c*s:], slivers[c].Data[r*s:][:s])
			}
		}
	}
	var want []int // columns
	for c := range p.Secondary {
		if slivers[c] == nil {
			want = append(want, c)
		}
	}
	if len(want) == 0 {
		return nil
	}
	restore := newRestorer(p.rowCode(), have, want)
	count := groupCount(s, len(missing))
	return parallel((len(missing)+count-1)/count, func() func(int) error {
		g := newGroup(len(have), len(want), layout{symbolSize: s, count: count})
		return func(unit int) error {
			rows := missing[unit*count : min((unit+1)*count, len(missing))]
			for i, wide := range g.src {
				for j, r := range rows {
					g.layout.pack(wide, j, slivers[have[i]].Data[r*s:][:s])
				}
			}
			if err := restore(g.dst, g.src); err != nil {
				return err
			}
			for i, wide := range g.dst {
				for j, r := range rows {
					g.layout.unpack(row(r)[want[i]*s:][:s], wide, j)
				}
			}
			return nil
		}
	})
}
