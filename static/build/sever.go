package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// idle are packages that nothing in the page can reach, though the linker
// thinks so: hpke compares a key's curve with P-256 and P-384 before it goes on
// with X25519, the only one age's recipients have. A call of theirs stops the
// module at once; it can't give a wrong result.
var idle = []string{
	"crypto/internal/fips140/nistec.",
	"crypto/internal/fips140/nistec/fiat.",
	"crypto/internal/fips140/ecdh.",
}

// pointsOfP256 is crypto/internal/fips140/nistec's table of multiples of the
// base point, as long as the code beside it and not to be compressed.
var pointsOfP256 = struct {
	begins []byte
	size   int
	sha256 string
}{[]byte{0x3c, 0x14, 0xa9, 0x18, 0xd4, 0x30, 0xe7, 0x79}, 43 * 32 * 2 * 4 * 8, "a3a5d08c40939adb7c0e9e4f5b689721296130750ab4e38fe4543294c8dbbfe3"}

// idleFunctions tells which functions never run. What Go calls at start does.
func (t *symtab) idleFunctions() ([]bool, error) {
	all := make([]bool, t.nfunc)
	for i := range all {
		f, err := t.function(i)
		if err != nil {
			return nil, err
		}
		name, err := t.text(f.name)
		if err != nil {
			return nil, err
		}
		for _, pkg := range idle {
			inner, ok := strings.CutPrefix(name, pkg)
			all[i] = all[i] || ok && inner != "init" && !strings.HasPrefix(inner, "init.")
		}
	}
	return all, nil
}

// sever replaces the code of functions that never run by a trap.
func sever(code []byte, idle []bool) ([]byte, error) {
	trap := []byte{0, opUnreachable, opEnd} // no locals
	r := reader{b: code}
	n := r.uvarint()
	if n != uint64(len(idle)) {
		return nil, fmt.Errorf("the module has code of %d functions, their table is of %d", n, len(idle))
	}
	out := binary.AppendUvarint(nil, n)
	for _, never := range idle {
		body := r.take(r.uvarint())
		if never {
			body = trap
		}
		out = append(binary.AppendUvarint(out, uint64(len(body))), body...)
	}
	if r.err != nil || len(r.b) > 0 {
		return nil, errors.New("the code section is cut or has something behind it")
	}
	return out, nil
}

// forgetPoints puts zeros in place of pointsOfP256, where the module has them.
func forgetPoints(m memory) error {
	p := pointsOfP256
	at := bytes.Index(m, p.begins)
	if at < 0 {
		return nil
	}
	if at+p.size > len(m) {
		return errors.New("the points of P-256 are cut")
	}
	if sum := sha256.Sum256(m[at : at+p.size]); hex.EncodeToString(sum[:]) != p.sha256 {
		return fmt.Errorf("the points of P-256 have the hash %x", sum)
	}
	clear(m[at : at+p.size])
	return nil
}
