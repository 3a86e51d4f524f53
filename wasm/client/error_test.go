package client

import (
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
