package crypto

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	cctv "c2sp.org/CCTV/age"
	"filippo.io/age"
	"filippo.io/age/armor"
)

// vector is one of age's test vectors, as the README beside them describes.
type vector struct {
	expect     string
	payload    [32]byte // SHA-256 of all that may be released
	identities []age.Identity
	armored    bool
	file       []byte
}

// TestVectors runs all of age's vectors through Open and OpenAt.
//
// Parcels and grants are never armored, and Open refuses armor; so armored
// vectors pass through age's own armor reader first, and only through Open.
func TestVectors(t *testing.T) {
	files, err := fs.ReadDir(cctv.Vectors, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 147 {
		t.Errorf("only %d vectors", len(files))
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			text, err := fs.ReadFile(cctv.Vectors, f.Name())
			if err != nil {
				t.Fatal(err)
			}
			v := parseVector(t, text)
			if v.armored {
				testArmorRefused(t, v)
				testOpen(t, v, armor.NewReader(bytes.NewReader(v.file)))
				return
			}
			plain := testOpen(t, v, bytes.NewReader(v.file))
			testOpenAt(t, v, plain)
		})
	}
}

func parseVector(t *testing.T, text []byte) *vector {
	v := &vector{}
	head, file, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		t.Fatal("no empty line")
	}
	v.file = file
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		var err error
		switch key {
		case "expect":
			v.expect = value
		case "payload":
			_, err = hex.Decode(v.payload[:], []byte(value))
		case "identity":
			var id age.Identity
			if id, err = age.ParseX25519Identity(value); err != nil {
				id, err = age.ParseHybridIdentity(value)
			}
			v.identities = append(v.identities, id)
		case "passphrase":
			var id age.Identity
			id, err = age.NewScryptIdentity(value)
			v.identities = append(v.identities, id)
		case "armored":
			v.armored = true
		case "compressed":
			v.file, err = inflate(v.file)
		case "comment", "file key":
		default:
			t.Fatalf("unknown key %q", key)
		}
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
	}
	return v
}

func inflate(b []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// wants returns the error a vector is to end with; nil for success.
func (v *vector) wants(t *testing.T) error {
	switch v.expect {
	case "success":
		return nil
	case "no match":
		return ErrWrongIdentity
	case "HMAC failure", "header failure", "payload failure":
		return ErrDamaged
	case "armor failure":
		return errArmor
	}
	t.Fatalf("unknown expectation %q", v.expect)
	return nil
}

var errArmor = errors.New("armor")

// meets says whether err is what v wants.
func meets(err, want error) bool {
	if want == errArmor {
		return errors.As(err, new(*armor.Error)) && !errors.Is(err, ErrDamaged)
	}
	return errors.Is(err, want)
}

// testOpen returns the plaintext that was released.
func testOpen(t *testing.T, v *vector, src io.Reader) []byte {
	want := v.wants(t)
	r, err := Open(src, v.identities...)
	if err != nil {
		if want == nil || v.expect == "payload failure" && v.payload != sha256.Sum256(nil) || !meets(err, want) {
			t.Errorf("Open: %v, want %s", err, v.expect)
		}
		return nil
	}
	plain, err := io.ReadAll(r)
	if !meets(err, want) {
		t.Errorf("Open, then reading: %v, want %s", err, v.expect)
	}
	if v.payload != sha256.Sum256(plain) && v.expect != "armor failure" {
		t.Errorf("released %d bytes with the wrong hash", len(plain))
	}
	return plain
}

// testOpenAt knows that linear is what reading forward released: of a damaged
// file OpenAt may release less, for it sees the end first, but nothing else.
func testOpenAt(t *testing.T, v *vector, linear []byte) {
	want := v.wants(t)
	r, size, err := OpenAt(bytes.NewReader(v.file), int64(len(v.file)), v.identities...)
	if err != nil {
		if want == nil || !meets(err, want) {
			t.Errorf("OpenAt: %v, want %s", err, v.expect)
		}
		return
	}
	plain, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if !meets(err, want) {
		t.Errorf("OpenAt, then reading: %v, want %s", err, v.expect)
	}
	if !bytes.HasPrefix(linear, plain) || want == nil && len(linear) != len(plain) {
		t.Errorf("OpenAt released %d bytes, Open %d", len(plain), len(linear))
	}
	if want != nil && v.expect != "payload failure" {
		t.Errorf("OpenAt got past a %s", v.expect)
	}
}

func testArmorRefused(t *testing.T, v *vector) {
	if _, err := Open(bytes.NewReader(v.file), v.identities...); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open of armor: %v", err)
	}
}
