package rpc

import (
	"errors"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
)

// What one request may ask for at once, as on Sui, and how many bytes it may be
// answered with: requests are small, objects aren't.
const (
	maxObjects      = 1000
	maxTransactions = 200
	maxAnswer       = 32 << 20
)

func tooMany(asked, most int) *connect.Error {
	if asked <= most {
		return nil
	}
	return invalid("requests", "number of batch requests exceed limit of %d", most)
}

// answerSize adds up what a batch is answered with.
type answerSize int

func (a *answerSize) add(m proto.Message) *connect.Error {
	if *a += answerSize(proto.Size(m)); *a > maxAnswer {
		return connect.NewError(connect.CodeResourceExhausted, errAnswerTooLarge)
	}
	return nil
}

var errAnswerTooLarge = errors.New("the answer has too many bytes: ask for fewer at once")
