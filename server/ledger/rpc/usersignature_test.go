package rpc

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
)

type signed struct{ Address, Transaction, Personal string }

// readSigned reads what @mysten/sui signed, for codec/suitx.
func readSigned(t *testing.T) (tx, message []byte, valid map[string]signed, refused map[string]signed) {
	t.Helper()
	b, err := os.ReadFile("../../../codec/suitx/testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Message, Transaction string
		Valid, Refused       map[string]signed
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return unhex(t, v.Transaction), unhex(t, v.Message), v.Valid, v.Refused
}

func unhex(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A signature taken apart gives its bytes again, and all of them verify.
func TestSignaturesTakenApart(t *testing.T) {
	tx, message, valid, _ := readSigned(t)
	s := &server{}
	var w bcs.Writer
	w.Bytes(message)
	for name, v := range valid {
		b := unhex(t, v.Transaction)
		one := signatures([][]byte{b})[0]
		apart := &pb.UserSignature{Signature: one.Signature}
		if got := signatureBytes(apart); !bytes.Equal(got, b) {
			t.Errorf("%s came back as\n%x, not\n%x", name, got, b)
		}
		for what, r := range map[string]*pb.VerifySignatureRequest{
			"whole":   {Message: named("TransactionData", tx), Signature: one, Address: &v.Address},
			"apart":   {Message: named("TransactionData", tx), Signature: apart},
			"message": {Message: named("PersonalMessage", w.Data()), Signature: &pb.UserSignature{Bcs: named("", unhex(t, v.Personal))}},
		} {
			if what == "message" && v.Personal == "" {
				continue
			}
			if got, err := s.verifySignature(t.Context(), r); err != nil || !got.GetIsValid() {
				t.Errorf("%s, %s: %v, %v", name, what, got, err)
			}
		}
	}
}

// What isn't valid is answered with false and a reason, or refused with a name.
func TestVerifySignatureRefuses(t *testing.T) {
	tx, _, valid, refused := readSigned(t)
	s := &server{}
	for name, v := range refused {
		sig := &pb.UserSignature{Bcs: named("", unhex(t, v.Transaction))}
		got, err := s.verifySignature(t.Context(), &pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: sig})
		code := connect.CodeOf(err)
		if err == nil && (got.GetIsValid() || got.GetReason() == "") || err != nil && code != connect.CodeInvalidArgument && code != connect.CodeUnimplemented {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	good := signatures([][]byte{unhex(t, valid["multisig, all"].Transaction)})[0]
	bad, malformed := good.GetMultisig(), "0xz"
	for name, c := range map[string]struct {
		r    *pb.VerifySignatureRequest
		want connect.Code
	}{
		"nothing":           {&pb.VerifySignatureRequest{}, connect.CodeInvalidArgument},
		"no message":        {&pb.VerifySignatureRequest{Signature: good}, connect.CodeInvalidArgument},
		"unnamed message":   {&pb.VerifySignatureRequest{Message: &pb.Bcs{Value: tx}, Signature: good}, connect.CodeInvalidArgument},
		"no signature":      {&pb.VerifySignatureRequest{Message: named("TransactionData", tx)}, connect.CodeInvalidArgument},
		"endless signature": {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: &pb.UserSignature{Bcs: named("", make([]byte, 1<<20))}}, connect.CodeInvalidArgument},
		"empty signature":   {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: &pb.UserSignature{}}, connect.CodeInvalidArgument},
		"malformed owner":   {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: good, Address: &malformed}, connect.CodeInvalidArgument},
		"no BCS":            {&pb.VerifySignatureRequest{Message: named("PersonalMessage", tx), Signature: good}, connect.CodeInvalidArgument},
		"zkLogin, apart":    {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: &pb.UserSignature{Signature: &pb.UserSignature_Zklogin{Zklogin: &pb.ZkLoginAuthenticator{}}}}, connect.CodeUnimplemented},
		"members missing":   {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: apart(&pb.MultisigAggregatedSignature{Bitmap: bad.Bitmap, Signatures: bad.Signatures})}, connect.CodeInvalidArgument},
		"key of no length":  {&pb.VerifySignatureRequest{Message: named("TransactionData", tx), Signature: apart(&pb.MultisigAggregatedSignature{Bitmap: bad.Bitmap, Signatures: bad.Signatures, Committee: &pb.MultisigCommittee{Members: []*pb.MultisigMember{{}}}})}, connect.CodeInvalidArgument},
	} {
		if got, err := s.verifySignature(t.Context(), c.r); connect.CodeOf(err) != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Whoever signs with a multisig says what its members are: no bytes of theirs
// may make an answer fail, or take long.
func TestZkLoginIdentifiers(t *testing.T) {
	seed := strings.Repeat("\x01", 32)
	for name, c := range map[string]struct {
		key    string
		issuer string
		ok     bool
	}{
		"an issuer":             {"\x03abc" + seed, "abc", true},
		"the longest":           {"\xff" + strings.Repeat("a", 255) + seed, strings.Repeat("a", 255), true},
		"nothing":               {"", "", false},
		"longest, cut off":      {"\xff" + strings.Repeat("a", 255), "", false},
		"longer than it says":   {"\xff" + strings.Repeat("a", 300), "", false},
		"issuer that's no text": {"\x01\xff" + seed, "", false},
		"endless seed":          {"\x01a" + strings.Repeat("\xff", 1<<20), "", false},
	} {
		got := zkLoginIdentifier([]byte(c.key))
		if (got != nil) != c.ok || got.GetIss() != c.issuer {
			t.Errorf("%s: %v", name, got)
		}
		if _, err := proto.Marshal(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	endless := strings.Repeat("9", 1<<20) // 3 s, if it were read
	start := time.Now()
	key := &pb.MultisigMemberPublicKey{Scheme: pb.SignatureScheme_ZKLOGIN.Enum(), Zklogin: &pb.ZkLoginPublicIdentifier{AddressSeed: &endless}}
	if _, ok := memberKey(key); ok || time.Since(start) > time.Second {
		t.Errorf("an endless number: %v after %v", ok, time.Since(start))
	}
}

func apart(m *pb.MultisigAggregatedSignature) *pb.UserSignature {
	return &pb.UserSignature{Signature: &pb.UserSignature_Multisig{Multisig: m}}
}
