package daemon

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
)

var (
	tipTime    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tipAddress = suitx.Address{31: 0x71}
	nonce      = [32]byte{1, 2, 3}
)

// relayAsk sends a blob to the relay with parameters that may be changed.
func relayPath(id codec.BlobID, more string) string {
	return "/v1/blob-upload-relay?blob_id=" + id.String() + more
}

func blobIDFor(t *testing.T, blob []byte) codec.BlobID {
	t.Helper()
	e, err := codec.NewEncoder(shards)
	if err != nil {
		t.Fatal(err)
	}
	m, err := e.Metadata(blob)
	if err != nil {
		t.Fatal(err)
	}
	return m.BlobID()
}

func TestRelay(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n)
	if w := get(d, "/v1/tip-config", nil); w.Code != 200 || w.Body.String() != `"no_tip"` {
		t.Errorf("tip-config: %d %s", w.Code, w.Body)
	}
	for _, size := range []int{0, 1, 3_000_000 / 2} {
		blob := random(size)
		id := blobIDFor(t, blob)
		w := ask(d, "POST", relayPath(id, "&deletable_blob_object=0x9&encoding_type=RS2"), nil, blob)
		var res struct {
			BlobID      []int `json:"blob_id"`
			Certificate struct {
				Signers           []int
				SerializedMessage []int `json:"serialized_message"`
				Signature         string
			} `json:"confirmation_certificate"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &res); err != nil || w.Code != 200 {
			t.Fatalf("%d bytes: %d %s: %v", size, w.Code, w.Body, err)
		}
		sig, err := base64.StdEncoding.DecodeString(res.Certificate.Signature)
		if len(res.BlobID) != 32 || res.BlobID[0] != int(id[0]) || fmt.Sprint(res.Certificate.Signers) != "[0 2 8]" || err != nil || len(sig) != 96 ||
			len(res.Certificate.SerializedMessage) != 64 || res.Certificate.SerializedMessage[63] != 9 {
			t.Errorf("answered %s", w.Body)
		}
		if n.blobs[id] == nil {
			t.Error("nothing was stored")
		}
	}
	if left, err := os.ReadDir(d.cfg.Spool); err != nil || len(left) > 0 {
		t.Errorf("bodies are left behind: %v, %v", left, err)
	}
}

func TestRelayRefuses(t *testing.T) {
	n := newNetwork()
	d := newDaemon(t, n, func(c *Config) { c.MaxRelay = 2000 })
	blob := random(1000)
	id := blobIDFor(t, blob)
	for name, c := range map[string]struct {
		path string
		body []byte
		want int
	}{
		"another blob":  {relayPath(codec.BlobID{1}, ""), blob, 400},
		"changed blob":  {relayPath(id, ""), random(999), 400},
		"no blob ID":    {"/v1/blob-upload-relay", blob, 400},
		"unknown field": {relayPath(id, "&x=1"), blob, 400},
		"given twice":   {relayPath(id, "&blob_id="+id.String()), blob, 400},
		"encoding":      {relayPath(id, "&encoding_type=RedStuff"), blob, 400},
		"object":        {relayPath(id, "&deletable_blob_object=zz"), blob, 400},
		"short nonce":   {relayPath(id, "&tx_id=11111111111111111111111111111111&nonce=AAAA"), blob, 400},
		"tx":            {relayPath(id, "&tx_id=0OIl&nonce="+base64.RawURLEncoding.EncodeToString(nonce[:])), blob, 400},
		"too long":      {relayPath(id, ""), random(2001), 413},
	} {
		if w := ask(d, "POST", c.path, nil, c.body); w.Code != c.want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if len(n.blobs) > 0 {
		t.Error("something was stored")
	}
	n.down = fmt.Errorf("too few: %w", ErrUnavailable)
	if w := ask(d, "POST", relayPath(id, ""), nil, blob); w.Code != 500 {
		t.Errorf("no quorum: %d %s", w.Code, w.Body)
	}
}

// tipCase changes one thing about a payment that is right.
type tipCase struct {
	name   string
	change func(p *Payment, query *string, body *[]byte)
	want   int
}

var tipCases = []tipCase{
	{"right", func(*Payment, *string, *[]byte) {}, 200},
	{"more than asked", func(p *Payment, _ *string, _ *[]byte) { p.Gains[tipAddress] += 100 }, 200},
	{"an hour old", func(p *Payment, _ *string, _ *[]byte) { p.Time = tipTime.Add(-time.Hour) }, 200},
	{"half a minute ahead", func(p *Payment, _ *string, _ *[]byte) { p.Time = tipTime.Add(30 * time.Second) }, 200},
	{"too old", func(p *Payment, _ *string, _ *[]byte) { p.Time = tipTime.Add(-time.Hour - time.Second) }, 400},
	{"from the future", func(p *Payment, _ *string, _ *[]byte) { p.Time = tipTime.Add(31 * time.Second) }, 400},
	{"too little", func(p *Payment, _ *string, _ *[]byte) { p.Gains[tipAddress]-- }, 402},
	{"to somebody else", func(p *Payment, _ *string, _ *[]byte) { delete(p.Gains, tipAddress); p.Gains[suitx.Address{1}] = 1e9 }, 402},
	{"failed", func(p *Payment, _ *string, _ *[]byte) { p.Succeeded = false }, 402},
	{"no proof", func(_ *Payment, q *string, _ *[]byte) { *q = "" }, 400},
	{"no nonce", func(_ *Payment, q *string, _ *[]byte) { *q, _, _ = strings.Cut(*q, "&nonce") }, 400},
	{"wrong nonce", func(_ *Payment, q *string, _ *[]byte) { *q = strings.Replace(*q, "AQID", "AQIE", 1) }, 401},
	{"no input", func(p *Payment, _ *string, _ *[]byte) { p.Transaction = tipTransaction(nil) }, 401},
	{"short input", func(p *Payment, _ *string, _ *[]byte) { p.Transaction = tipTransaction([]byte{1}) }, 401},
	{"another blob's", func(p *Payment, _ *string, _ *[]byte) { p.Transaction = tipTransaction(tipPayload(random(999))) }, 401},
	{"no transaction", func(p *Payment, _ *string, _ *[]byte) { p.Transaction = []byte{1, 2} }, 401},
}

func tipPayload(blob []byte) []byte {
	digest, hidden := sha256.Sum256(blob), sha256.Sum256(nonce[:])
	return binary.LittleEndian.AppendUint64(append(digest[:], hidden[:]...), uint64(len(blob)))
}

func tipTransaction(payload []byte) []byte {
	b := &suitx.Builder{}
	if payload != nil {
		b.Pure(payload)
	}
	b.Transfer(tipAddress, suitx.GasCoin)
	t, err := b.Build(suitx.Address{9})
	if err != nil {
		panic(err)
	}
	if payload == nil {
		t.Inputs[0], t.Commands = suitx.Input{Kind: suitx.InputObject}, nil
	}
	return t.Marshal()
}

func TestTips(t *testing.T) {
	p, err := codec.NewParams(shards)
	if err != nil {
		t.Fatal(err)
	}
	blob := random(1000)
	id := blobIDFor(t, blob)
	encoded, err := p.EncodedSize(1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, tip := range []Tip{{Kind: ConstTip, Base: 105, Address: tipAddress}, {Kind: LinearTip, Base: 5, PerKiB: 7, Address: tipAddress}} {
		amount := tip.Base + tip.PerKiB*((encoded+1023)/1024)
		for _, c := range tipCases {
			n := newNetwork()
			d := newDaemon(t, n, fixedClock(tipTime), func(c *Config) { c.Tip = tip })
			tx := suitx.Digest{1, 2}
			paid := &Payment{Transaction: tipTransaction(tipPayload(blob)), Time: tipTime, Succeeded: true, Gains: map[suitx.Address]uint64{tipAddress: amount}}
			query, body := "&tx_id="+tx.String()+"&nonce="+base64.RawURLEncoding.EncodeToString(nonce[:]), blob
			c.change(paid, &query, &body)
			n.payments[tx] = paid
			w := ask(d, "POST", relayPath(id, query), nil, body)
			if w.Code != c.want {
				t.Errorf("%s: %d %s, want %d", c.name, w.Code, w.Body, c.want)
			}
			if (n.blobs[id] != nil) != (c.want == 200) {
				t.Errorf("%s: stored %v", c.name, n.blobs[id] != nil)
			}
		}
	}
}

func TestTipIsTakenOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	d := newDaemon(t, n, fixedClock(tipTime), func(c *Config) { c.Tip = Tip{Kind: ConstTip, Base: 1, Address: tipAddress} })
	if w := get(d, "/v1/tip-config", nil); w.Body.String() != `{"send_tip":{"address":"`+tipAddress.String()+`","kind":{"const":1}}}` {
		t.Errorf("tip-config: %s", w.Body)
	}
	blob, tx := random(1000), suitx.Digest{1, 2}
	id := blobIDFor(t, blob)
	n.payments[tx] = &Payment{Transaction: tipTransaction(tipPayload(blob)), Time: tipTime, Succeeded: true, Gains: map[suitx.Address]uint64{tipAddress: 1}}
	path := relayPath(id, "&tx_id="+tx.String()+"&nonce="+base64.RawURLEncoding.EncodeToString(nonce[:]))
	n.down = errors.New("all nodes are away")
	if w := ask(d, "POST", path, nil, blob); w.Code != 500 {
		t.Fatalf("status %d", w.Code)
	}
	n.down = nil
	first := ask(d, "POST", path, nil, blob)
	if first.Code != 200 {
		t.Fatalf("what failed took the tip: %d %s", first.Code, first.Body)
	}
	delete(n.blobs, id)
	again := ask(d, "POST", path, nil, blob)
	if again.Code != 200 || !bytes.Equal(again.Body.Bytes(), first.Body.Bytes()) || n.blobs[id] != nil {
		t.Errorf("asked again: %d, stored again %v", again.Code, n.blobs[id] != nil)
	}
	if w := ask(d, "POST", path+"&deletable_blob_object=0x5", nil, blob); w.Code != 401 {
		t.Errorf("the same tip for another object: %d", w.Code)
	}
	if w := ask(d, "POST", strings.Replace(path, tx.String(), suitx.Digest{9}.String(), 1), nil, blob); w.Code != 400 {
		t.Errorf("a transaction that nobody knows: %d", w.Code)
	}
}

func TestTipsDontOverflow(t *testing.T) {
	p, err := codec.NewParams(shards)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Tip{Kind: LinearTip, PerKiB: 1 << 63}).of(100_000, p); err == nil {
		t.Error("a tip overflowed")
	}
	if _, err := (Tip{Kind: LinearTip, Base: 1<<64 - 1, PerKiB: 1}).of(1, p); err == nil {
		t.Error("a tip overflowed")
	}
}
