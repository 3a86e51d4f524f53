package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"floe/server/api"
)

// TestOutpostScripts runs floe over a network whose storage nodes are processes
// of their own, which speak TLS, with a server and without one.
func TestOutpostScripts(t *testing.T) {
	binary := buildFloed(t)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/outposts",
		Setup: setHome,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"network": func(ts *testscript.TestScript, _ bool, args []string) { startOutposts(ts, binary, args[0]) },
			"outpost": func(ts *testscript.TestScript, _ bool, args []string) { cmdOutpost(ts, binary, args) },
			"payer":   cmdPayer,
			"fund":    cmdFund,
			"link":    cmdLink,
		},
	})
}

// startOutposts is "network N": a server with ledger and relay, N nodes with
// three shards each, and net.json for who works without the relay.
func startOutposts(ts *testscript.TestScript, binary, number string) {
	n, err := strconv.Atoi(number)
	ts.Check(err)
	var at []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		defer l.Close() // all at once, so that no port comes twice
		at = append(at, l.Addr().String())
	}
	startFloed(ts, binary, "-nodes-at", strings.Join(at, ","), "-shards", strconv.Itoa(3*n))
	place, _ := api.Places(api.Local)
	place.Ledger, place.NodeScheme = ts.Getenv("FLOE_SERVER"), "https"
	ts.Check(os.WriteFile(ts.MkAbs("net.json"), place.Marshal(), 0o666))
}

// cmdOutpost is "outpost start 0 1 2", or "outpost kill 2", by SIGKILL.
func cmdOutpost(ts *testscript.TestScript, binary string, args []string) {
	for _, index := range args[1:] {
		pidFile := ts.MkAbs("pid-" + index)
		if args[0] == "kill" {
			pid, err := strconv.Atoi(ts.ReadFile(pidFile))
			ts.Check(err)
			process, err := os.FindProcess(pid)
			ts.Check(err)
			ts.Check(process.Kill())
			continue
		}
		pid := startOutpost(ts, binary, index)
		ts.Check(os.WriteFile(pidFile, []byte(strconv.Itoa(pid)), 0o666))
	}
}

// startOutpost returns when the node is ready.
func startOutpost(ts *testscript.TestScript, binary, index string) (pid int) {
	i, err := strconv.Atoi(index)
	ts.Check(err)
	cmd := exec.Command(binary, "node", "-ledger", ts.Getenv("FLOE_SERVER"), "-data", ts.MkAbs("node-"+index),
		"-key", filepath.Join(ts.MkAbs("floe-data"), "keys", fmt.Sprintf("node-%02d.json", i)))
	var log strings.Builder
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	ts.Defer(func() {
		cmd.Process.Kill()
		<-ended
	})
	lines := bufio.NewScanner(stdout)
	ready := lines.Scan() && strings.HasPrefix(lines.Text(), fmt.Sprintf("floe: node %d ready at https://", i))
	go func() {
		for lines.Scan() {
		}
		cmd.Wait() // also of those that a script kills: their port is free then
		close(ended)
	}()
	if !ready {
		cmd.Process.Kill()
		<-ended
		ts.Fatalf("node %d isn't ready, it said %q:\n%s", i, lines.Text(), &log)
	}
	return cmd.Process.Pid
}
