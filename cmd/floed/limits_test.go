package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"floe/codec/suitx"
	"floe/server/api"
)

// sponsorHas asks Sui's API what the sponsor owns of a coin.
func (v *traveller) sponsorHas(coin string) uint64 {
	v.t.Helper()
	ask := fmt.Sprintf(`{"owner":%q,"coinType":%q}`, v.net.Sponsor, coin)
	status, body := v.d.request("POST", "/sui.rpc.v2.StateService/GetBalance", "application/json", []byte(ask))
	var res struct{ Balance struct{ Balance string } }
	if err := json.Unmarshal(body, &res); err != nil || status != 200 {
		v.t.Fatalf("balance: status %d: %s", status, body)
	}
	n, err := strconv.ParseUint(res.Balance.Balance, 10, 64)
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// Whoever registers and vanishes wastes what her quota gives and no more; what
// was stored before stays readable, and nothing is registered over the quota.
func TestQuotasHoldOverTheRealLedger(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := startDaemon(t, data)
	v := newTraveller(t, d)
	c := v.pack(sealed(30_000))
	id := v.send([]byte("grant"), c)
	d.interrupt()

	// A small blob takes 717,600 bytes encoded, one unit of storage.
	d.args = append(d.args, "-client-quota", "3000000")
	d.start()
	wal, sui := suitx.Address(v.ids.WALPackage).String()+"::wal::WAL", "0x2::sui::SUI"
	walBefore, suiBefore := v.sponsorHas(wal), v.sponsorHas(sui)
	vanish := func() (int, *api.Error) {
		p := newTraveller(t, d)
		b := v.pack(sealed(100))
		root := b.meta.RootHash()
		status, body := p.tryPost(api.PathRegister, api.RegisterRequest{Owner: p.address.String(), Epochs: 2, Blobs: []api.RegisterBlob{
			{BlobID: b.id.String(), RootHash: root[:], Size: b.meta.Size},
		}}, nil)
		var e api.ErrorBody
		if status != 200 && json.Unmarshal(body, &e) != nil {
			t.Fatalf("status %d: %s", status, body)
		}
		return status, e.Error
	}
	for i := range 4 {
		if status, e := vanish(); status != 200 {
			t.Fatalf("registration %d: status %d, %v", i, status, e)
		}
	}
	for range 3 {
		if status, e := vanish(); status != 429 || e.Code != api.CodeQuota || e.RetryAfterMS <= 0 {
			t.Errorf("over the quota: status %d, %+v", status, e)
		}
	}
	lost := walBefore - v.sponsorHas(wal)
	t.Logf("loss by registering and vanishing with a quota of 3 MB: %d FROST, %d MIST", lost, suiBefore-v.sponsorHas(sui))
	if want := uint64(4 * (2*storagePrice + writePrice)); lost != want {
		t.Errorf("the sponsor lost %d FROST, want %d", lost, want)
	}
	v.parcel(id)
	v.readBack(c.id, c.data)

	d.interrupt()
	d.args = append(d.args, "-client-quota", "0", "-capacity", "1000000")
	d.start()
	if status, e := vanish(); status != 200 {
		t.Fatalf("within the capacity: status %d, %v", status, e)
	}
	if status, e := vanish(); status != 507 || e.Code != api.CodeFull {
		t.Errorf("over the capacity: status %d, %+v", status, e)
	}
	v.parcel(id)
	v.readBack(c.id, c.data)
}

// Relay and nodes dial the embedded network and nothing else, whatever address
// they are given.
func TestDoorLeadsNowhereElse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	way := door{logical: "127.0.0.1:8080", actual: l.Addr().String()}
	c, err := way.dial(t.Context(), "127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	for _, address := range []string{
		l.Addr().String(), "127.0.0.1:80", "localhost:8080", "127.1:8080", "2130706433:8080", "0x7f000001:8080", "0177.0.0.1:8080",
		"[::1]:8080", "[::ffff:127.0.0.1]:8080", "[::ffff:7f00:1]:8080", "0.0.0.0:8080", "0:8080", "127.0.0.1.:8080", "127.0.0.1:08080",
		"169.254.169.254:80", "[fd00:ec2::254]:80", "10.0.0.1:8080", "192.168.0.1:8080", "172.16.0.1:8080", "100.64.0.1:80",
		"metadata.google.internal:80", "example.com:8080", "127.0.0.1.nip.io:8080", "localtest.me:8080", "", ":8080", "8080",
		"127.0.0.1:8080@example.com", "user@127.0.0.1:8080", "127.0.0.1:8080/node/0",
	} {
		if c, err := way.dial(t.Context(), address); err == nil {
			c.Close()
			t.Errorf("dialled %q", address)
		}
	}
}

// An address that only begins as ours isn't ours.
func TestDoorKnowsItsOwn(t *testing.T) {
	d := door{logical: "127.0.0.1:808", actual: "127.0.0.1:9000"}
	for address, want := range map[string]string{
		"127.0.0.1:808/node/3": "127.0.0.1:9000/node/3", "127.0.0.1:8081": "127.0.0.1:8081", "127.0.0.1:8081/node/3": "127.0.0.1:8081/node/3",
		"b:9185": "b:9185",
	} {
		if got := d.today(address); got != want {
			t.Errorf("%s became %s", address, got)
		}
	}
}

// Who sends a request's head drop by drop is cut off; others are served meanwhile.
func TestSlowHeadersAreCutOff(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, t.TempDir())
	var slow []net.Conn
	for range 50 {
		c, err := net.Dial("tcp", strings.TrimPrefix(d.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
		slow = append(slow, c)
	}
	if status, _ := d.request("GET", "/healthz", "", nil); status != 200 {
		t.Errorf("status %d", status)
	}
	for _, c := range slow {
		c.SetReadDeadline(time.Now().Add(headerTimeout + 5*time.Second))
		if _, err := io.ReadAll(c); err != nil {
			t.Fatalf("a slow connection is still open: %v", err)
		}
	}
}

// Secrets of floed are for its owner alone.
func TestSecretsAreTheOwners(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	d := startDaemon(t, data)
	d.interrupt()
	info, err := os.Stat(data)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data directory: %v, %v", info.Mode(), err)
	}
	keys, err := filepath.Glob(filepath.Join(data, "keys", "*.json"))
	if err != nil || len(keys) != 14 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, k := range append(keys, filepath.Join(data, "network.json")) {
		if info, err := os.Stat(k); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", k, info.Mode(), err)
		}
	}
}

// One floed at a time works on a directory, and says so to the second.
func TestSecondFloedIsTurnedAway(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	startDaemon(t, data)
	cfg, err := parseFlags([]string{"-listen", "127.0.0.1:0", "-data", data}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), cfg, io.Discard); err == nil || !strings.Contains(err.Error(), "does another floed run on it?") {
		t.Errorf("the second floed got %v", err)
	}
}
