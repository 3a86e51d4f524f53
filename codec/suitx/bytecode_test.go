package suitx

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

// compiled is a module as Sui's compiler made it.
func compiled(t testing.TB) []byte {
	t.Helper()
	code, err := os.ReadFile("../../server/sui/move/build/parcel.mv")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestRebase(t *testing.T) {
	code, home := compiled(t), Address{1, 2, 31: 3}
	moved, err := Rebase(code, home)
	if err != nil {
		t.Fatal(err)
	}
	self, name, err := ModuleID(moved)
	if err != nil || self != home || name != "parcel" {
		t.Errorf("moved, it is %s::%s (%v)", self, name, err)
	}
	if self, _, _ := ModuleID(code); !self.IsZero() {
		t.Errorf("the compiler's own is at %s", self)
	}
	back, err := Rebase(moved, Address{})
	if err != nil || !bytes.Equal(back, code) {
		t.Errorf("it doesn't come back: %v", err)
	}
}

func TestPackageDigestIsOrderless(t *testing.T) {
	a, b := FrameworkAddress(1), FrameworkAddress(2)
	modules := [][]byte{{1}, {2}}
	want := PackageDigest(modules, []Address{a, b})
	if PackageDigest([][]byte{{2}, {1}}, []Address{b, a}) != want {
		t.Error("the order counts")
	}
	for i, other := range [][32]byte{
		PackageDigest(modules[:1], []Address{a, b}), PackageDigest(modules, []Address{a}),
		PackageDigest(modules, []Address{a, b, b}), PackageDigest([][]byte{{1}, {3}}, []Address{a, b}),
	} {
		if other == want {
			t.Errorf("change %d doesn't count", i)
		}
	}
}

func TestNotBytecode(t *testing.T) {
	code := compiled(t)
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("module"), "the magic alone": code[:4],
		"half": code[:len(code)/2], "without its end": code[:len(code)-1],
		"a handle beyond all": append(bytes.Clone(code[:len(code)-1]), 0xff, 0xff, 0xff, 0xff, 0x0f)} {
		if _, err := Rebase(b, Address{}); !errors.Is(err, ErrNotBytecode) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is read as a module, rebasing changes its address and nothing else.
func FuzzRebase(f *testing.F) {
	f.Add(compiled(f))
	f.Fuzz(func(t *testing.T, code []byte) {
		self, name, err := ModuleID(code)
		if err != nil {
			return
		}
		moved, err := Rebase(code, Address{5})
		if err != nil {
			t.Fatal(err)
		}
		back, err := Rebase(moved, self)
		if err != nil {
			return // the address stood where the module is read from: no compiler does that
		}
		if after, _, _ := ModuleID(back); after != self {
			t.Errorf("%s::%s came back as %s", self, name, after)
		}
	})
}
