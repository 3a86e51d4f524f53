package server

import (
	"strings"
	"testing"
)

// TestFrames: what shows strangers' files has policies of its own, which give it
// less than a page has; only what such a document loads is shared with it.
func TestFrames(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string][]string{
		"/open/box":         {"sandbox allow-scripts", "default-src 'none'", "frame-ancestors 'self'"},
		"/open/read/player": {"default-src 'none'", "media-src 'self'", "frame-ancestors 'self'"},
		"/sw.js":            {"default-src 'none'"},
	} {
		res, _ := s.ask("GET", path, nil)
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
		policy := res.Header.Get("Content-Security-Policy")
		for _, part := range want {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, part)
			}
		}
		for _, bad := range []string{"allow-same-origin", "allow-top-navigation", "allow-popups", "allow-forms", "connect-src", "unsafe", "*", "data:"} {
			if strings.Contains(policy, bad) {
				t.Errorf("%s: the policy has %q", path, bad)
			}
		}
		resource := "same-origin"
		if path == "/open/box" {
			resource = "cross-origin"
		}
		for name, want := range map[string]string{
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Resource-Policy": resource,
			"Access-Control-Allow-Origin":  "",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Service-Worker-Allowed":       "",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
	}
	res, body := s.ask("GET", "/open/read/player", nil)
	if strings.Contains(string(body), "<script") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the player has a script or isn't HTML: %s", body)
	}
	if res, _ := s.ask("GET", "/sw.js", nil); !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the service worker: %v", res.Header)
	}
	s.want(404, "GET", "/open/read/some.token", nil)
}

// TestBoxNamesItsAssets: by the host that the browser asked for, and nothing
// that could end a directive.
func TestBoxNamesItsAssets(t *testing.T) {
	for host, want := range map[string]string{
		"floe.example":   "script-src 'self' http://floe.example/static/; style-src 'self' http://floe.example/static/;",
		"[::1]:8080":     "script-src 'self' http://[::1]:8080/static/;",
		"x; script-src":  "script-src 'self'; style-src 'self';",
		"x;frame-src":    "script-src 'self'; style-src 'self';",
		"x'unsafe-eval'": "script-src 'self'; style-src 'self';",
	} {
		if got := boxPolicyAt(host); !strings.Contains(got, want) || strings.Contains(got, "frame-src") {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestSharedAssets(t *testing.T) {
	s := newSite(t)
	for path, shared := range map[string]bool{
		"/static/frame/a.js": true, "/static/" + s.tree + "/pdf/a.mjs": true, "/static/" + s.tree + "/js/a.js": false,
		"/static/js/a.js": false, "/static/dist/floe.wasm": false, "/open": false, "/api/v1/network": false, "/sw.js": false,
	} {
		res, _ := s.ask("GET", path, nil)
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
		for name, want := range map[string]string{"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"} {
			if got := res.Header.Get(name); (got == want) != shared {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
	}
}
