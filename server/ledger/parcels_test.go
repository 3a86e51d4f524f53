package ledger

import (
	"strings"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/native"
)

// statement returns a statement with grants in these slots.
func statement(sequence uint64, grants map[byte]string) *api.Statement {
	s := &api.Statement{Sequence: sequence, EndEpoch: 3, Blobs: []api.StatementBlob{{BlobID: [32]byte{7}, Size: 9}}}
	for slot, grant := range grants {
		s.PutSlot(slotOf(slot), []byte(grant))
	}
	return s
}

func slotOf(b byte) [32]byte { return [32]byte{0: b, 31: 1} }

func (n *network) parcel(b *suitx.Builder, function string, args ...suitx.Argument) suitx.Argument {
	return b.Call(n.ids.FloePackage, "parcel", function, args...)
}

func slotArg(b *suitx.Builder, slot byte) suitx.Argument {
	s := slotOf(slot)
	return b.Bytes(s[:])
}

func statementArg(b *suitx.Builder, s *api.Statement) suitx.Argument {
	return b.Bytes(must(s.Marshal()))
}

// newParcel creates a parcel with grants in slots 1 and 2.
func (n *network) newParcel(a account) (*native.Parcel, suitx.ObjectRef, *Executed) {
	n.t.Helper()
	var b suitx.Builder
	p := n.parcel(&b, "create", statementArg(&b, statement(0, map[byte]string{1: "one", 2: "two"})))
	n.parcel(&b, "put_grant", p, slotArg(&b, 1), b.Bytes([]byte("one")))
	n.parcel(&b, "put_grant", p, slotArg(&b, 2), b.Bytes([]byte("two")))
	n.parcel(&b, "keep", p)
	e := n.ok(n.send(&b, a))
	o := created(e, "parcel", "Parcel")[0]
	return readAs(o, &native.Parcel{}), o.Ref(), e
}

func TestParcelLife(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	v, ref, e := n.newParcel(a)
	if ref.ID != suitx.DerivedObjectID(e.Digest, 0) {
		t.Error("the parcel's ID isn't that of the first object created")
	}
	if o := output(e, ref.ID); o.Owner.Address != a.Address || o.Move.HasPublicTransfer {
		t.Errorf("the parcel is %+v", o.Owner)
	}
	if v.Sequence != 0 || v.Grants != 2 {
		t.Errorf("created %+v", v)
	}
	fields, _, err := n.DynamicFields(ref.ID, nil, 10)
	if err != nil || len(fields) != 2 || !strings.HasSuffix(fields[0].Move.Type.String(), "Field<vector<u8>, vector<u8>>") {
		t.Fatalf("fields %v, %v", fields, err)
	}

	var b suitx.Builder // one grant goes, one is replaced, one is new
	p := b.Object(ref)
	n.parcel(&b, "change", p, statementArg(&b, statement(1, map[byte]string{2: "zwei", 3: "three"})))
	n.parcel(&b, "take_grant", p, slotArg(&b, 1))
	n.parcel(&b, "put_grant", p, slotArg(&b, 2), b.Bytes([]byte("zwei")))
	n.parcel(&b, "put_grant", p, slotArg(&b, 3), b.Bytes([]byte("three")))
	e = n.ok(n.send(&b, a))
	o := output(e, ref.ID)
	if v := readAs(o, &native.Parcel{}); v.Sequence != 1 || v.Grants != 2 {
		t.Errorf("changed to %+v", v)
	}
	var kinds []string
	for _, ev := range e.Events {
		kinds = append(kinds, ev.Type.Name)
	}
	if got := strings.Join(kinds, " "); got != "ParcelChanged GrantTaken GrantPut GrantPut" {
		t.Errorf("events %s", got)
	}

	b = suitx.Builder{}
	p = b.Object(o.Ref())
	n.parcel(&b, "change", p, statementArg(&b, statement(2, nil)))
	n.parcel(&b, "take_grant", p, slotArg(&b, 2))
	n.parcel(&b, "take_grant", p, slotArg(&b, 3))
	n.parcel(&b, "delete", p)
	e = n.ok(n.send(&b, a))
	if _, err := n.Object(ref.ID, 0); err == nil || err.(*Deleted).Wrapped || err.(*Deleted).By != e.Digest {
		t.Errorf("a deleted parcel gives %v", err)
	}
	if fields, _, err := n.DynamicFields(ref.ID, nil, 10); err != nil || len(fields) != 0 {
		t.Errorf("a deleted parcel has fields %v, %v", fields, err)
	}
	if old, err := n.Object(ref.ID, ref.Version); err != nil || old.Ref() != ref {
		t.Errorf("its first version gives %v", err)
	}
}

