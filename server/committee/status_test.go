package committee

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"floe/codec"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
)

// answering is a network of nodes with one shard each, whose answers to
// GET …/status are given; an empty one means that the node doesn't answer.
type answering []string

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	var i int
	if _, err := fmt.Sscanf(r.URL.Host, "node%d", &i); err != nil || !strings.HasSuffix(r.URL.Path, "/status") {
		return nil, fmt.Errorf("asked for %s", r.URL)
	}
	if a[i] == "" {
		return nil, errors.New("away")
	}
	w := httptest.NewRecorder()
	fmt.Fprintf(w, `{"success":{"code":200,"data":%s}}`, a[i])
	return w.Result(), nil
}

func statusFrom(t *testing.T, answers answering) (Status, error) {
	t.Helper()
	com := &api.Committee{Epoch: 1, NShards: len(answers)}
	secret, err := bls.KeyFromSeed(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	key := secret.Public().Compressed()
	for i := range answers {
		com.Members = append(com.Members, api.Member{Index: i, Address: fmt.Sprintf("node%d", i), PublicKey: key, Shards: []int{i}})
	}
	c, err := New(com, Options{Scheme: "http", Transport: answers})
	if err != nil {
		t.Fatal(err)
	}
	return c.Status(context.Background(), codec.BlobID{1})
}

func TestStatus(t *testing.T) {
	digest := suitx.Digest{7}
	permanent := func(end int, certified bool) string {
		return fmt.Sprintf(`{"permanent":{"endEpoch":%d,"isCertified":%v,"statusEvent":{"txDigest":%q,"eventSeq":"3"},"deletableCounts":{"count_deletable_total":0,"count_deletable_certified":0},"initialCertifiedEpoch":1}}`, end, certified, digest)
	}
	const none, deletable = `"nonexistent"`, `{"deletable":{"initialCertifiedEpoch":1,"deletableCounts":{"count_deletable_total":1,"count_deletable_certified":1}}}`
	invalid := fmt.Sprintf(`{"invalid":{"event":{"txDigest":%q,"eventSeq":3}}}`, digest)
	until := func(end uint32) Status {
		return Status{Permanent: true, EndEpoch: end, TxDigest: digest, EventSeq: 3}
	}
	for name, c := range map[string]struct {
		answers answering
		want    Status
		fails   bool
	}{
		"unknown":                   {answering{none, none, none, none}, Status{}, false},
		"deletable":                 {answering{deletable, deletable, deletable, none}, Status{}, false},
		"registered":                {answering{permanent(5, false), permanent(5, false), permanent(5, false), none}, Status{}, false},
		"permanent":                 {answering{permanent(5, true), permanent(5, true), permanent(5, true), permanent(5, true)}, until(5), false},
		"one is away":               {answering{permanent(5, true), permanent(5, true), permanent(5, true), ""}, until(5), false},
		"one lies that it is":       {answering{permanent(9, true), none, none, none}, Status{}, false},
		"one lies that it is bad":   {answering{invalid, permanent(5, true), permanent(5, true), ""}, until(5), false},
		"one lies that it is later": {answering{permanent(9, true), permanent(5, true), "", permanent(5, true)}, until(5), false},
		"invalid":                   {answering{invalid, invalid, none, ""}, Status{Invalid: true, TxDigest: digest, EventSeq: 3}, false},
		"two are away":              {answering{permanent(5, true), permanent(5, true), "", ""}, Status{}, true},
		"nonsense":                  {answering{`{"permanent":{"isCertified":true}}`, "[]", "7", none}, Status{}, true},
	} {
		got, err := statusFrom(t, c.answers)
		if got != c.want || (err != nil) != c.fails || c.fails && !errors.Is(err, ErrTooFewNodes) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
}
