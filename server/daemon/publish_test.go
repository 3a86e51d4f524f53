package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"floe/codec"
	"floe/codec/bcs"
	"floe/codec/suitx"
)

// ledger pays and runs: the first transaction registers blob as object, any
// other certifies it. Each may fail as refuse says.
type ledger struct {
	*network
	d      *Daemon
	blob   codec.BlobID
	object suitx.Address
	ran    []*suitx.TransactionData
	costs  []Cost
	refuse func(n int) error
}

func (l *ledger) Address() suitx.Address { return suitx.Address{5} }

func (l *ledger) Pay(_ context.Context, cost Cost, build func(*suitx.Builder, suitx.Argument)) (*suitx.Effects, error) {
	b := &suitx.Builder{}
	build(b, b.Pure([]byte("the coin")))
	t, err := b.Build(l.Address())
	if err != nil {
		return nil, err
	}
	l.ran, l.costs = append(l.ran, t), append(l.costs, cost)
	if l.refuse != nil {
		if err := l.refuse(len(l.ran)); err != nil {
			return nil, err
		}
	}
	certified := l.objects[l.object] != nil
	l.objects[l.object] = blobObjectAs(l.d, l.object, l.blob, certified)
	return &suitx.Effects{ChangedObjects: []suitx.ChangedObject{{ID: l.object, IDOperation: suitx.IDCreated,
		Output: suitx.ObjectOut{Owner: suitx.Owner{Kind: suitx.AddressOwner, Address: l.Address()}}}}}, nil
}

func newLedger(t *testing.T, blob []byte) *ledger {
	t.Helper()
	l := &ledger{network: newNetwork(), blob: blobIDFor(t, blob), object: suitx.Address{31: 7}}
	l.d = newDaemon(t, l.network, func(c *Config) { c.Publisher, c.Payer, c.Ledger = Local, l, l })
	var system bcs.Writer
	system.U256(l.d.cfg.IDs.System)
	system.U64(3)
	system.U256([32]byte{0xaa})
	l.objects[l.d.cfg.IDs.System] = &suitx.Object{Owner: suitx.Owner{Kind: suitx.SharedOwner, Version: 1}, Move: &suitx.MoveObject{Contents: system.Data()}}
	return l
}

// calls are the functions that a transaction calls, and what else it does.
func calls(t *suitx.TransactionData) (names []string) {
	for _, c := range t.Commands {
		switch c := c.(type) {
		case *suitx.MoveCall:
			names = append(names, c.Module+"::"+c.Function)
		case *suitx.TransferObjects:
			names = append(names, "transfer")
		}
	}
	return names
}

func TestPublishing(t *testing.T) {
	blob := random(1000)
	for query, want := range map[string][]string{
		"":                     {"[system::reserve_space system::register_blob transfer]", "[system::certify_blob]"},
		"send_object_to=0x9":   {"[system::reserve_space system::register_blob transfer]", "[system::certify_blob transfer]"},
		"force=true&epochs=53": {"[system::reserve_space system::register_blob transfer]", "[system::certify_blob]"},
	} {
		l := newLedger(t, blob)
		w := ask(l.d, "PUT", "/v1/blobs?"+query, nil, blob)
		var res storeResult
		if err := json.Unmarshal(w.Body.Bytes(), &res); err != nil || w.Code != 200 || res.NewlyCreated == nil || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		o := res.NewlyCreated.BlobObject
		if o.ID != l.object || o.BlobID != l.blob || o.CertifiedEpoch == nil || *o.CertifiedEpoch != 2 || o.Storage.EndEpoch != 9 || !o.Deletable || o.EncodingType != "RS2" {
			t.Errorf("%s: %+v", query, o)
		}
		epochs := uint64(res.NewlyCreated.Operation.Scratch.EpochsAhead)
		if want := 1 * (3*epochs + 2); res.NewlyCreated.Cost != want || l.costs[0] != (Cost{WAL: want, Bytes: res.NewlyCreated.Operation.Scratch.EncodedLength, Until: 5 + uint32(epochs)}) || l.costs[1].WAL != 0 {
			t.Errorf("%s: it cost %d, paid were %v", query, res.NewlyCreated.Cost, l.costs)
		}
		for i, calling := range want {
			if got := fmt.Sprint(calls(l.ran[i])); got != calling {
				t.Errorf("%s: transaction %d does %s, want %s", query, i, got, calling)
			}
		}
	}
}

