package client

import (
	"context"
	"errors"
	"testing"

	"floe/server/api"
)

// TestRefusedAfterItRan: the answer to the wallet's transaction is lost, and who
// asks again is refused, since what it used has moved on: it did so itself. The
// page mustn't say that nothing was paid, or its owner pays twice.
func TestRefusedAfterItRan(t *testing.T) {
	f, w, files := newFake(t), newTestWallet(9), testFiles()
	f.fund(w.Address(), plenty, plenty)
	p, err := f.client().Pay(context.Background(), payRequest(w, files))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.client.submit(context.Background(), p.order); err != nil {
		t.Fatal(err)
	}
	kept := f.submitted
	f.submitted = nil // a full node that lags doesn't know it yet
	_, err = p.Finish(context.Background(), nil)
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeConflict || !e.Paid {
		t.Fatalf("got %v", err)
	}
	f.submitted = kept
	sent, err := p.Finish(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	if len(f.parcels) != 1 || w.prompts != 1 {
		t.Errorf("%d parcels, %d prompts", len(f.parcels), w.prompts)
	}
}

// TestFinishedLater: what is finished another day must find the price of that
// day, in a new epoch of Walrus' or not; a price that the fuel never pays isn't
// taken.
func TestFinishedLater(t *testing.T) {
	for name, c := range map[string]struct {
		dearer uint64
		epoch  uint32
		good   bool
	}{
		"a new epoch": {0, 1, true}, "dearer gas": {200, 0, true}, "both": {200, 1, true}, "a price beyond reason": {90_000, 0, false},
	} {
		f, w, files := newFake(t), newTestWallet(9), map[string][]byte{"large.bin": noise("large", 3<<20)}
		f.fund(w.Address(), plenty, plenty)
		p, err := f.client().Pay(context.Background(), payRequest(w, files))
		if err != nil {
			t.Fatal(err)
		}
		certified := false
		f.lieInAnswers(func(path string, body []byte) []byte {
			if path == api.PathCertificate && !certified {
				certified = true
				f.net.Epoch += c.epoch
				f.dearer = c.dearer
			}
			return body
		})
		sent, err := p.Finish(context.Background(), nil)
		if (err == nil) != c.good {
			t.Errorf("%s: got %v", name, err)
		}
		if err != nil {
			f.dearer = 0
			if sent, err = p.Finish(context.Background(), nil); err != nil {
				t.Fatalf("%s: got %v although gas is cheap again", name, err)
			}
		}
		mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	}
}

// TestPaidLongAgo: the answer to the wallet's transaction was lost with the
// device, and epochs pass before anybody goes on.
func TestPaidLongAgo(t *testing.T) {
	for name, c := range map[string]struct {
		epochs uint32
		want   Code
	}{"some epochs": {3, ""}, "all that were bought": {14, CodeExpired}} {
		f, w, files := newFake(t), newTestWallet(9), testFiles()
		f.fund(w.Address(), plenty, plenty)
		d := &diary{}
		req := payRequest(w, files)
		req.Journal = d.note
		p, err := f.client().Pay(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.client.submit(context.Background(), p.order); err != nil {
			t.Fatal(err)
		}
		f.net.Epoch += c.epochs
		sent, err := f.client().Send(context.Background(), SendRequest{Files: req.Files, Seed: req.Seed, Resume: d.entries[0]})
		if c.want == "" && err == nil {
			mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
		} else if c.want == "" || CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
