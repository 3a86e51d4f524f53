package main

import (
	"bytes"
	"errors"
	"fmt"
)

// recoverers tells of which functions recovering from a panic may want to know
// what was inlined into them: those that may call recover, wrappers, and
// runtime.gopanic (runtime/panic.go: gorecover counts the frames between).
func (t *symtab) recoverers(code, imports []byte) ([]bool, error) {
	gorecover, err := t.find("runtime.gorecover")
	if err != nil {
		return nil, err
	}
	r := reader{b: imports}
	imported := r.uvarint()
	// Go's linker writes a call's number as a signed one. These bytes may also
	// stand elsewhere: then a function keeps what it doesn't need.
	call := appendVarint([]byte{opCall}, int64(imported)+int64(gorecover))
	r = reader{b: code}
	if n := r.uvarint(); n != uint64(t.nfunc) {
		return nil, fmt.Errorf("the module has code of %d functions, their table is of %d", n, t.nfunc)
	}
	may := make([]bool, t.nfunc)
	found := false
	for i := range may {
		body := r.take(r.uvarint())
		f, err := t.function(i)
		if err != nil {
			return nil, err
		}
		may[i] = bytes.Contains(body, call)
		found = found || may[i]
		may[i] = may[i] || f.id == funcIDWrapper || f.id == funcIDGopanic
	}
	if r.err != nil || !found {
		return nil, errors.New("couldn't tell which functions recover from panics")
	}
	return may, nil
}

// find returns the number of the function of that name.
func (t *symtab) find(name string) (int, error) {
	for i := range t.nfunc {
		f, err := t.function(i)
		if err != nil {
			return 0, err
		}
		if s, err := t.text(f.name); err != nil || s == name {
			return i, err
		}
	}
	return 0, fmt.Errorf("the module has no function %s", name)
}
