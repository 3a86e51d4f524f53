package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	walrusd "floe/server/daemon"
)

func writeFile(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDaemonFlags(t *testing.T) {
	secret := writeFile(t, "token", "a token that is long enough\n", 0o600)
	cfg, err := parseFlags([]string{"-aggregator", "all", "-publisher", "local", "-upload-relay", "local", "-daemon-listen", "127.0.0.1:0", "-daemon-token", secret,
		"-daemon-allow", "192.0.2.7, 2001:db8::/32", "-tip", "linear:7,3", "-tip-address", "0x5", "-tip-freshness", "10m", "-jwt-secret", secret, "-jwt-expiring-sec", "60", "-max-body-size", "64"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	d := cfg.Daemon
	if d.Aggregator != walrusd.All || d.Publisher != walrusd.Local || d.UploadRelay != walrusd.Local || d.Token != "a token that is long enough" || d.JWT == nil ||
		fmt.Sprint(d.Allow) != "[192.0.2.7/32 2001:db8::/32]" || d.Tip.Kind != walrusd.LinearTip || d.Tip.Base != 7 || d.Tip.PerKiB != 3 || d.Tip.Address[31] != 5 || d.Tip.Fresh != 10*time.Minute || d.MaxBlob != 64<<10 {
		t.Errorf("%+v", d)
	}
	if cfg, err = parseFlags(nil, io.Discard); err != nil || cfg.Daemon.on() || cfg.Daemon.Listen != "127.0.0.1:31415" || cfg.Daemon.MaxBlob != 10<<20 {
		t.Errorf("without flags: %v, %+v", err, cfg.Daemon)
	}
}

func TestDaemonFlagsThatAreWrong(t *testing.T) {
	short := writeFile(t, "short", "short", 0o600)
	for want, args := range map[string][]string{
		"off or local":        {"-publisher", "all"},
		"off or local or all": {"-aggregator", "on"},
		"-tip-address":        {"-upload-relay", "all", "-tip", "const:5"},
		"neither const:N":     {"-tip", "const:5,6", "-tip-address", "0x1"},
		"neither const":       {"-tip", "linear:5", "-tip-address", "0x1"},
		"nor linear":          {"-tip", "5", "-tip-address", "0x1"},
		"how much":            {"-tip-address", "0x1"},
		"-daemon-allow":       {"-daemon-allow", "localhost"},
		"-daemon-listen":      {"-daemon-listen", "31415"},
		"-daemon-token":       {"-daemon-token", "/nowhere"},
		"can be guessed":      {"-daemon-token", short},
		"less than 16 bytes":  {"-jwt-secret", short},
		"no algorithm":        {"-jwt-secret", short, "-jwt-algorithm", "none"},
		"more than nothing":   {"-max-body-size", "0"},
	} {
		var said strings.Builder
		if _, err := parseFlags(args, &said); err == nil || !strings.Contains(said.String(), want) {
			t.Errorf("%v: %v; it says %q, want %q", args, err, said.String(), want)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	open := writeFile(t, "open", "a token that is long enough", 0o644)
	for _, flag := range []string{"-daemon-token", "-jwt-secret"} {
		if _, err := parseFlags([]string{flag, open}, io.Discard); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%s takes a file that others can read: %v", flag, err)
		}
	}
}
