//go:build !js

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// require skips loudly where something is missing, and fails instead when
// FLOE_REQUIRE names it.
func require(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("FLOE_REQUIRE"), ","), what) {
		t.Fatal(err)
	}
	t.Skipf("LOUD: %v; FLOE_REQUIRE=%s makes this a failure", err, what)
}

// TestQuick runs every kind of case: ours and the peers agree on all bytes.
func TestQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute")
	}
	s, err := newSite()
	require(t, "node", err)
	s.close()
	_, err = exec.LookPath("chromium")
	require(t, "browser", err)
	var out bytes.Buffer
	if err := run(t.Context(), true, 1, "", &out); err != nil {
		t.Fatal(err)
	}
	var names []string
	for d := json.NewDecoder(&out); d.More(); {
		var m measure
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		if m.Ours <= 0 || m.Peer <= 0 || m.Ratio <= 0 || m.Workers < 1 {
			t.Errorf("%+v", m)
		}
		names = append(names, fmt.Sprint(m.Name, " by ", m.Workers))
	}
	if !slices.Equal(names, []string{"encode by 1", "encode by 2", "decode by 1", "seal by 1", "open by 1"}) {
		t.Errorf("cases %v", names)
	}
}

// TestPackagesAreServed follows every import of the worker, as a browser does.
func TestPackagesAreServed(t *testing.T) {
	s, err := newSite()
	require(t, "node", err)
	defer s.close()
	from := regexp.MustCompile(`(?m)^(?:import|export|\})(?:[^"']* from)? ["']([^"']+)["'];?\s*$`)
	comments := regexp.MustCompile(`(?s)/\*.*?\*/`)
	seen := map[string]bool{}
	var follow func(at string)
	follow = func(at string) {
		if seen[at] {
			return
		}
		seen[at] = true
		res, err := http.Get(s.url() + at)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %s", at, res.Status)
			return
		}
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range from.FindAllStringSubmatch(comments.ReplaceAllString(string(b), ""), -1) {
			next, err := res.Request.URL.Parse(m[1])
			if err != nil || !strings.HasPrefix(m[1], ".") && !strings.HasPrefix(m[1], "/") {
				t.Errorf("%s imports %s", at, m[1])
				continue
			}
			follow(next.Path)
		}
	}
	follow("/worker.js")
	if len(seen) < 10 {
		t.Errorf("only %d files", len(seen))
	}
}
