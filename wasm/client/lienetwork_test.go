package client

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"floe/codec/suitx"
)

// A server that lies about its network.

// TestLieWords: what a server says is shown to people as text, and only that.
func TestLieWords(t *testing.T) {
	f := newFake(t)
	f.net.Nodes[3].Name = "Node 4\x1b]0;owned\a\r\n\u202egpj" + strings.Repeat("x", 1<<10)
	net, err := f.client().Network(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if name := net.Nodes[3].Name; strings.ContainsAny(name, "\x1b\a\r\n\u202e") || len(name) > 200 {
		t.Errorf("a node is called %q", name)
	}
	_, err = refused("/", 500, []byte(`{"error":{"code":"internal","message":"\u001b[2J\u202e`+strings.Repeat("x", 1<<12)+`"}}`))
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") || len(err.Error()) > 1<<10 {
		t.Errorf("got %q of %d bytes", err, len(fmt.Sprint(err)))
	}
}

// TestLieWalrusPackage: what certifies the blobs is a package compiled in, not
// one that a server names.
func TestLieWalrusPackage(t *testing.T) {
	f := newFake(t)
	f.net.WalrusPackage = suitx.Address{31: 0xbb}.String()
	_, err := f.client().Send(context.Background(), request(map[string][]byte{"a": nil}))
	if CodeOf(err) != CodeLiar {
		t.Errorf("got %v, want a liar", err)
	}
}