func TestWhatIsStoredAlready(t *testing.T) {
	blob := random(1000)
	for name, c := range map[string]struct {
		status Status
		query  string
		want   string
	}{
		"long enough":     {Status{Permanent: true, EndEpoch: 8, TxDigest: suitx.Digest{1}, EventSeq: 4}, "epochs=3", `{"alreadyCertified":{"blobId":%q,"event":{"txDigest":%q,"eventSeq":"4"},"endEpoch":8}}`},
		"marked invalid":  {Status{Invalid: true, TxDigest: suitx.Digest{1}, EventSeq: 4}, "", `{"markedInvalid":{"blobId":%q,"event":{"txDigest":%q,"eventSeq":"4"}}}`},
		"not long enough": {Status{Permanent: true, EndEpoch: 7}, "epochs=3", ""},
		"forced":          {Status{Permanent: true, EndEpoch: 8}, "epochs=3&force=true", ""},
	} {
		l := newLedger(t, blob)
		l.status = c.status
		w := ask(l.d, "PUT", "/v1/blobs?"+c.query, nil, blob)
		if c.want != "" {
			c.want = fmt.Sprintf(c.want, l.blob, suitx.Digest{1})
		}
		if w.Code != 200 || (len(l.ran) > 0) != (c.want == "") || c.want != "" && w.Body.String() != c.want {
			t.Errorf("%s: %d %s; %d transactions", name, w.Code, w.Body, len(l.ran))
		}
	}
}

// A certificate counts in its epoch alone: when another begins meanwhile, the
// blob that is paid for gets a new one.
func TestPublishingOverAnEpoch(t *testing.T) {
	blob := random(1000)
	l := newLedger(t, blob)
	l.refuse = func(n int) error {
		if n == 2 {
			l.later = 1
			return fmt.Errorf("EInvalidIdEpoch: %w", ErrRefused)
		}
		return nil
	}
	if w := ask(l.d, "PUT", "/v1/blobs", nil, blob); w.Code != 200 || len(l.ran) != 3 {
		t.Errorf("%d %s after %d transactions", w.Code, w.Body, len(l.ran))
	}
	l = newLedger(t, blob)
	l.refuse = func(n int) error {
		if n >= 2 {
			return ErrRefused
		}
		return nil
	}
	if w := ask(l.d, "PUT", "/v1/blobs", nil, blob); w.Code != 500 || len(l.ran) != 2 {
		t.Errorf("in one epoch: %d %s after %d transactions", w.Code, w.Body, len(l.ran))
	}
}

// The nodes may be in the next epoch before we know of it.
func TestConfirmedOverAnEpoch(t *testing.T) {
	blob := random(1000)
	for passed, want := range []int{504, 200} {
		l := newLedger(t, blob)
		tries := 0
		l.certify = func() error {
			if tries++; tries > 1 {
				return nil
			}
			l.later = uint32(passed)
			return fmt.Errorf("other epochs' confirmations: %w", ErrUnavailable)
		}
		if w := ask(l.d, "PUT", "/v1/blobs", nil, blob); w.Code != want {
			t.Errorf("after %d epochs: %d %s", passed, w.Code, w.Body)
		}
	}
}

func TestPublishingFails(t *testing.T) {
	blob := random(1000)
	l := newLedger(t, blob)
	l.refuse = func(int) error { return errors.New("the ledger is away") }
	if w := ask(l.d, "PUT", "/v1/blobs", nil, blob); w.Code != 500 || reason(t, w) != "INTERNAL_ERROR" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	l = newLedger(t, blob)
	l.down = fmt.Errorf("away: %w", ErrUnavailable)
	if w := ask(l.d, "PUT", "/v1/blobs?force=true", nil, blob); w.Code != 504 || reason(t, w) != "INSUFFICIENT_CONFIRMATIONS" || len(l.ran) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(l.d, "PUT", "/v1/blobs", nil, blob); w.Code != 504 {
		t.Errorf("the nodes' status is unknown: %d %s", w.Code, w.Body)
	}
	if w := ask(l.d, "PUT", "/v1/quilts", map[string]string{"Content-Type": "text/plain"}, blob); w.Code != 400 || reason(t, w) != "MALFORMED_REQUEST" {
		t.Errorf("a quilt that is no form: %d %s", w.Code, w.Body)
	}
}
