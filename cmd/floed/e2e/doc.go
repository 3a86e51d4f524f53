// Package e2e holds the tests of the whole: the real floed as a process of its
// own, the real floe, real Chromium with people who share a process at most, and a
// proxy between browser and server that keeps every request for inspection. It has
// no code but tests; run it with
//
//	go generate ./... && go test ./cmd/floed/e2e
//
// It skips, loudly, where Chromium, Firefox or WebKitGTK's driver is missing;
// FLOE_REQUIRE=browser,firefox,webkit makes that a failure.
package e2e
