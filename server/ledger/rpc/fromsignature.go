package rpc

import (
	"math/big"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/bcs"
	"floe/codec/suitx"
)

// signatureBytes is the signature as it goes with a transaction, flag first; nil
// if there is none. The bytes count, with or without BCS's length before them;
// where there are none, the parts do.
func signatureBytes(sig *pb.UserSignature) []byte {
	if b := sig.GetBcs().GetValue(); b != nil {
		return withoutLength(b)
	}
	switch {
	case sig.GetSimple() != nil:
		s := sig.GetSimple()
		out := append([]byte{byte(s.GetScheme())}, s.GetSignature()...)
		return append(out, s.GetPublicKey()...)
	case sig.GetPasskey() != nil:
		return passkeyBytes(sig.GetPasskey())
	case sig.GetMultisig() != nil:
		return multisigBytes(sig.GetMultisig())
	}
	return nil
}

// withoutLength takes a length off. No signature looks as if it began with one:
// its flag is less than the rest is long.
func withoutLength(b []byte) []byte {
	r := bcs.NewReader(b)
	if inner := r.Bytes(); len(inner) > 0 && r.Done() == nil {
		return inner
	}
	return b
}

func passkeyBytes(p *pb.PasskeyAuthenticator) []byte {
	by, ok := keySignature(p.GetSignature().GetScheme(), p.GetSignature().GetSignature(), p.GetSignature().GetPublicKey())
	if !ok {
		return nil
	}
	return (&suitx.Passkey{AuthenticatorData: p.GetAuthenticatorData(), ClientData: p.GetClientDataJson(), By: *by}).Marshal()
}

func keySignature(scheme pb.SignatureScheme, sig, key []byte) (*suitx.KeySignature, bool) {
	if len(sig) != 64 {
		return nil, false
	}
	return &suitx.KeySignature{By: suitx.Key{Scheme: byte(scheme), Bytes: key}, Bytes: [64]byte(sig)}, true
}

// multisigBytes is nil for members and signatures that have no bytes of the
// right length. Whether they fit together is for suitx to say.
func multisigBytes(m *pb.MultisigAggregatedSignature) []byte {
	out := &suitx.Multisig{Bitmap: uint16(m.GetBitmap()), Threshold: uint16(m.GetCommittee().GetThreshold())}
	if m.GetBitmap() > 0xffff || m.GetCommittee().GetThreshold() > 0xffff || m.LegacyBitmap != nil {
		return nil
	}
	for _, member := range m.GetCommittee().GetMembers() {
		key, ok := memberKey(member.GetPublicKey())
		if !ok || member.GetWeight() > 0xff {
			return nil
		}
		out.Members = append(out.Members, suitx.Member{Key: key, Weight: uint8(member.GetWeight())})
	}
	for _, s := range m.GetSignatures() {
		by, ok := memberSignature(s)
		if !ok {
			return nil
		}
		out.Signatures = append(out.Signatures, by)
	}
	return out.Marshal()
}

// maxSeedDigits is how many digits a number of 32 bytes has at most.
const maxSeedDigits = 78

func memberKey(k *pb.MultisigMemberPublicKey) (suitx.Key, bool) {
	key := suitx.Key{Scheme: byte(k.GetScheme()), Bytes: k.GetPublicKey()}
	want := 33
	switch k.GetScheme() {
	case pb.SignatureScheme_ED25519:
		want = 32
	case pb.SignatureScheme_SECP256K1, pb.SignatureScheme_SECP256R1, pb.SignatureScheme_PASSKEY:
	case pb.SignatureScheme_ZKLOGIN:
		digits, issuer := k.GetZklogin().GetAddressSeed(), k.GetZklogin().GetIss()
		if len(digits) > maxSeedDigits { // long numbers take long to read
			return key, false
		}
		seed, ok := new(big.Int).SetString(digits, 10)
		if !ok || seed.Sign() < 0 || seed.BitLen() > 256 || len(issuer) > 0xff {
			return key, false
		}
		key.Bytes = append(append([]byte{byte(len(issuer))}, issuer...), seed.FillBytes(make([]byte, 32))...)
		return key, true
	default:
		return key, false
	}
	return key, len(key.Bytes) == want
}

// memberSignature leaves the key open: BCS names it elsewhere.
func memberSignature(s *pb.MultisigMemberSignature) (suitx.Signature, bool) {
	switch s.GetScheme() {
	case pb.SignatureScheme_ED25519, pb.SignatureScheme_SECP256K1, pb.SignatureScheme_SECP256R1:
		return keySignature(s.GetScheme(), s.GetSignature(), nil)
	case pb.SignatureScheme_PASSKEY:
		b := passkeyBytes(s.GetPasskey())
		if b == nil {
			return nil, false
		}
		parsed, err := suitx.ParseSignature(b)
		return parsed, err == nil
	}
	return nil, false
}
