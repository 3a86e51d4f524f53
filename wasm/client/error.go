package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"floe/server/api"
)

// Code says what went wrong in a word that a page or a script can branch on.
type Code string

// Codes of errors. They are shown by the page, each in its own words.
const (
	CodeLinkCut          Code = "link_cut"          // the link's end is missing
	CodeLinkWrong        Code = "link_wrong"        // a character of the link is wrong
	CodeSecretMissing    Code = "secret_missing"    // the link carries no secret and nothing here opens the parcel
	CodePassphraseNeeded Code = "passphrase_needed" // ask for it and try again
	CodePassphraseWrong  Code = "passphrase_wrong"  // ask again; nothing is used up
	CodeKeyWrong         Code = "key_wrong"         // the link's secret was never this parcel's
	CodeWithdrawn        Code = "withdrawn"         // proven by the sender's signature
	CodeNoGrant          Code = "no_grant"          // the ledger shows no grant; nobody signed that there is none
	CodeNotFound         Code = "not_found"         // no such parcel
	CodePruned           Code = "pruned"            // the server's ledger has forgotten how it began
	CodeExpired          Code = "expired"           // its storage has ended
	CodeTooFewNodes      Code = "too_few_nodes"     // Have of Need
	CodeDamaged          Code = "damaged"           // the sealed bytes themselves are broken
	CodeLiar             Code = "liar"              // the server showed something its sender never signed
	CodeQuota            Code = "quota"             // this address has sent its share for now
	CodeFull             Code = "full"              // everybody's share is used up
	CodeNoSponsor        Code = "no_sponsor"        // the server pays for nobody
	CodeTooLarge         Code = "too_large"         // larger than the server or the format takes
	CodeTooMany          Code = "too_many"          // files, or too long names
	CodeConflict         Code = "conflict"          // changed by another device at the same moment
	CodeOffline          Code = "offline"           // the server can't be reached
	CodeCancelled        Code = "cancelled"         // by the caller
	CodeUnsupported      Code = "unsupported"       // this build doesn't know how
	CodeFileGone         Code = "file_gone"         // a file to send can't be read: Name says which
	CodeChanged          Code = "changed"           // a file isn't what it was when sending began; send anew
	CodeInternal         Code = "internal"          // our own mistake
	CodeRejected         Code = "rejected"          // the wallet's owner said no
	CodePoor             Code = "poor"              // the wallet holds too little: Short says of what
	CodeWallet           Code = "wallet"            // the wallet signed something else, or in a way that nobody can check
)

// Error is what every function of this package fails with. Message says what
// happened, whose doing it was and what to do next, for a person.
type Error struct {
	Code       Code
	Message    string
	Have       int           // CodeTooFewNodes: pieces at hand …
	Need       int           // … of the pieces needed
	Name       string        // CodeFileGone: the file at fault, by its path
	Node       *int          // the node at fault, where it is one node's
	End        time.Time     // CodeExpired: until when it was kept
	Max        int64         // CodeTooLarge: how many bytes are taken, where that is known
	Retry      bool          // trying again later may help …
	RetryAfter time.Duration // … after this long, where the server says
	Short      []Shortage    // CodePoor: what is missing
	Paid       bool          // a wallet has paid, or may have: Finish goes on with what it paid for …
	Rescue     string        // … or else this, Sui's text of the key of the parcel's own address, fetches it: a secret
	Err        error         // the cause, for logs; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + " (" + e.Err.Error() + ")"
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Shortage is what a wallet lacks of one coin, in its smallest unit.
type Shortage struct {
	Coin string // "SUI" or "WAL"
	Lack uint64
}

// CodeOf returns the code of err, CodeInternal for errors that aren't an *Error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// explain turns any error into an *Error, so that nothing leaves the package
// without a code.
func explain(err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, errMoved):
		return &Error{Code: CodeTooFewNodes, Retry: true, Message: "The storage nodes changed hands while your files were being sent. Nothing was finished; send them again.", Err: err}
	case errors.Is(err, context.Canceled):
		return &Error{Code: CodeCancelled, Message: "You stopped this. Nothing was finished.", Err: err}
	}
	return &Error{Code: CodeInternal, Message: "Something went wrong that shouldn't have. This is our mistake; trying again may help.", Retry: true, Err: err}
}

// liar is the error for an answer that contradicts what the sender signed.
func liar(what string, args ...any) error {
	return &Error{
		Code:    CodeLiar,
		Message: "The server showed something that its sender didn't sign. Don't trust what it shows for this link; ask the sender for another way.",
		Err:     fmt.Errorf(what, args...),
	}
}

// unsupported is the error for what this build refuses by itself.
func unsupported(message string) error {
	return &Error{Code: CodeUnsupported, Message: message}
}

// noSponsor is the error where somebody would have to pay and nobody does.
func noSponsor() *Error {
	return &Error{Code: CodeNoSponsor, Message: "This server pays for nobody. Opening is free, but to send or change something you pay with a wallet of your own, or use a server that has a sponsor."}
}

// refusal translates an error of the server's into ours.
func refusal(status int, e *api.Error) *Error {
	out := &Error{Code: CodeInternal, Node: e.Node, Err: e, RetryAfter: time.Duration(e.RetryAfterMS) * time.Millisecond}
	switch e.Code {
	case api.CodeNotFound:
		out.Code = CodeNotFound
		out.Message = "The ledger knows no such parcel. Check that the link is whole and meant for this server."
	case api.CodePruned:
		out.Code = CodePruned
		out.Message = "The parcel is older than what this server's full node remembers, so that nobody can check who sent it. Use a server that asks an archival node."
	case api.CodeTooLarge:
		out.Code = CodeTooLarge
		out.Message = "This is more than the server takes at once. Send fewer or smaller files."
	case api.CodeQuota:
		out.Code, out.Retry = CodeQuota, true
		out.Message = "Your share of this server is used up for now. Nothing was finished; try again " + later(out.RetryAfter) + "."
	case api.CodeFull:
		out.Code, out.Retry = CodeFull, true
		out.Message = "This server has given out all that it may for now. Nothing was finished; try again " + later(out.RetryAfter) + "."
	case api.CodeNoSponsor:
		return noSponsor()
	case api.CodeTooFewNodes, api.CodeNodeUnavailable:
		out.Code, out.Retry = CodeTooFewNodes, true
		out.Message = "Too few storage nodes answer. Nobody's files are lost; it works again when some return."
	case api.CodeConflict:
		out.Code, out.Retry = CodeConflict, true
		out.Message = "Somebody changed this at the same moment, perhaps you on another device. Try again."
	default:
		out.Retry = status >= 500
		out.Message = "The server refused what this app asked. That is a mistake of ours or of the server, not yours."
	}
	return out
}

// later says when to try again.
func later(d time.Duration) string {
	count, unit := int64((d+time.Hour-1)/time.Hour), "hour"
	switch {
	case d <= 0:
		return "later"
	case d <= time.Hour:
		count, unit = int64((d+time.Minute-1)/time.Minute), "minute"
	case d > 2*24*time.Hour:
		count, unit = (count+23)/24, "day"
	}
	if count > 1 {
		unit += "s"
	}
	return fmt.Sprintf("in %d %s", count, unit)
}
