package rpc_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"

	"floe/server/api"
	"floe/server/ledger/rpc"
	"floe/server/ledger/rpc/rpctest"
)

// A list that looked at too much ends early and says where to go on; who does
// so misses nothing.
func TestListsEndAtTheScanLimit(t *testing.T) {
	l := rpctest.Ledger(t)
	me, friend := rpctest.NewAccount(1).Fund(t, l), rpctest.NewAccount(2).Fund(t, l)
	var want []string
	for i := range 12 {
		if i%4 == 3 {
			want = append(want, friend.Run(t, l, give(me.Address, 1)).Digest.String())
		} else {
			me.Run(t, l, give(me.Address, 1))
		}
	}
	h := rpc.NewWithScan(rpc.Config{Ledger: l, Chain: api.Local}, 4)
	for _, order := range []string{"ASCENDING", "DESCENDING"} {
		bound := map[string]string{"ASCENDING": "after", "DESCENDING": "before"}[order]
		var got []string
		lists, cursor := 0, ""
		for end := "QUERY_END_REASON_SCAN_LIMIT"; end == "QUERY_END_REASON_SCAN_LIMIT"; lists++ {
			options := map[string]any{"ordering": "ORDERING_" + order}
			if cursor != "" {
				options[bound] = cursor
			}
			request, err := json.Marshal(map[string]any{"options": options, "filter": map[string]any{"terms": []any{
				map[string]any{"literals": []any{map[string]any{"sender": map[string]any{"address": friend.Address.String()}}}}}}})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("POST", "/sui.rpc.v2.LedgerService/ListTransactions", bytes.NewReader(envelope(request)))
			r.Header.Set("Content-Type", "application/connect+json")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			messages, _, _ := envelopes(t, w.Body.Bytes())
			for _, b := range messages {
				var m struct {
					Transaction struct{ Digest string }
					Watermark   struct{ Cursor string }
					End         struct{ Reason string }
				}
				if err := json.Unmarshal(b, &m); err != nil {
					t.Fatal(err)
				}
				if m.Transaction.Digest != "" {
					got = append(got, m.Transaction.Digest)
				}
				cursor, end = m.Watermark.Cursor, m.End.Reason
			}
		}
		if order == "DESCENDING" {
			slices.Reverse(got)
		}
		if !slices.Equal(got, want) || lists < 4 {
			t.Errorf("%s: %d lists of %v, wanted %v", order, lists, got, want)
		}
	}
}
