package rpc

import (
	"math/big"
	"unicode/utf8"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
)

// Users' signatures, as bytes and taken apart.

// signatures are sigs, each with its bytes; those of schemes that the ledger
// verifies, and there are no others on it, are taken apart too.
func signatures(sigs [][]byte) []*pb.UserSignature {
	var out []*pb.UserSignature
	for _, b := range sigs {
		one := &pb.UserSignature{Bcs: named("UserSignatureBytes", b)}
		if s, err := suitx.ParseSignature(b); err == nil {
			one.Scheme = scheme(s.Scheme())
			takeApart(one, s)
		}
		out = append(out, one)
	}
	return out
}

func scheme(flag byte) *pb.SignatureScheme { return pb.SignatureScheme(flag).Enum() }

func takeApart(to *pb.UserSignature, s suitx.Signature) {
	switch s := s.(type) {
	case *suitx.KeySignature:
		to.Signature = &pb.UserSignature_Simple{Simple: simple(s)}
	case *suitx.Passkey:
		to.Signature = &pb.UserSignature_Passkey{Passkey: passkey(s)}
	case *suitx.Multisig:
		to.Signature = &pb.UserSignature_Multisig{Multisig: multisig(s)}
	}
}

func simple(s *suitx.KeySignature) *pb.SimpleSignature {
	return &pb.SimpleSignature{Scheme: scheme(s.By.Scheme), Signature: s.Bytes[:], PublicKey: s.By.Bytes}
}

func passkey(s *suitx.Passkey) *pb.PasskeyAuthenticator {
	return &pb.PasskeyAuthenticator{AuthenticatorData: s.AuthenticatorData, ClientDataJson: proto.String(s.ClientData), Signature: simple(&s.By)}
}

func multisig(s *suitx.Multisig) *pb.MultisigAggregatedSignature {
	committee := &pb.MultisigCommittee{Threshold: proto.Uint32(uint32(s.Threshold))}
	for _, m := range s.Members {
		key := &pb.MultisigMemberPublicKey{Scheme: scheme(m.Scheme)}
		if m.Scheme == suitx.SchemeZkLogin {
			key.Zklogin = zkLoginIdentifier(m.Bytes)
		} else {
			key.PublicKey = m.Bytes
		}
		committee.Members = append(committee.Members, &pb.MultisigMember{PublicKey: key, Weight: proto.Uint32(uint32(m.Weight))})
	}
	out := &pb.MultisigAggregatedSignature{Bitmap: proto.Uint32(uint32(s.Bitmap)), Committee: committee}
	for _, by := range s.Signatures {
		member := &pb.MultisigMemberSignature{Scheme: scheme(by.Scheme())}
		switch by := by.(type) {
		case *suitx.KeySignature:
			member.Signature = by.Bytes[:]
		case *suitx.Passkey:
			member.Passkey = passkey(by)
		}
		out.Signatures = append(out.Signatures, member)
	}
	return out
}

// zkLoginIdentifier reads length u8 ‖ issuer ‖ seed, a big-endian number of 32
// bytes, as which package suitx knows it: an issuer that is no text can't be
// answered at all, and a long number takes long to write.
func zkLoginIdentifier(b []byte) *pb.ZkLoginPublicIdentifier {
	if len(b) == 0 || len(b) != 1+int(b[0])+32 {
		return nil
	}
	issuer, seed := b[1:len(b)-32], b[len(b)-32:]
	if !utf8.Valid(issuer) {
		return nil
	}
	return &pb.ZkLoginPublicIdentifier{Iss: proto.String(string(issuer)), AddressSeed: proto.String(new(big.Int).SetBytes(seed).String())}
}
