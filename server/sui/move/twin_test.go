package move

import (
	"bytes"
	"testing"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// twin runs scenarios on the embedded ledger, whose parcels are the package's
// native twin, and holds it to the model as the Move unit tests hold the package.
type twin struct {
	ledger *ledger.Ledger
	sender rpctest.Account
	floe   suitx.Address
}

func newTwin(t *testing.T) *twin {
	l := rpctest.Ledger(t)
	ids, _ := api.Networks(api.Local)
	return &twin{ledger: l, sender: rpctest.NewAccount(1).Fund(t, l), floe: ids.FloePackage}
}

func (w *twin) model() *model {
	return &model{sender: w.sender.Address, grants: map[string][]byte{}}
}

// call adds a step; parcel is what create returned, or the parcel as input.
func (w *twin) call(b *suitx.Builder, s step, parcel suitx.Argument) suitx.Argument {
	call := func(function string, args ...suitx.Argument) suitx.Argument {
		return b.Call(w.floe, "parcel", function, args...)
	}
	switch s.call {
	case "create":
		return call("create", b.Bytes(s.statement.bytes()))
	case "change":
		call("change", parcel, b.Bytes(s.statement.bytes()))
	case "put":
		call("put_grant", parcel, b.Bytes(s.slot.bytes()), b.Bytes(s.grant.bytes()))
	case "take":
		call("take_grant", parcel, b.Bytes(s.slot.bytes()))
	case "delete":
		call("delete", parcel)
	}
	return parcel
}

// Every step is a transaction of its own; on the network's own package, and on
// one that was published.
func TestTwinStepByStep(t *testing.T) {
	w := newTwin(t)
	t.Run("built in", w.stepByStep)
	w.publish(t)
	t.Run("published", w.stepByStep)
}

// publish publishes the package, which the twin then is.
func (w *twin) publish(t *testing.T) {
	t.Helper()
	var b suitx.Builder
	b.Transfer(w.sender.Address, b.Command(&suitx.Publish{Modules: Modules(), Dependencies: Dependencies()}))
	x := w.sender.Run(t, w.ledger, &b)
	if f := x.Effects.Status.Failure; f != nil {
		t.Fatalf("publishing fails: %+v", f)
	}
	w.floe = suitx.DerivedObjectID(x.Digest, 0)
}

func (w *twin) stepByStep(t *testing.T) {
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			m := w.model()
			var parcel *suitx.Object
			for i, s := range sc.steps {
				b := &suitx.Builder{}
				var arg suitx.Argument
				if parcel != nil {
					arg = b.Object(parcel.Ref())
				}
				if arg = w.call(b, s, arg); s.call == "create" {
					b.Call(w.floe, "parcel", "keep", arg)
				}
				x := w.sender.Run(t, w.ledger, b)
				want := m.do(s)
				w.checkStatus(t, i, x, want, 0)
				if want.abort >= 0 {
					return
				}
				parcel = w.parcel(t, x, parcel)
				w.checkParcel(t, i, parcel, m, want)
				checkEvents(t, i, w.floe, x, []outcome{want})
			}
		})
	}
}

// The whole life is one transaction.
func TestTwinInOneTransaction(t *testing.T) {
	w := newTwin(t)
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			m, b := w.model(), &suitx.Builder{}
			var parcel suitx.Argument
			var outcomes []outcome
			for _, s := range sc.steps {
				parcel = w.call(b, s, parcel)
				outcomes = append(outcomes, m.do(s))
			}
			last := outcomes[len(outcomes)-1]
			if sc.steps[len(sc.steps)-1].call != "delete" {
				b.Call(w.floe, "parcel", "keep", parcel)
			}
			x := w.sender.Run(t, w.ledger, b)
			w.checkStatus(t, len(outcomes)-1, x, last, len(outcomes)-1)
			if last.abort >= 0 {
				return
			}
			w.checkParcel(t, len(outcomes)-1, w.parcel(t, x, nil), m, last)
			checkEvents(t, len(outcomes)-1, w.floe, x, outcomes)
		})
	}
}