func TestParcelAborts(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	_, ref, _ := n.newParcel(a)
	good := func(sequence uint64) []byte { return must(statement(sequence, map[byte]string{1: "one"}).Marshal()) }
	twice := must((&api.Statement{Slots: []api.StatementSlot{{Slot: slotOf(1)}}}).Marshal())
	twice = append(twice[:14:14], append([]byte{2}, append(twice[15:], twice[15:]...)...)...)
	for _, c := range []struct {
		name, want string
		do         func(b *suitx.Builder, p suitx.Argument)
	}{
		{"created at 1", "abort parcel::create 0 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(good(1))))
		}},
		{"created from nothing", "abort parcel::check 1 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(nil)))
		}},
		{"another version", "abort parcel::check 1 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(append([]byte{2}, good(0)[1:]...))))
		}},
		{"cut", "abort parcel::check 1 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(good(0)[:40])))
		}},
		{"a byte left over", "abort parcel::check 1 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(append(good(0), 0))))
		}},
		{"a slot twice", "abort parcel::check 1 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(twice)))
		}},
		{"too large", "abort parcel::check 7 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "keep", n.parcel(b, "create", b.Bytes(make([]byte, api.MaxStatement+1))))
		}},
		{"changed to the same number", "abort parcel::change 0 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "change", p, b.Bytes(good(0)))
		}},
		{"a number left out", "abort parcel::change 0 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "change", p, b.Bytes(good(2)))
		}},
		{"grant for another slot", "abort parcel::put_grant 2 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "put_grant", p, slotArg(b, 9), b.Bytes([]byte("one")))
		}},
		{"slot of another size", "abort parcel::put_grant 2 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "put_grant", p, b.Bytes([]byte{1}), b.Bytes([]byte("one")))
		}},
		{"another grant", "abort parcel::put_grant 3 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "put_grant", p, slotArg(b, 1), b.Bytes([]byte("eins")))
		}},
		{"grant too large", "abort parcel::put_grant 7 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "put_grant", p, slotArg(b, 1), b.Bytes(make([]byte, api.MaxGrant+1)))
		}},
		{"grant taken that the statement lists", "abort parcel::take_grant 4 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "take_grant", p, slotArg(b, 1))
		}},
		{"grant taken that isn't there", "abort parcel::take_grant 5 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "take_grant", p, slotArg(b, 9))
		}},
		{"deleted with grants", "abort parcel::delete 6 at 0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "delete", p)
		}},
		{"given away", "argument 0 " + notTransfer + " at 0", func(b *suitx.Builder, p suitx.Argument) {
			b.Transfer(newAccount("bob").Address, p)
		}},
		{"parcel left over", "unused 0.0", func(b *suitx.Builder, p suitx.Argument) {
			n.parcel(b, "create", b.Bytes(good(0)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ref = must(n.Object(ref.ID, 0)).Ref()
			var b suitx.Builder
			c.do(&b, b.Object(ref))
			data := n.build(&b, a)
			before := must(n.Balance(a.Address, suitx.SUI())).Total
			e := n.sign(data, a)
			if got := statusText(e); got != c.want {
				t.Errorf("ended %q, want %q", got, c.want)
			}
			checkFailedEffects(t, n, data, e, before)
		})
	}
	if v := readAs(must(n.Object(ref.ID, 0)), &native.Parcel{}); v.Sequence != 0 || v.Grants != 2 {
		t.Errorf("after all that the parcel is %+v", v)
	}
	var b suitx.Builder
	n.parcel(&b, "grants", b.Object(must(n.Object(ref.ID, 0)).Ref()))
	if _, err := n.try(n.build(&b, n.rich("mallory")), newAccount("mallory")); !refused(err, ErrInvalidTransaction, "IncorrectUserSignature") {
		t.Errorf("somebody else's parcel gave %v", err)
	}
}
