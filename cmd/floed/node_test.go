package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/node"
)

// outpost is a storage node as a process of its own.
type outpost struct {
	t      *testing.T
	args   []string
	cmd    *exec.Cmd
	logged *buffer
}

// freeAddresses are loopback addresses that nobody listens on.
func freeAddresses(t *testing.T, n int) (addresses []string) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all at once, so that none comes twice
		addresses = append(addresses, l.Addr().String())
	}
	return addresses
}

func newOutpost(t *testing.T, args ...string) *outpost {
	t.Helper()
	o := &outpost{t: t, logged: new(buffer), args: append([]string{"node", "-log", "debug"}, args...)}
	t.Cleanup(func() {
		o.kill()
		if log := o.logged.String(); t.Failed() {
			t.Logf("floed %v logged:\n%s", o.args, log[max(0, len(log)-3000):])
		}
	})
	return o
}

// launch starts the process; what it prints comes line by line.
func (o *outpost) launch() (stdout <-chan string) {
	o.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		o.t.Fatal(err)
	}
	o.cmd = exec.Command(exe, o.args...)
	o.cmd.Env = append(os.Environ(), asFloed+"=1")
	o.cmd.Stderr = o.logged
	pipe, err := o.cmd.StdoutPipe()
	if err == nil {
		err = o.cmd.Start()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	lines := make(chan string, 8)
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(pipe); sc.Scan(); {
			lines <- sc.Text()
		}
	}()
	return lines
}

// await returns the URL at which the node is ready.
func (o *outpost) await(stdout <-chan string) string {
	o.t.Helper()
	select {
	case line := <-stdout:
		if _, at, ok := strings.Cut(line, " ready at "); ok && strings.HasPrefix(line, "floe: node ") {
			return at
		}
		o.t.Fatalf("the node said %q:\n%s", line, o.logged)
	case <-time.After(time.Minute):
		o.t.Fatalf("the node isn't ready after a minute:\n%s", o.logged)
	}
	return ""
}

// kill ends the node as a power cut would.
func (o *outpost) kill() {
	if o.cmd != nil {
		o.cmd.Process.Kill()
		o.cmd.Wait()
		o.cmd = nil
	}
}

// interrupt ends the node as Ctrl-C does, and demands that it ends well.
func (o *outpost) interrupt() {
	o.t.Helper()
	if err := o.cmd.Process.Signal(os.Interrupt); err != nil {
		o.t.Fatal(err)
	}
	if err := o.cmd.Wait(); err != nil {
		o.t.Errorf("the node ended with %v:\n%s", err, o.logged)
	}
	o.cmd = nil
}

// A ledger and relay, and seven nodes that are processes of their own, under
// TLS: parcels go through them, with one of them killed too; it heals when it is
// back, and all go on after the ledger was killed.
func TestNodesOfTheirOwn(t *testing.T) {
	t.Parallel()
	const n, lost = 7, 2
	at := freeAddresses(t, n)
	ledgerAt := freeAddresses(t, 1)[0]
	data := t.TempDir()
	d := newDaemon(t, data, "-nodes-at", strings.Join(at, ","), "-shards", "21", "-listen", ledgerAt)
	nodes := make([]*outpost, n)
	start := func(i int) string { return nodes[i].await(nodes[i].launch()) }
	d.start()
	for i := range nodes {
		nodes[i] = newOutpost(t, "-key", filepath.Join(data, "keys", fmt.Sprintf("node-%02d.json", i)),
			"-data", t.TempDir(), "-ledger", d.base)
		if got := start(i); got != "https://"+at[i] {
			t.Errorf("node %d is at %s, not %s", i, got, at[i])
		}
	}
	checkCertificate(t, data, 4, at[4])

	v := newTraveller(t, d)
	if len(v.net.Nodes) != n || v.net.Nodes[3].Address != at[3] {
		t.Fatalf("the relay knows the nodes %+v", v.net.Nodes)
	}
	first := v.pack(sealed(50_000))
	v.parcel(v.send([]byte("grant"), first))
	if failed := v.readBack(first.id, first.data); len(failed) > 0 {
		t.Errorf("nodes %v failed", failed)
	}
	if status, _ := d.request("POST", "/api/v1/nodes/0/stop", "application/json", []byte("{}")); status != http.StatusNotFound {
		t.Errorf("switching off a node that runs elsewhere: status %d", status)
	}

	nodes[lost].kill()
	second := v.pack(sealed(60_000))
	v.parcel(v.sendWithout(lost, second))
	if failed := v.readBack(second.id, second.data); !slices.Equal(failed, []int{lost}) {
		t.Errorf("nodes %v failed", failed)
	}
	start(lost)
	v.awaitAll(first)
	v.awaitAll(second) // it got its slivers from the others

	d.kill()
	d.start()
	third := newTraveller(t, d)
	c := third.pack(sealed(5000))
	third.parcel(third.send([]byte("grant"), c))
	third.readBack(c.id, c.data)
	v.awaitAll(second)

	nodes[0].interrupt()
	refuseStranger(t, d)
	if out, err := launchOther(d, "-shards", "21"); err == nil || !strings.Contains(out, "give -nodes-at "+at[0]) {
		t.Errorf("without -nodes-at: %v, %s", err, out)
	}
}

