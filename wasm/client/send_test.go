package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"floe/crypto"
	"floe/server/api"
)

// noise is data that no test of bytes on the wire can find by accident.
func noise(name string, n int) []byte {
	var out []byte
	for i := uint32(0); len(out) < n; i++ {
		h := sha256.Sum256(binary.LittleEndian.AppendUint32([]byte(name), i))
		out = append(out, h[:]...)
	}
	return out[:n]
}

func testFile(path string, data []byte) File {
	return File{Path: path, Size: int64(len(data)), Modified: time.Unix(1.7e9, 0),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// testFiles are as people send them: large, empty, in a folder, in another script.
func testFiles() map[string][]byte {
	return map[string][]byte{
		"large.bin":         noise("large", 200_000),
		"empty.txt":         nil,
		"folder/notes.txt":  []byte("planted: the fish moves at midnight"),
		"Отчёт за июль.txt": noise("report", 3000),
	}
}

func request(files map[string][]byte) SendRequest {
	r := SendRequest{Seed: crypto.Seed{1, 2, 3}}
	for path, data := range files {
		r.Files = append(r.Files, testFile(path, data))
	}
	return r
}

func mustSend(t *testing.T, c *Client, req SendRequest) *Sent {
	t.Helper()
	sent, err := c.Send(context.Background(), req)
	if err != nil {
		t.Fatalf("couldn't send: %v", err)
	}
	return sent
}

func link(s *Sent) string { return s.Link.URL("http://floe.test") }

// mustOpen opens a link and compares every file.
func mustOpen(t *testing.T, c *Client, req OpenRequest, want map[string][]byte) *Parcel {
	t.Helper()
	p, err := c.Open(context.Background(), req)
	if err != nil {
		t.Fatalf("couldn't open: %v", err)
	}
	if len(p.Files) != len(want) {
		t.Errorf("%d files, want %d", len(p.Files), len(want))
	}
	for _, f := range p.Files {
		var got bytes.Buffer
		if err := p.WriteFile(context.Background(), f.Index, &got, ReadRequest{}); err != nil {
			t.Fatalf("couldn't read %s: %v", f.Path, err)
		}
		if data, ok := want[f.Path]; !ok || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("%s isn't what was sent", f.Path)
		}
	}
	return p
}

func TestSendAndOpen(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	p := mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	if p.From.Fingerprint() != (crypto.Seed{1, 2, 3}).Identity().Fingerprint() {
		t.Error("the sender's fingerprint is another's")
	}
	if p.Own {
		t.Error("a stranger's device takes the parcel for its own")
	}
	if !sent.EndsAt.Equal(p.EndsAt) {
		t.Errorf("ends at %v for the sender, %v for the recipient", sent.EndsAt, p.EndsAt)
	}
	if sent.NodesHolding != fakeNodes || sent.NodesNeeded != 5 || sent.NodesTotal != fakeNodes {
		t.Errorf("held by %d of %d nodes, %d needed", sent.NodesHolding, sent.NodesTotal, sent.NodesNeeded)
	}
}

func TestServerSeesNeitherPlaintextNorSecret(t *testing.T) {
	f, files := newFake(t), testFiles()
	sent := mustSend(t, f.client(), request(files))
	mustOpen(t, f.client(), OpenRequest{Link: link(sent)}, files)
	_, secret, _ := strings.Cut(sent.Link.Fragment(), ".")
	key := sent.Link.Secret.Key
	for name, planted := range map[string][]byte{
		"file": []byte("the fish moves"), "name": []byte("notes.txt"), "cyrillic name": []byte("Отчёт"),
		"secret": []byte(secret), "raw secret": key[:], "identity": identityOf(t, sent.Note),
	} {
		if bytes.Contains(f.traffic.Bytes(), planted) {
			t.Errorf("the server saw the %s", name)
		}
	}
}

func identityOf(t *testing.T, n Note) []byte {
	for line := range strings.Lines(n.Text) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			return []byte(strings.TrimSpace(line))
		}
	}
	t.Fatal("the recovery note has no identity")
	return nil
}

func TestPassphrase(t *testing.T) {
	f, files := newFake(t), map[string][]byte{"a": []byte("b")}
	req := request(files)
	req.Passphrase = "six random words"
	sent := mustSend(t, f.client(), req)
	c := f.client()
	mustOpen(t, c, OpenRequest{Link: link(sent), Passphrase: "six random words"}, files)
	wantCode(t, c, OpenRequest{Link: link(sent)}, CodePassphraseNeeded)
	wantCode(t, c, OpenRequest{Link: link(sent), Passphrase: "seven"}, CodePassphraseWrong)
}

func wantCode(t *testing.T, c *Client, req OpenRequest, want Code) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if req.Patience == 0 {
		req.Patience = 20 * time.Millisecond
	}
	_, err := c.Open(ctx, req)
	if err == nil || CodeOf(err) != want {
		t.Errorf("got %q (%v), want %q", CodeOf(err), err, want)
	}
}

func TestRecipients(t *testing.T) {
	f, files := newFake(t), testFiles()
	bob, eve := crypto.Seed{7}, crypto.Seed{8}
	req := request(files)
	req.Recipients = []string{bob.Identity().Recipient().String()}
	sent := mustSend(t, f.client(), req)
	if sent.Link.Secret != nil {
		t.Error("the link carries a secret although people were named")
	}
	mustOpen(t, f.client(), OpenRequest{Link: link(sent), Seed: &bob}, files)
	if p := mustOpen(t, f.client(), OpenRequest{Link: link(sent), Seed: &req.Seed}, files); !p.Own {
		t.Error("the sender doesn't recognize her own parcel")
	}
	wantCode(t, f.client(), OpenRequest{Link: link(sent), Seed: &eve}, CodeSecretMissing)
	wantCode(t, f.client(), OpenRequest{Link: link(sent)}, CodeSecretMissing)
}

func TestRequestCount(t *testing.T) {
	f := newFake(t)
	mustSend(t, f.client(), request(map[string][]byte{"a": noise("a", 50_000)}))
	if posts, all := f.count(api.PathStore), len(f.requests); posts > fakeNodes || all > fakeNodes+20 {
		t.Errorf("%d POSTs to nodes and %d requests in all for one blob", posts, all)
	}
}

// TestPromptIsOfOneBlob: which nodes a blob is waited for at is settled when it is
// begun, whatever becomes of them with another one.
func TestPromptIsOfOneBlob(t *testing.T) {
	s := New(newFake(t), &shelf{}).baseSending(&SendRequest{})
	s.net = &network{Network: api.Network{Nodes: make([]api.Node, 3)}}
	s.behind = []bool{false, true, false}
	r := &storing{sending: s, blob: &blob{held: make([]uint16, 3)}, prompt: make(chan struct{})}
	r.expect()
	s.behind = []bool{false, false, true}
	for node, over := range []bool{false, false, true} {
		r.came(node, true)
		select {
		case <-r.prompt:
			if !over {
				t.Fatalf("nobody is waited for any more after node %d", node)
			}
		default:
			if over {
				t.Fatal("somebody is waited for still")
			}
		}
	}
}

// TestConfirmAgainLeavesCertified: what was certified meanwhile stays so.
func TestConfirmAgainLeavesCertified(t *testing.T) {
	f := newFake(t)
	s := f.client().baseSending(&SendRequest{})
	b := &blob{state: blobCertified}
	if err := s.confirmAgain(context.Background(), []*blob{b}); err != nil || b.state != blobCertified || f.count(api.PathCertificate) > 0 {
		t.Errorf("state %d, %d requests: %v", b.state, f.count(api.PathCertificate), err)
	}
}
