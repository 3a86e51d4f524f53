package crypto

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
)

const testSender = "0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func testGrant(t testing.TB) Grant {
	return Grant{Network: "local", Sender: testSender, BlobsHash: [32]byte{1, 2, 3}, Parcel: newParcelIdentity(t)}
}

// sealText seals a text as SealGrant seals a grant's.
func sealText(t testing.TB, to age.Recipient, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// grantText returns the text in a grant sealed to id.
func grantText(t testing.TB, sealed []byte, id age.Identity) []byte {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestGrantRoundTrip(t *testing.T) {
	from := NewSeed().Identity()
	link, err := NewSecret(false).Identity("")
	if err != nil {
		t.Fatal(err)
	}
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	person := NewSeed().Identity().Hybrid
	for what, c := range map[string]struct {
		id age.Identity
		to Recipient
	}{
		"link": {link, link.Recipient()}, "person": {person, person.Recipient()}, "classic": {classic, classic.Recipient()},
	} {
		g := testGrant(t)
		sealed, err := SealGrant(g, from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) > 2600 {
			t.Errorf("%s: %d bytes", what, len(sealed))
		}
		got, err := OpenGrant(sealed, newParcelIdentity(t), c.id)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got.Network != g.Network || got.Sender != g.Sender || got.BlobsHash != g.BlobsHash ||
			got.Parcel.String() != g.Parcel.String() || got.For != HashRecipient(c.to) || got.From != from.Profile() {
			t.Errorf("%s: opened another grant", what)
		}
		if got.From.Fingerprint() != from.Fingerprint() {
			t.Errorf("%s: another sender", what)
		}
		if _, err := OpenGrant(sealed, newParcelIdentity(t)); err != ErrWrongIdentity {
			t.Errorf("%s: a stranger gets %v", what, err)
		}
		// The lines are what age's own tools read as an identity file.
		ids, err := age.ParseIdentities(bytes.NewReader(grantText(t, sealed, c.id)))
		if err != nil || len(ids) != 1 {
			t.Errorf("%s: age reads %d identities, %v", what, len(ids), err)
		}
	}
}

func TestOpenGrantWithWrongPassphrase(t *testing.T) {
	s := NewSecret(true)
	right, err := s.Identity("abandon ability able about above absent")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := SealGrant(testGrant(t), NewSeed().Identity(), right.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := s.Identity("abandon ability able about above absurd")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenGrant(sealed, wrong); err != ErrWrongIdentity {
		t.Error(err)
	}
}

func TestGrantCheck(t *testing.T) {
	g := testGrant(t)
	if err := g.Check("local", testSender, g.BlobsHash); err != nil {
		t.Error(err)
	}
	other := g.BlobsHash
	other[31] ^= 1
	for what, err := range map[string]error{
		"network": g.Check("testnet", testSender, g.BlobsHash),
		"sender":  g.Check("local", strings.Replace(testSender, "00", "01", 1), g.BlobsHash),
		"blobs":   g.Check("local", testSender, other),
	} {
		if !errors.Is(err, ErrGrantDisagrees) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSealGrantRefuses(t *testing.T) {
	from, to := NewSeed().Identity(), newParcelIdentity(t).Recipient()
	for what, change := range map[string]func(*Grant){
		"no network":        func(g *Grant) { g.Network = "" },
		"network, two":      func(g *Grant) { g.Network = "a b" },
		"network, line":     func(g *Grant) { g.Network = "a\n# sender: x" },
		"network, long":     func(g *Grant) { g.Network = strings.Repeat("a", 65) },
		"network, umlaut":   func(g *Grant) { g.Network = "ä" },
		"sender, short":     func(g *Grant) { g.Sender = "0x2" },
		"sender, capitals":  func(g *Grant) { g.Sender = strings.ToUpper(g.Sender) },
		"sender without 0x": func(g *Grant) { g.Sender = g.Sender[2:] },
		"no identity":       func(g *Grant) { g.Parcel = nil },
	} {
		g := testGrant(t)
		change(&g)
		if _, err := SealGrant(g, from, to); !errors.Is(err, ErrMalformedGrant) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A grant is refused if its lines disagree with themselves, with whom it is
// sealed to, or with the signature; whoever rewrites them needs the sender's key.
func TestOpenGrantRefusesForgeries(t *testing.T) {
	from, mallory := NewSeed().Identity(), NewSeed().Identity()
	to := newParcelIdentity(t)
	g := testGrant(t)
	sealed, err := SealGrant(g, from, to.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	text := string(grantText(t, sealed, to))
	opened, err := OpenGrant(sealed, to)
	if err != nil {
		t.Fatal(err)
	}
	other := newParcelIdentity(t)
	line := func(prefix string) string {
		for l := range strings.Lines(text) {
			if strings.HasPrefix(l, prefix) {
				return l
			}
		}
		t.Fatalf("no line %q", prefix)
		return ""
	}
	// resign writes a changed grant with a signature by mallory's key.
	resign := func(change func(*Grant)) string {
		c := *opened
		change(&c)
		c.Signature = [64]byte(ed25519.Sign(mallory.Signer, c.signedText()))
		return string(c.text())
	}
	for what, c := range map[string]struct {
		text string
		want error
	}{
		"another network":         {resign(func(c *Grant) { c.Network = "testnet" }), ErrGrantSignature},
		"another sender":          {resign(func(c *Grant) { c.Sender = strings.Replace(c.Sender, "00", "01", 1) }), ErrGrantSignature},
		"other blobs":             {resign(func(c *Grant) { c.BlobsHash[0] ^= 1 }), ErrGrantSignature},
		"another identity":        {resign(func(c *Grant) { c.Parcel = other }), ErrGrantSignature},
		"another verify key":      {resign(func(c *Grant) { c.From.VerifyKey = from.Profile().VerifyKey; c.From.VerifyKey[0] ^= 1 }), ErrGrantSignature},
		"for somebody else":       {resign(func(c *Grant) { c.For[0] ^= 1 }), ErrGrantDisagrees},
		"swapped identity":        {strings.Replace(text, g.Parcel.String(), other.String(), 1), ErrMalformedGrant},
		"borrowed fingerprint":    {strings.Replace(string(resign(func(c *Grant) { c.From = mallory.Profile() })), mallory.Fingerprint().Words(), from.Fingerprint().Words(), 1), ErrMalformedGrant},
		"signature of zeros":      {strings.Replace(text, line("# signature"), "# signature: "+strings.Repeat("0", 128)+"\n", 1), ErrGrantSignature},
		"version 2":               {strings.Replace(text, "# floe grant 1", "# floe grant 2", 1), ErrMalformedGrant},
		"no first line":           {strings.Replace(text, "# floe grant 1\n", "", 1), ErrMalformedGrant},
		"a line more":             {strings.Replace(text, "# sender", "# note: hi\n# sender", 1), ErrMalformedGrant},
		"a line twice":            {strings.Replace(text, line("# for"), line("# for")+line("# for"), 1), ErrMalformedGrant},
		"lines swapped":           {strings.Replace(text, line("# for")+line("# blobs"), line("# blobs")+line("# for"), 1), ErrMalformedGrant},
		"capital hex":             {strings.Replace(text, line("# blobs"), strings.ToUpper(line("# blobs")), 1), ErrMalformedGrant},
		"line ends of Windows":    {strings.ReplaceAll(text, "\n", "\r\n"), ErrMalformedGrant},
		"no last line feed":       {strings.TrimRight(text, "\n"), ErrMalformedGrant},
		"empty line behind":       {text + "\n", ErrMalformedGrant},
		"second identity":         {text + other.String() + "\n", ErrMalformedGrant},
		"lower-case identity":     {strings.Replace(text, g.Parcel.String(), strings.ToLower(g.Parcel.String()), 1), ErrMalformedGrant},
		"bare identity":           {g.Parcel.String() + "\n", ErrMalformedGrant},
		"nothing":                 {"", ErrMalformedGrant},
		"ten lines of nothing":    {strings.Repeat("\n", 10), ErrMalformedGrant},
		"first line, then little": {"# floe grant 1\n" + strings.Repeat("\n", 9), ErrMalformedGrant},
	} {
		_, err := OpenGrant(sealText(t, to.Recipient(), []byte(c.text)), to)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "AGE-SECRET") {
			t.Errorf("%s: the error quotes the identity", what)
		}
	}
	// A recipient can't pass the sender's words on as if they were meant for another.
	third := NewSeed().Identity().Hybrid
	if _, err := OpenGrant(sealText(t, third.Recipient(), []byte(text)), third); !errors.Is(err, ErrGrantDisagrees) {
		t.Errorf("passed on: %v", err)
	}
	if _, err := OpenGrant(sealText(t, to.Recipient(), []byte(text)), to); err != nil {
		t.Errorf("the text as it was: %v", err) // else nothing above is proven
	}
	if _, err := OpenGrant(make([]byte, MaxGrant+1), to); !errors.Is(err, ErrMalformedGrant) {
		t.Errorf("too long: %v", err)
	}
	scrypt, err := age.NewScryptIdentity("passphrase")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenGrant(sealed, scrypt); err == nil {
		t.Error("a passphrase is taken for an identity")
	}
}

// The classic recipient alone isn't post-quantum; age itself refuses to mix.
func TestRecipientsAreNotMixed(t *testing.T) {
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := age.Encrypt(io.Discard, newParcelIdentity(t).Recipient(), classic.Recipient()); err == nil {
		t.Error("mixed")
	}
}

// Whatever opens, opens as what its sender sealed.
func FuzzGrantNeverAcceptsTampered(f *testing.F) {
	seed := Seed{1}
	from, to := seed.Identity(), Seed{2}.Identity().Hybrid
	g := Grant{Network: "local", Sender: testSender, BlobsHash: [32]byte{1, 2, 3}, Parcel: Seed{3}.Identity().Hybrid}
	sealed, err := SealGrant(g, from, to.Recipient())
	if err != nil {
		f.Fatal(err)
	}
	text := grantText(f, sealed, to)
	f.Add(sealed, text, 0, byte(0))
	f.Add(sealed, text, 100, byte(1))
	f.Add(sealed, bytes.Replace(text, []byte("local"), []byte("localhost"), 1), -1, byte(0))
	f.Add(sealed, bytes.Replace(text, []byte("\n"), []byte("\r\n"), 1), 5000, byte(0))
	f.Fuzz(func(t *testing.T, sealed, text []byte, at int, mask byte) {
		sealed, text = bytes.Clone(sealed), bytes.Clone(text)
		if at >= 0 && at < len(sealed) {
			sealed[at] ^= mask
		}
		if at >= 0 && at < len(text) {
			text[at] ^= mask
		}
		if got, err := OpenGrant(sealed, to); err == nil && got.Check("local", testSender, g.BlobsHash) != nil {
			t.Fatal("opened a grant that nobody sealed")
		}
		got, err := readGrant(text, to.Recipient())
		if err != nil {
			return
		}
		if !bytes.Equal(got.text(), text) {
			t.Fatal("there are two ways to write this grant")
		}
		if got.From == from.Profile() && (got.Check("local", testSender, g.BlobsHash) != nil || got.Parcel.String() != g.Parcel.String()) {
			t.Fatal("forged the sender's signature")
		}
	})
}
