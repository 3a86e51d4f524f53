package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"floe/codec/suitx"
)

// Wallet owns a parcel and pays for it in place of the built-in identity. It
// signs transactions and is asked for nothing else; no secret is ever derived
// from what it signs, and it learns none. Parcels that one wallet pays for can
// be linked by its address.
type Wallet interface {
	Address() suitx.Address
	// Sign has the wallet's owner confirm a transaction, by one prompt, and
	// returns what was signed, with the signature. It fails with CodeRejected
	// when she says no.
	Sign(ctx context.Context, tx []byte) (signed, signature []byte, err error)
}

// confirm has the wallet sign a transaction and checks what comes back: it may
// pay with other coins, at another price and up to another budget, as wallets
// do. Everything else must be what was asked for, signed by that account.
func confirm(ctx context.Context, w Wallet, asked *suitx.TransactionData) (signed, signature []byte, err error) {
	signed, signature, err = w.Sign(ctx, asked.Marshal())
	if err != nil {
		return nil, nil, err
	}
	if err := checkConfirmed(asked, signed); err != nil {
		return nil, nil, deceived(err)
	}
	err = suitx.VerifyTransaction(signed, signature, asked.Sender)
	if errors.Is(err, suitx.ErrUnsupportedScheme) {
		return nil, nil, &Error{Code: CodeWallet, Message: "This account signs in a way that those who open your files can't check, so it was not handed on.", Err: err}
	}
	if err != nil {
		return nil, nil, deceived(err)
	}
	return signed, signature, nil
}

func checkConfirmed(asked *suitx.TransactionData, signed []byte) error {
	got, err := suitx.UnmarshalTransactionData(signed)
	if err != nil {
		return fmt.Errorf("couldn't read what the wallet signed: %w", err)
	}
	want := *asked
	want.Gas.Payment, want.Gas.Price, want.Gas.Budget = got.Gas.Payment, got.Gas.Price, got.Gas.Budget
	if !bytes.Equal(want.Marshal(), signed) {
		return errors.New("the wallet changed more of the transaction than its gas")
	}
	if len(got.Gas.Payment) == 0 || got.Gas.Price == 0 || got.Gas.Budget == 0 {
		return errors.New("the wallet left the gas empty")
	}
	return checkPayment(asked, got.Gas.Payment)
}

// deceived is the error for a wallet that signs something else.
func deceived(err error) error {
	return &Error{
		Code:    CodeWallet,
		Message: "It signed something else than it was asked to, so that was not handed on.",
		Err:     err,
	}
}
