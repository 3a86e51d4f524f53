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
// thinks so. Hpke compares a key's curve with P-256 and P-384 before it goes on
// with X25519, the only one age's recipients have; age reads the work factor of
// passphrase stanzas, which nobody here opens, by a regular expression. A call
// of theirs stops the module at once; it can't give a wrong result.
// TestNobodyNeedsIdle holds who imports them.
var idle = []string{
	"crypto/internal/fips140/nistec.",
	"crypto/internal/fips140/nistec/fiat.",
	"crypto/internal/fips140/ecdh.",
	"regexp.",
	"regexp/syntax.",
}

// silent are functions without arguments and results that run at start, and
// fill maps that only idle packages read. Of those that nobody reads, Go's
// linker does with them what is done here (runtime.mapinitnoop).
var silent = []string{"unicode.map.init.", "regexp/syntax.map.init."}

// compileAtStart is what age calls at start for its regular expression: it
// takes a string and returns a pointer, which is nil here.
const compileAtStart = "regexp.MustCompile"

// pointsOfP256 is crypto/internal/fips140/nistec's table of multiples of the
// base point, as long as the code beside it and not to be compressed.
var pointsOfP256 = struct {
	begins []byte
	size   int
	sha256 string
}{[]byte{0x3c, 0x14, 0xa9, 0x18, 0xd4, 0x30, 0xe7, 0x79}, 43 * 32 * 2 * 4 * 8, "a3a5d08c40939adb7c0e9e4f5b689721296130750ab4e38fe4543294c8dbbfe3"}

// bodies returns what to put in place of a function's code: nothing where it
// stays. What Go calls at start isn't idle.
func (t *symtab) bodies() ([][]byte, error) {
	all := make([][]byte, t.nfunc)
	for i := range all {
		f, err := t.function(i)
		if err != nil {
			return nil, err
		}
		name, err := t.text(f.name)
		if err != nil {
			return nil, err
		}
		all[i] = bodyOf(name)
	}
	return all, nil
}

func bodyOf(name string) []byte {
	if name == compileAtStart {
		const result = 8 + 16 // behind the return address and the string
		return returning(opLocalGet, 1, opI64Const, 0, opI64Store, 3, result)
	}
	for _, start := range silent {
		if strings.HasPrefix(name, start) {
			return returning()
		}
	}
	for _, pkg := range idle {
		inner, ok := strings.CutPrefix(name, pkg)
		if ok && inner != "init" && !strings.HasPrefix(inner, "init.") {
			return []byte{0, opUnreachable, opEnd} // no locals
		}
	}
	return nil
}

// returning is a Go function without a frame: it has its stack pointer in local
// 1, does what is given, drops the return address and says that it is done.
func returning(does ...byte) []byte {
	b := append([]byte{1, 1, typeI32, opGlobalGet, 0, opLocalSet, 1}, does...)
	return append(b, opLocalGet, 1, opI32Const, 8, opI32Add, opGlobalSet, 0, opI32Const, 0, opEnd)
}

// sever replaces the code of functions.
func sever(code []byte, bodies [][]byte) ([]byte, error) {
	r := reader{b: code}
	n := r.uvarint()
	if n != uint64(len(bodies)) {
		return nil, fmt.Errorf("the module has code of %d functions, their table is of %d", n, len(bodies))
	}
	out := binary.AppendUvarint(nil, n)
	for _, instead := range bodies {
		body := r.take(r.uvarint())
		if instead != nil {
			body = instead
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
