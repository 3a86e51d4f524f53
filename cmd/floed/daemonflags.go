package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"floe/codec/suitx"
	walrusd "floe/server/daemon"
)

// DaemonFlags say which of Walrus' own HTTP interfaces are served, and to whom.
type DaemonFlags struct {
	Listen string // host:port of their own
	walrusd.Config

	aggregator, publisher, relay    string
	token, allow, tip, tipAddress   string
	jwtSecret, jwtAlgorithm         string
	jwtLifetime                     int64
	maxBlobKiB, maxQuiltKiB, maxKiB int64
}

// daemonListen is where Walrus' own daemons listen by default.
const daemonListen = "127.0.0.1:31415"

func (c *DaemonFlags) define(f *flag.FlagSet) {
	f.StringVar(&c.Listen, "daemon-listen", daemonListen, "`address` for Walrus' own HTTP interfaces, which -aggregator, -publisher and -upload-relay switch on")
	f.StringVar(&c.aggregator, "aggregator", "off", "serve Walrus' aggregator to `whom`: off, local (programs on this machine, -daemon-allow, -daemon-token) or all")
	f.StringVar(&c.publisher, "publisher", "off", "serve Walrus' publisher, for which the sponsor pays, to `whom`: off or local")
	f.StringVar(&c.relay, "upload-relay", "off", "serve Walrus' upload relay to `whom`: off, local or all")
	f.StringVar(&c.token, "daemon-token", "", "`file` with a token, readable by its owner alone, whose bearers are served like callers on this machine")
	f.StringVar(&c.allow, "daemon-allow", "", "comma-separated address `prefixes` that are served like this machine")
	f.StringVar(&c.tip, "tip", "", "what the upload relay takes for a blob, an `amount` of MIST: const:N, or linear:BASE,MUL with MUL for each KiB of encoded size")
	f.StringVar(&c.tipAddress, "tip-address", "", "`address` that tips go to")
	f.DurationVar(&c.Tip.Fresh, "tip-freshness", time.Hour, "how old the transaction that pays a tip may be")
	f.StringVar(&c.jwtSecret, "jwt-secret", "", "`file` with the key of the JWTs that callers of the publisher must have; as text, 0x and hex digits, or PEM")
	f.StringVar(&c.jwtAlgorithm, "jwt-algorithm", "HS256", "`algorithm` of the JWTs")
	f.Int64Var(&c.jwtLifetime, "jwt-expiring-sec", 0, "`seconds` from iat to exp that every JWT must have; 0 means any")
	f.Int64Var(&c.maxBlobKiB, "max-body-size", 10*1024, "`KiB` that the body of PUT /v1/blobs may have")
	f.Int64Var(&c.maxQuiltKiB, "max-quilt-body-size", 100*1024, "`KiB` that the body of PUT /v1/quilts may have")
	f.Int64Var(&c.maxKiB, "max-relay-body-size", 1024*1024, "`KiB` that the body of POST /v1/blob-upload-relay may have")
}

func (c *DaemonFlags) on() bool {
	return c.Aggregator != walrusd.Off || c.Publisher != walrusd.Off || c.UploadRelay != walrusd.Off
}

// check reads what the flags say, and the files that they name.
func (c *DaemonFlags) check() (err error) {
	for name, role := range map[string]struct {
		text string
		to   *walrusd.Mode
		all  bool
	}{"aggregator": {c.aggregator, &c.Aggregator, true}, "publisher": {c.publisher, &c.Publisher, false}, "upload-relay": {c.relay, &c.UploadRelay, true}} {
		mode, ok := map[string]walrusd.Mode{"off": walrusd.Off, "local": walrusd.Local, "all": walrusd.All}[role.text]
		if !ok || mode == walrusd.All && !role.all {
			return fmt.Errorf("-%s %q: it is off or local%s", name, role.text, map[bool]string{true: " or all"}[role.all])
		}
		*role.to = mode
	}
	if c.maxBlobKiB <= 0 || c.maxQuiltKiB <= 0 || c.maxKiB <= 0 || c.Tip.Fresh <= 0 || c.jwtLifetime < 0 {
		return errors.New("-max-body-size, -max-quilt-body-size, -max-relay-body-size and -tip-freshness must be more than nothing")
	}
	c.MaxBlob, c.MaxQuilt, c.MaxRelay = c.maxBlobKiB<<10, c.maxQuiltKiB<<10, c.maxKiB<<10
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("-daemon-listen: %w", err)
	}
	if c.Allow, err = parsePrefixes(c.allow); err != nil {
		return fmt.Errorf("-daemon-allow: %w", err)
	}
	if err := c.checkTip(); err != nil {
		return err
	}
	if c.token != "" {
		b, err := readSecret(c.token)
		if err != nil {
			return fmt.Errorf("-daemon-token: %w", err)
		}
		if c.Token = strings.TrimSpace(string(b)); len(c.Token) < 16 {
			return fmt.Errorf("-daemon-token: %s has less than 16 characters: it can be guessed. head -c 24 /dev/urandom | base64 makes a good one", c.token)
		}
	}
	if c.jwtSecret == "" {
		return nil
	}
	b, err := readSecret(c.jwtSecret)
	if err != nil {
		return fmt.Errorf("-jwt-secret: %w", err)
	}
	if c.JWT, err = walrusd.NewJWT(c.jwtAlgorithm, b, time.Duration(c.jwtLifetime)*time.Second); err != nil {
		return fmt.Errorf("-jwt-secret: %w", err)
	}
	return nil
}

func (c *DaemonFlags) checkTip() (err error) {
	if c.tip == "" {
		if c.tipAddress != "" {
			return errors.New("-tip-address without -tip: how much is it?")
		}
		return nil
	}
	if c.Tip.Address, err = suitx.ParseAddress(c.tipAddress); err != nil {
		return fmt.Errorf("-tip needs -tip-address: %w", err)
	}
	kind, rest, _ := strings.Cut(c.tip, ":")
	base, mul, two := strings.Cut(rest, ",")
	bad := fmt.Errorf("-tip %q is neither const:N nor linear:BASE,MUL", c.tip)
	if c.Tip.Base, err = strconv.ParseUint(base, 10, 64); err != nil {
		return bad
	}
	switch {
	case kind == "const" && !two:
		c.Tip.Kind = walrusd.ConstTip
		return nil
	case kind == "linear" && two:
		c.Tip.Kind = walrusd.LinearTip
		if c.Tip.PerKiB, err = strconv.ParseUint(mul, 10, 64); err == nil {
			return nil
		}
	}
	return bad
}

func parsePrefixes(list string) (out []netip.Prefix, err error) {
	for p := range strings.SplitSeq(list, ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if !strings.Contains(p, "/") {
			a, err := netip.ParseAddr(p)
			if err != nil {
				return nil, err
			}
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, err
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}

// readSecret reads a file that nobody but its owner may read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %v); chmod 600 %s", path, info.Mode().Perm(), path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrInvalid)
	}
	return os.ReadFile(path)
}
