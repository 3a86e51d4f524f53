package server

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

func TestRegisterIsIdempotent(t *testing.T) {
	s := newSite(t)
	a, b := encode(t, ageLike(1000)), encode(t, ageLike(2000))
	ask := func(blobs ...sample) (r api.RegisterResponse) {
		req := api.RegisterRequest{Owner: newPerson(1).address.String(), Epochs: 2}
		for _, b := range blobs {
			req.Blobs = append(req.Blobs, api.RegisterBlob{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size})
		}
		res, body := s.ask("POST", api.PathRegister, req)
		if res.StatusCode != 200 {
			t.Fatalf("status %d: %s", res.StatusCode, body)
		}
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	executed := s.ledger.executed
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { ask(a, b) })
	}
	wg.Wait()
	first := ask(b, a)
	if s.ledger.executed != executed+1 {
		t.Errorf("executed %d times", s.ledger.executed-executed)
	}
	for i, w := range []sample{b, a} {
		o, err := suitx.UnmarshalObject(first.Objects[i])
		if err != nil {
			t.Fatal(err)
		}
		if blob, err := walrus.ParseBlob(o); err != nil || blob.BlobID != w.id || o.Owner.Address != newPerson(1).address {
			t.Errorf("object %d: %+v, %v", i, blob, err)
		}
	}
	c := encode(t, ageLike(3000))
	if r := ask(a, c); len(r.Objects) != 2 || s.ledger.executed != executed+2 {
		t.Error("a new blob among known ones wasn't registered alone")
	}
}

func TestRegisterTriesOtherCoinsAfterAConflict(t *testing.T) {
	s := newSite(t)
	s.ledger.execErr = []error{ErrConflict, ErrConflict}
	b := encode(t, ageLike(1000))
	s.want(200, "POST", api.PathRegister, api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size}}})
}

func TestRegisterRefuses(t *testing.T) {
	s := newSite(t, func(c *Config) { c.MaxParcelSize = 20 << 20 })
	blob := func(n byte, size uint64) api.RegisterBlob {
		return api.RegisterBlob{BlobID: codec.BlobID{n}.String(), RootHash: make([]byte, 32), Size: size}
	}
	many := make([]api.RegisterBlob, api.MaxBlobsPerTx+1)
	for i := range many {
		many[i] = blob(byte(i), 1)
	}
	for name, c := range map[string]struct {
		req    api.RegisterRequest
		status int
	}{
		"no owner":    {api.RegisterRequest{Epochs: 1, Blobs: many[:1]}, 400},
		"no epochs":   {api.RegisterRequest{Owner: "0x1", Blobs: many[:1]}, 400},
		"too long":    {api.RegisterRequest{Owner: "0x1", Epochs: 54, Blobs: many[:1]}, 400},
		"no blobs":    {api.RegisterRequest{Owner: "0x1", Epochs: 1}, 400},
		"too many":    {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: many}, 400},
		"twice":       {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{many[0], many[0]}}, 400},
		"root hash":   {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{{BlobID: many[0].BlobID}}}, 400},
		"large blob":  {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{blob(1, 16<<20+1)}}, 413},
		"many bytes":  {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{blob(1, 16<<20), blob(2, 16<<20)}}, 413},
		"no age file": {api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: []api.RegisterBlob{{BlobID: many[0].BlobID, RootHash: make([]byte, 32), First: true}}}, 422},
	} {
		res, body := s.ask("POST", api.PathRegister, c.req)
		if res.StatusCode != c.status {
			t.Errorf("%s: status %d: %s", name, res.StatusCode, body)
		}
	}
}

// Quotas are counted before anything is registered; what failed costs nothing.
func TestRegisterKeepsToTheQuotas(t *testing.T) {
	b := encode(t, ageLike(1000))
	blob := []api.RegisterBlob{{BlobID: b.id.String(), RootHash: hashOf(b.meta.RootHash()), Size: b.meta.Size}}
	for name, c := range map[string]struct {
		limit  func(*Limits)
		status int
		code   string
	}{
		"bytes of one":  {func(l *Limits) { l.PerClient.Bytes = 1_000_000 }, 429, api.CodeQuota},
		"WAL of one":    {func(l *Limits) { l.PerClient.WAL = 150 }, 429, api.CodeQuota},
		"bytes of all":  {func(l *Limits) { l.Total.Bytes = 1_000_000 }, 507, api.CodeFull},
		"WAL of all":    {func(l *Limits) { l.Total.WAL = 150 }, 507, api.CodeFull},
		"bytes alive":   {func(l *Limits) { l.Live = 1_000_000 }, 507, api.CodeFull},
		"more than all": {func(l *Limits) { l.PerClient.Bytes = 1000 }, 413, api.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(cfg *Config) { c.limit(&cfg.Limits) })
			executed := s.ledger.executed
			if c.status != 413 {
				s.ledger.abort = &suitx.ExecutionFailure{Kind: suitx.InvariantViolation}
				s.want(422, "POST", api.PathRegister, api.RegisterRequest{Owner: "0x9", Epochs: 1, Blobs: blob})
				s.ledger.abort = nil
				s.want(200, "POST", api.PathRegister, api.RegisterRequest{Owner: "0x1", Epochs: 1, Blobs: blob})
				executed++
			}
			res, body := s.ask("POST", api.PathRegister, api.RegisterRequest{Owner: "0x2", Epochs: 1, Blobs: blob})
			var e api.ErrorBody
			if err := json.Unmarshal(body, &e); err != nil || res.StatusCode != c.status || e.Error.Code != c.code {
				t.Fatalf("status %d: %s", res.StatusCode, body)
			}
			if c.status == 429 && (res.Header.Get("Retry-After") == "" || e.Error.RetryAfterMS <= 0) {
				t.Error("no word about when to come back")
			}
			if s.ledger.executed != executed {
				t.Error("something was registered over the quota")
			}
			if c.status == 429 {
				s.clock.add(24 * time.Hour)
				s.want(200, "POST", api.PathRegister, api.RegisterRequest{Owner: "0x2", Epochs: 1, Blobs: blob})
			}
		})
	}
}
