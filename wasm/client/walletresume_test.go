package client

import (
	"context"
	"testing"

	"floe/codec/suitx"
	"floe/server/api"
)

// TestWalletResume: what a wallet has confirmed goes on after a crash at any
// step, with no second prompt, and without the wallet.
func TestWalletResume(t *testing.T) {
	steps := 0
	for n := 1; ; n += 1 + n/2 {
		f, files := manySegments(t)
		w := newTestWallet(9)
		f.fund(w.Address(), plenty, plenty)
		ctx, crash := context.WithCancel(context.Background())
		defer crash()
		d := &diary{}
		var entry []byte
		d.then = func(at int) error {
			if at == n {
				entry = d.last()
				crash()
			}
			return nil
		}
		req := payRequest(w, nil)
		for _, name := range []string{"a.bin", "b.bin", "c.txt"} {
			req.Files = append(req.Files, testFile(name, files[name]))
		}
		req.Journal = d.note
		p, err := f.client().Pay(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Finish(ctx, nil); err == nil {
			break
		}
		steps++
		sent, err := f.client().Send(context.Background(), SendRequest{Files: req.Files, Seed: req.Seed, Resume: entry})
		if err != nil {
			t.Fatalf("after entry %d: %v", n, err)
		}
		if w.prompts != 1 || len(f.parcels) != 1 {
			t.Errorf("after entry %d: %d prompts, %d parcels", n, w.prompts, len(f.parcels))
		}
		for _, b := range sent.Blobs {
			if f.accepted[b.BlobID] != 1 || f.blobObject(b.BlobID).Owner.Address != w.Address() {
				t.Errorf("after entry %d: blob %x was certified %d times, or isn't the wallet's", n, b.BlobID[:4], f.accepted[b.BlobID])
			}
		}
		txs := uint64(1 + (len(sent.Blobs)+api.MaxBlobsPerTx-1)/api.MaxBlobsPerTx)
		if sui, _ := f.held(w.Address(), suitx.SUI()); sui != plenty-txs*fakeGasUsed {
			t.Errorf("after entry %d: the wallet has %d MIST left of %d", n, sui, uint64(plenty))
		}
		if twice := f.sentTwice(); twice > (expansionsAtOnce+certificatesAtOnce)*perBlob {
			t.Errorf("after entry %d: %d slivers were sent again", n, twice)
		}
		mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	}
	if steps < 6 {
		t.Errorf("only %d steps", steps)
	}
}
