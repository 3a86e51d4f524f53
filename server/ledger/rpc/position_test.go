package rpc

import (
	"slices"
	"testing"

	"floe/server/ledger"
)

// listRequest is a request of a list, from JSON.
func listRequest(t *testing.T, json string) record {
	t.Helper()
	s := newSchema()
	m := s.make("ListTransactionsRequest")
	if err := (jsonCodec{s, "json"}).Unmarshal([]byte(json), m); err != nil {
		t.Fatal(err)
	}
	return recordOf(m)
}

func TestSpans(t *testing.T) {
	last := &ledger.Checkpoint{Sequence: 4}
	for request, want := range map[string]struct {
		checkpoints []uint64
		end         string
	}{
		`{}`:                         {[]uint64{0, 1, 2, 3, 4}, "tip"},
		`{"options":{"ordering":1}}`: {[]uint64{4, 3, 2, 1, 0}, "bound"},
		`{"startCheckpoint":2,"endCheckpoint":4}`:                           {[]uint64{2, 3}, "bound"},
		`{"startCheckpoint":2,"endCheckpoint":4,"options":{"ordering":1}}`:  {[]uint64{3, 2}, "bound"},
		`{"endCheckpoint":0}`:                                               {nil, "bound"},
		`{"endCheckpoint":5}`:                                               {[]uint64{0, 1, 2, 3, 4}, "bound"},
		`{"endCheckpoint":6}`:                                               {[]uint64{0, 1, 2, 3, 4}, "tip"},
		`{"startCheckpoint":99}`:                                            {nil, "tip"},
		`{"startCheckpoint":18446744073709551615,"options":{"ordering":1}}`: {nil, "bound"},
	} {
		over, failure := readSpan(listRequest(t, request), last, limits{5, 10})
		if failure != nil {
			t.Fatal(failure)
		}
		var got []uint64
		for n, whole := range over.checkpoints {
			if !whole {
				t.Errorf("%s: checkpoint %d isn't whole", request, n)
			}
			got = append(got, n)
		}
		end := map[bool]string{true: "tip", false: "bound"}[over.farEnd == endLedgerTip]
		if !slices.Equal(got, want.checkpoints) || end != want.end {
			t.Errorf("%s: %v to the %s", request, got, end)
		}
	}
}

// A cursor within a checkpoint leaves the rest of it to be read.
func TestSpansFromCursors(t *testing.T) {
	last, at := &ledger.Checkpoint{Sequence: 4}, position{2, 3, 1}
	for _, descending := range []bool{false, true} {
		over := span{lower: at, upper: beginning(last.Sequence + 1), descending: descending}
		if descending {
			over.lower, over.upper = position{}, at
		}
		var got []uint64
		for n := range over.checkpoints {
			got = append(got, n)
		}
		if want := map[bool][]uint64{false: {2, 3, 4}, true: {2, 1, 0}}[descending]; !slices.Equal(got, want) {
			t.Errorf("descending %t: %v", descending, got)
		}
		if over.holds(at) || over.holds(position{2, 3, 0}) != descending || over.holds(position{2, 3, 2}) == descending {
			t.Errorf("descending %t: the cursor is on the wrong side", descending)
		}
	}
	if p, failure := readCursor("after", at.cursor()); failure != nil || p != at {
		t.Errorf("%v %v", p, failure)
	}
	for _, b := range [][]byte{{}, at.cursor()[:15], append(at.cursor(), 0)} {
		if _, failure := readCursor("after", b); failure == nil {
			t.Errorf("%x is a cursor", b)
		}
	}
}

func TestFiltersAreReadStrictly(t *testing.T) {
	for filter, ok := range map[string]bool{
		`{"terms":[{"literals":[{"sender":{"address":"0x1"}}]}]}`:                true,
		`{"terms":[{"literals":[{"eventType":{"eventType":"0x2::a::B<u8>"}}]}]}`: true,
		`{"terms":[{"literals":[{"packageWrite":{}}]}]}`:                         true,
		`{}`:                            false,
		`{"terms":[{}]}`:                false,
		`{"terms":[{"literals":[{}]}]}`: false,
		`{"terms":[{"literals":[{"sender":{}}]}]}`:                            false,
		`{"terms":[{"literals":[{"sender":{"address":"x"}}]}]}`:               false,
		`{"terms":[{"literals":[{"moveCall":{"function":"0x1::a::b::c"}}]}]}`: false,
		`{"terms":[{"literals":[{"moveCall":{"function":"0x1::"}}]}]}`:        false,
		`{"terms":[{"literals":[{"moveCall":{}}]}]}`:                          false,
		`{"terms":[{"literals":[{"emitModule":{"module":"0x1::a::b"}}]}]}`:    false,
		`{"terms":[{"literals":[{"eventType":{"eventType":"0x2::a::B<"}}]}]}`: false,
		`{"terms":[{"literals":[{"eventType":{"eventType":"0x2<u8>"}}]}]}`:    false,
		`{"terms":[{"literals":[{"eventStreamHead":{"streamId":"0x1"}}]}]}`:   false,
	} {
		if _, failure := transactionFilter(listRequest(t, `{"filter":`+filter+`}`)); (failure == nil) != ok {
			t.Errorf("%s: %v", filter, failure)
		}
	}
	many := `{"negated":true,"packageWrite":{}}`
	for range maxLiterals {
		many += `,{"packageWrite":{}}`
	}
	if _, failure := transactionFilter(listRequest(t, `{"filter":{"terms":[{"literals":[`+many+`]}]}}`)); failure == nil {
		t.Error("any number of literals is taken")
	}
}
