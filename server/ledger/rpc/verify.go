package rpc

import (
	"context"
	"errors"
	"fmt"

	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger"
)

// verifySignature says whether a signature over a transaction or a personal
// message is valid, and if an address is named, its. A signature that isn't is
// an answer, not an error. zkLogin isn't verified here: UNIMPLEMENTED, never a
// wrong answer.
func (s *server) verifySignature(_ context.Context, r *pb.VerifySignatureRequest) (*pb.VerifySignatureResponse, error) {
	if r.Message == nil {
		return nil, missing("message")
	}
	if r.Signature == nil {
		return nil, missing("signature")
	}
	verify, err := verifierOf(r.Message)
	if err != nil {
		return nil, err
	}
	if r.Signature.GetZklogin() != nil {
		return nil, unimplemented("zkLogin signatures aren't verified here")
	}
	sig := signatureBytes(r.Signature)
	if sig == nil {
		return nil, invalid("signature", "invalid signature: it has no bytes")
	}
	if uint64(len(sig)) > ledger.Limits()["max_tx_size_bytes"] { // none that long stands under a transaction
		return nil, invalid("signature", "invalid signature: it has %d bytes", len(sig))
	}
	by, parseErr := suitx.SignerOf(sig)
	switch {
	case errors.Is(parseErr, suitx.ErrUnsupportedScheme):
		return nil, unimplemented("%w", parseErr)
	case parseErr != nil:
		return nil, invalid("signature", "invalid signature: %v", parseErr)
	}
	if r.Address != nil {
		address, err := suitx.ParseAddress(*r.Address)
		if err != nil {
			return nil, invalid("address", "invalid address: %v", err)
		}
		if address != by {
			return refusal(fmt.Errorf("provided address `%s` does not match derived address `%s`", address, by)), nil
		}
	}
	if err := verify(sig, by); err != nil {
		return refusal(err), nil
	}
	return &pb.VerifySignatureResponse{IsValid: proto.Bool(true)}, nil
}

func refusal(why error) *pb.VerifySignatureResponse {
	return &pb.VerifySignatureResponse{IsValid: proto.Bool(false), Reason: proto.String(why.Error())}
}

// verifierOf reads what was signed: its BCS, whose type the name says.
func verifierOf(message *pb.Bcs) (func(sig []byte, by suitx.Address) error, error) {
	switch b := message.GetValue(); message.GetName() {
	case "TransactionData":
		if _, err := suitx.UnmarshalTransactionData(b); err != nil {
			return nil, invalid("message.value", "invalid TransactionData: %v", err)
		}
		return func(sig []byte, by suitx.Address) error { return suitx.VerifyTransaction(b, sig, by) }, nil
	case "PersonalMessage":
		r := bcs.NewReader(b)
		text := r.Bytes()
		if err := r.Done(); err != nil {
			return nil, invalid("message.value", "invalid PersonalMessage: %v", err)
		}
		return func(sig []byte, by suitx.Address) error { return suitx.VerifyPersonalMessage(text, sig, by) }, nil
	default:
		return nil, invalid("message.name", "unsupported message type %q: it must be PersonalMessage or TransactionData", message.GetName())
	}
}