func (w *twin) checkStatus(t *testing.T, step int, x *ledger.Executed, want outcome, command int) {
	t.Helper()
	f := x.Effects.Status.Failure
	switch {
	case want.abort < 0 && f != nil:
		t.Fatalf("step %d fails: %+v at %+v", step, f, f.Location)
	case want.abort < 0:
	case f == nil:
		t.Fatalf("step %d succeeds, wanted abort %d", step, want.abort)
	case f.Kind != suitx.MoveAbort || f.AbortCode != uint64(want.abort) || f.Location == nil ||
		f.Location.Package != w.floe || f.Location.Module != "parcel" || f.Command == nil || *f.Command != uint64(command):
		t.Fatalf("step %d: %+v at %+v, wanted abort %d in command %d", step, f, f.Location, want.abort, command)
	}
}

// parcel finds what became of the parcel; nil if it is no more.
func (w *twin) parcel(t *testing.T, x *ledger.Executed, before *suitx.Object) *suitx.Object {
	t.Helper()
	for _, o := range x.Outputs {
		if o.Move != nil && o.Move.Type.Is(w.floe, "parcel", "Parcel") {
			if before == nil && o.ID() != suitx.DerivedObjectID(x.Digest, 0) {
				t.Errorf("parcel is %s, the first ID derived from its transaction is %s", o.ID(), suitx.DerivedObjectID(x.Digest, 0))
			}
			return o
		}
	}
	return nil
}

func (w *twin) checkParcel(t *testing.T, step int, o *suitx.Object, m *model, want outcome) {
	t.Helper()
	if o == nil || want.parcel == nil {
		if o != nil || want.parcel != nil {
			t.Fatalf("step %d: parcel is %v, wanted %x", step, o, want.parcel)
		}
		return
	}
	if got := o.Move.Contents[32:]; !bytes.Equal(got, want.parcel) {
		t.Errorf("step %d: parcel is %x, wanted %x", step, got, want.parcel)
	}
	if o.Owner != (suitx.Owner{Kind: suitx.AddressOwner, Address: w.sender.Address}) || o.Move.HasPublicTransfer {
		t.Errorf("step %d: owner %+v, public transfer %v", step, o.Owner, o.Move.HasPublicTransfer)
	}
	fields, _, err := w.ledger.DynamicFields(o.ID(), nil, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) != len(m.grants) {
		t.Errorf("step %d: %d grants stand there, wanted %d", step, len(fields), len(m.grants))
	}
	bytesType := suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8})
	for _, f := range fields {
		r := bcs.NewReader(f.Move.Contents[32:])
		slot, grant := r.Bytes(), r.Bytes()
		if err := r.Done(); err != nil {
			t.Fatal(err)
		}
		if want, ok := m.grants[string(slot)]; !ok || !bytes.Equal(want, grant) {
			t.Errorf("step %d: slot %x holds %x", step, slot, grant)
		}
		if id := suitx.DynamicFieldID(o.ID(), bytesType, tail(slot)); id != f.ID() {
			t.Errorf("step %d: slot %x stands at %s, wanted %s", step, slot, f.ID(), id)
		}
	}
}

func checkEvents(t *testing.T, step int, floe suitx.Address, x *ledger.Executed, want []outcome) {
	t.Helper()
	if len(x.Events) != len(want) {
		t.Fatalf("step %d: %d events, wanted %d", step, len(x.Events), len(want))
	}
	for i, e := range x.Events {
		if !e.Type.Is(floe, "parcel", want[i].event) || e.Package != floe || e.Module != "parcel" {
			t.Errorf("step %d, event %d: %s of %s::%s, wanted %s", step, i, e.Type, e.Package, e.Module, want[i].event)
		}
		if !bytes.Equal(e.Contents[32:], want[i].tail) {
			t.Errorf("step %d, event %d: %x, wanted %x", step, i, e.Contents[32:], want[i].tail)
		}
	}
}
