package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// Each command says what it is for; floed itself also which commands there are.
func TestHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"-h"}, []string{"floed node [flags]", "floed package [flags]", "floed node -h", "-listen address"}},
		{[]string{"node", "-h"}, []string{"storage node", "-nodes-at", "-ledger URL"}},
		{[]string{"package", "-h"}, []string{"-publish", "-gas-budget SUI"}},
	} {
		var said bytes.Buffer
		do, rest := commandOf(c.args)
		err := do(t.Context(), rest, io.Discard, &said)
		if !errors.Is(err, flag.ErrHelp) || exitCode(err) != 0 {
			t.Errorf("%q: %v", c.args, err)
		}
		for _, words := range c.says {
			if !strings.Contains(said.String(), words) {
				t.Errorf("%q doesn't say %q:\n%s", c.args, words, &said)
			}
		}
	}
}

// Who mistypes a command is told which there are.
func TestUnknownCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	do, rest := commandOf([]string{"pakcage", "-publish"})
	if err := do(ctx, rest, io.Discard, &said); exitCode(err) != 2 || !strings.Contains(said.String(), "node or package") {
		t.Errorf("%v, said %q", err, &said)
	}
}
