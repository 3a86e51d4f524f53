package client

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"floe/server/api"
)

// TestRefusalsSayWhen: who has reached a limit is told when it ends.
func TestRefusalsSayWhen(t *testing.T) {
	for _, code := range []string{api.CodeQuota, api.CodeFull} {
		e := refusal(429, &api.Error{Code: code, RetryAfterMS: 90_000})
		if e.RetryAfter != 90*time.Second || !strings.HasSuffix(e.Message, "try again in 2 minutes.") {
			t.Errorf("%s: after %v: %s", code, e.RetryAfter, e.Message)
		}
	}
}

// starting is a server that isn't ready for a while.
type starting struct {
	Relay
	until time.Time
}

func (s *starting) Do(ctx context.Context, r Request) (*Response, error) {
	if time.Now().Before(s.until) {
		return &Response{Status: 503, Body: io.NopCloser(strings.NewReader("starting\n"))}, nil
	}
	return s.Relay.Do(ctx, r)
}

// TestStarting: a server that is just starting is waited for longer than one that
// doesn't answer, and if it never gets ready that is what is said.
func TestStarting(t *testing.T) {
	c := newFake(t).client()
	soon := *c
	soon.relay = &starting{c.relay, time.Now().Add(4 * c.pace.greeting)}
	if _, err := soon.Network(t.Context()); err != nil {
		t.Error(err)
	}
	never := *c
	never.relay = &starting{c.relay, time.Now().Add(time.Hour)}
	_, err := never.Network(t.Context())
	if e := new(Error); CodeOf(err) != CodeOffline || !errors.As(err, &e) || !e.Retry || !strings.Contains(e.Message, "isn't ready") {
		t.Errorf("never ready: %v", err)
	}
}

func TestLater(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "later", time.Second: "in 1 minute", 61 * time.Second: "in 2 minutes", time.Hour: "in 60 minutes",
		61 * time.Minute: "in 2 hours", 48 * time.Hour: "in 48 hours", 49 * time.Hour: "in 3 days",
	} {
		if got := later(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

func TestHumanSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 1830: "1.8 KB", 9_960_000: "10 MB",
		999_499: "999 KB", 999_500: "1 MB", 664e6: "664 MB", 4 << 30: "4.3 GB",
	} {
		if got := HumanSize(n); got != want {
			t.Errorf("%d is said as %q, want %q", n, got, want)
		}
	}
}
