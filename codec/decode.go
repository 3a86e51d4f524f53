package codec

// restoreRows computes the missing rows from k1 primary slivers: each column of
// the source is a codeword of the column code.
func (d *Decoder) restoreRows(slivers []*Sliver, have, missing []int, row func(int) []byte) error {
	p, s := d.verifier.p, d.verifier.symbolSize
	var src, dst []grid
	for _, i := range have {
		src = append(src, grid{slivers[i].Data, 1, 0, s})
	}
	for _, r := range missing {
		dst = append(dst, grid{row(r), 1, 0, s})
	}
	restore, lanes := newRestorer(p.columnCode(), have, missing)
	return inGroups(restore, dst, src, s, p.Secondary, lanes)
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
	restore, lanes := newRestorer(p.rowCode(), have, want)
	for len(missing) > 0 {
		n := run(missing)
		first, all := missing[0], row(missing[0])
		var src, dst []grid
		for _, i := range have {
			src = append(src, grid{slivers[i].Data[first*s:], 1, 0, s})
		}
		for _, c := range want {
			dst = append(dst, grid{all[c*s:], 1, 0, p.Secondary * s})
		}
		if err := inGroups(restore, dst, src, s, n, lanes); err != nil {
			return err
		}
		missing = missing[n:]
	}
	return nil
}
