package server

import (
	"errors"
	"net/http"
	"net/netip"
	"testing"
)

// One client has her share of places, all together as many as there are; who
// leaves makes room.
func TestTurnstile(t *testing.T) {
	turn := newTurnstile(2)
	turn.mostInAll = 3
	one, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	enter := func(client netip.Prefix, want int) func() {
		t.Helper()
		leave, err := turn.enter(client)
		var r *refusal
		if got := errors.As(err, &r); got != (want != 0) || got && (r.status != want || r.told.RetryAfterMS == 0) {
			t.Errorf("got %v, want %d", err, want)
		}
		return leave
	}
	enter(one, 0)
	leave := enter(one, 0)
	enter(one, http.StatusTooManyRequests)
	enter(other, 0)
	enter(other, http.StatusServiceUnavailable)
	leave()
	enter(other, 0)
	enter(one, http.StatusServiceUnavailable)
	if turn.all != 3 || turn.inside[one] != 1 || turn.inside[other] != 2 {
		t.Errorf("%+v", turn)
	}
}
