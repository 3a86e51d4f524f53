package suitx

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"floe/codec/bcs"
)

// A member that can't sign here must have a key of the one form there is: with
// keys of any length, the bytes of one address could be read as other members,
// and what a node answers about the signature would have no form at all.
func TestZkLoginMembers(t *testing.T) {
	v := readSignatures(t)
	good, err := parseMultisig(v.Valid["multisig with a zkLogin member"].Transaction[1:])
	if err != nil {
		t.Fatal(err)
	}
	seed := bytes.Repeat([]byte{7}, 32)
	with := func(issuer string) []byte { return append(append([]byte{byte(len(issuer))}, issuer...), seed...) }
	longest := string(bytes.Repeat([]byte{'a'}, 255))
	for name, c := range map[string]struct {
		key []byte
		ok  bool
	}{
		"an issuer":             {with("https://example.com"), true},
		"no issuer":             {with(""), true},
		"the longest issuer":    {with(longest), true},
		"nothing":               {nil, false},
		"a length alone":        {[]byte{255}, false},
		"issuer cut off":        {append([]byte{255}, seed...), false},
		"seed cut off":          {with("a")[:33], false},
		"seed too long":         {append(with("a"), 0), false},
		"longest, no seed":      {append([]byte{255}, longest...), false},
		"issuer that's no text": {with("\xff"), false},
	} {
		m := *good
		m.Members = append([]Member(nil), good.Members...)
		for i := range m.Members {
			if m.Members[i].Scheme == SchemeZkLogin {
				m.Members[i].Bytes = c.key
			}
		}
		sig := m.Marshal()
		if err := VerifyTransaction(v.Transaction, sig, m.Signer()); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A signature that claims to hold a million others takes no memory for them.
func TestMultisigOfMany(t *testing.T) {
	var w bcs.Writer
	w.U8(SchemeMultisig)
	bcs.WriteSeq(&w, make([]byte, 1<<20), func(w *bcs.Writer, _ byte) {
		w.Uleb(3) // zkLogin
		w.Bytes(nil)
	})
	sig := w.Data()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := ParseSignature(sig); !errors.Is(err, ErrBadSignature) {
		t.Errorf("%v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<10 {
		t.Errorf("it took %d bytes", took)
	}
}
