package move

import (
	"fmt"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// Elements splits the BCS of a vector of t into that of its elements.
func (p *Packages) Elements(t suitx.TypeTag, b []byte) ([][]byte, error) {
	r := bcs.NewReader(b)
	all := make([][]byte, 0, r.Len(1))
	for range cap(all) {
		start := r.Offset()
		p.check(r, t, 0)
		if r.Err() != nil {
			break
		}
		all = append(all, b[start:r.Offset()])
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't split a vector of %s: %w", t, err)
	}
	return all, nil
}

// VectorOf returns the BCS of a vector of elements.
func VectorOf(elements [][]byte) []byte {
	var w bcs.Writer
	bcs.WriteSeq(&w, elements, (*bcs.Writer).Fixed)
	return w.Data()
}

// Elements splits argument i, a vector of elements of type t or a struct of one.
// As with Get, what doesn't split is an internal error.
func (c *Call) Elements(i int, t suitx.TypeTag) [][]byte {
	all, err := c.Packages.Elements(t, c.Args[i])
	if err != nil {
		c.Fail(err)
	}
	return all
}

// SetBytes replaces argument i by BCS, as Set does.
func (c *Call) SetBytes(i int, b []byte) { c.setBytes(i, b) }

// Parts splits BCS into that of values of these types, one after the other.
func (p *Packages) Parts(b []byte, types ...suitx.TypeTag) (parts [][]byte, err error) {
	r := bcs.NewReader(b)
	for _, t := range types {
		start := r.Offset()
		p.check(r, t, 0)
		if r.Err() != nil {
			break
		}
		parts = append(parts, b[start:r.Offset()])
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("couldn't split what holds %v: %w", types, err)
	}
	return parts, nil
}