// checkCertificate looks at what a node shows to a client that knows nothing.
func checkCertificate(t *testing.T, data string, i int, at string) {
	t.Helper()
	_, key, err := readNodeKey(filepath.Join(data, "keys", fmt.Sprintf("node-%02d.json", i)))
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", at, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cert := conn.ConnectionState().PeerCertificates[0]
	if cert.Subject.CommonName != node.ServerName(public) || cert.VerifyHostname("127.0.0.1") != nil {
		t.Errorf("the node shows the certificate of %s for %v", cert.Subject, cert.IPAddresses)
	}
	if res, err := http.Get("https://" + at + "/v1/health"); err == nil {
		res.Body.Close()
		t.Error("a client that trusts the Web's authorities took the node's certificate")
	}
}

// refuseStranger starts a node that the ledger doesn't know.
func refuseStranger(t *testing.T, d *daemon) {
	t.Helper()
	k, err := newNodeKeys()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	o := newOutpost(t, "-key", file, "-data", t.TempDir(), "-ledger", d.base)
	for line := range o.launch() {
		t.Errorf("a stranger said %q", line)
	}
	if err := o.cmd.Wait(); err == nil || !strings.Contains(o.logged.String(), "the ledger knows no node with this key") {
		t.Errorf("a stranger ended with %v:\n%s", err, o.logged)
	}
	o.cmd = nil
}

// launchOther runs floed over the directory of a daemon, which it ends, with
// other flags, and returns what it logged.
func launchOther(d *daemon, args ...string) (logged string, err error) {
	d.t.Helper()
	d.kill()
	other := newDaemon(d.t, d.args[slices.Index(d.args, "-data")+1], args...)
	if _, err := io.Copy(io.Discard, other.launch()); err != nil {
		d.t.Error(err)
	}
	err = other.cmd.Wait()
	other.cmd = nil
	return other.logged.String(), err
}

// sendWithout is send with a node that doesn't answer.
func (v *traveller) sendWithout(lost int, c *cargo) suitx.Address {
	v.t.Helper()
	v.register(c)
	for i, n := range v.storeQuietly(c) {
		if (n == 0) != (i == lost) {
			v.t.Errorf("node %d acknowledged %d frames", i, n)
		}
	}
	v.certify(c)
	if !slices.Equal(c.cert.Missing, []int{lost}) {
		v.t.Errorf("nodes %v didn't confirm", c.cert.Missing)
	}
	return v.create([]byte("grant"), c)
}

// awaitAll waits until every node gives its slivers of a blob.
func (v *traveller) awaitAll(c *cargo) {
	v.t.Helper()
	var data []byte
	var failed []int
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(250 * time.Millisecond) {
		if data, failed = v.fetch(c.id); len(failed) == 0 && bytes.Equal(data, c.data) {
			return
		}
	}
	v.t.Errorf("after a minute nodes %v don't give their slivers", failed)
}

// Without TLS, and where the ledger starts after its nodes.
func TestNodesWithoutTLS(t *testing.T) {
	t.Parallel()
	at := freeAddresses(t, 4)
	ledgerAt := freeAddresses(t, 1)[0]
	data := t.TempDir()
	d := newDaemon(t, data, "-nodes-at", strings.Join(at, ", "), "-node-scheme", "http", "-shards", "8", "-listen", ledgerAt)
	d.start() // makes the keys
	d.kill()
	var waiting []func() string
	for i := range at {
		o := newOutpost(t, "-tls=false", "-key", filepath.Join(data, "keys", fmt.Sprintf("node-%02d.json", i)), "-data", t.TempDir(), "-ledger", "http://"+ledgerAt)
		stdout := o.launch()
		waiting = append(waiting, func() string { return o.await(stdout) })
	}
	time.Sleep(300 * time.Millisecond)
	d.start()
	for i, await := range waiting {
		if got := await(); got != "http://"+at[i] {
			t.Errorf("node %d is at %s", i, got)
		}
	}
	v := newTraveller(t, d)
	c := v.pack(sealed(5000))
	v.parcel(v.send([]byte("grant"), c))
	v.readBack(c.id, c.data)
	res, err := http.Get("http://" + at[0] + "/v1/blobs/" + c.id.String() + "/metadata")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || len(b) < 32 || codec.BlobID(b[:32]) != c.id {
		t.Errorf("the node itself answered %d, %d bytes, %v", res.StatusCode, len(b), err)
	}
}
