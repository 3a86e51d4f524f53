package rpc

import (
	"context"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
)

// invalid is INVALID_ARGUMENT with the field at fault.
func invalid(field, format string, args ...any) *connect.Error {
	return violation(pb.ErrorReason_FIELD_INVALID, field, fmt.Sprintf(format, args...))
}

func missing(field string) *connect.Error {
	return violation(pb.ErrorReason_FIELD_MISSING, field, "missing "+field)
}

func violation(why pb.ErrorReason, field, text string) *connect.Error {
	e := connect.NewError(connect.CodeInvalidArgument, errors.New(text))
	detail, err := connect.NewErrorDetail(&errdetails.BadRequest{
		FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: field, Description: text, Reason: why.String()}},
	})
	if err == nil {
		e.AddDetail(detail)
	}
	return e
}

// says is an error in just these words.
func says(code connect.Code, text string) *connect.Error {
	return connect.NewError(code, errors.New(text))
}

func notFound(format string, args ...any) *connect.Error {
	return connect.NewError(connect.CodeNotFound, fmt.Errorf(format, args...))
}

func unimplemented(format string, args ...any) *connect.Error {
	return connect.NewError(connect.CodeUnimplemented, fmt.Errorf(format, args...))
}

// internal hides what went wrong from the caller.
func (s *server) internal(err error) *connect.Error {
	s.log.Error("couldn't answer", "err", err)
	return connect.NewError(connect.CodeInternal, errors.New("internal error"))
}

// failed turns an error of the ledger into one of a full node. what says in its
// words what wasn't found.
func (s *server) failed(err error, what string, args ...any) *connect.Error {
	var done *connect.Error
	switch {
	case errors.As(err, &done):
		return done
	case errors.Is(err, ledger.ErrNotFound):
		return withEnd(notFound(what+" not found", args...), err)
	case errors.Is(err, ledger.ErrClosed):
		return connect.NewError(connect.CodeUnavailable, errors.New("the ledger is shutting down"))
	case errors.Is(err, context.Canceled):
		return connect.NewError(connect.CodeCanceled, err)
	case errors.Is(err, context.DeadlineExceeded):
		return connect.NewError(connect.CodeDeadlineExceeded, err)
	}
	return s.internal(err)
}

// withEnd adds to NOT_FOUND how an object that was there went.
func withEnd(e *connect.Error, err error) *connect.Error {
	var d *ledger.Deleted
	if !errors.As(err, &d) || d.Wrapped {
		return e
	}
	detail, err := connect.NewErrorDetail(&errdetails.ErrorInfo{
		Reason: api.ReasonDeleted, Metadata: map[string]string{api.DeletedBy: d.By.String()}})
	if err == nil {
		e.AddDetail(detail)
	}
	return e
}

// refused turns a refusal to execute into a full node's answer.
func (s *server) refused(err error) *connect.Error {
	var r *ledger.Refusal
	if !errors.As(err, &r) {
		if errors.Is(err, suitx.ErrUnsupported) || errors.Is(err, ledger.ErrUnsupported) {
			return unimplemented("%w", err)
		}
		return s.failed(err, "object")
	}
	switch {
	case errors.Is(r.Kind, ledger.ErrUnsupported):
		return unimplemented("%s", r.Message)
	case errors.Is(r.Kind, ledger.ErrInvalidSignature):
		return says(connect.CodeInvalidArgument, "Invalid user signature: "+r.Message)
	}
	return says(connect.CodeInvalidArgument, "Transaction execution failed due to issues with "+
		"transaction inputs, please review the errors and try again: "+r.Message+".")
}

// unresolved turns a refusal to simulate into a full node's answer.
func (s *server) unresolved(err error) *connect.Error {
	var r *ledger.Refusal
	if errors.As(err, &r) && !errors.Is(r.Kind, ledger.ErrUnsupported) {
		return says(connect.CodeInvalidArgument, r.Message)
	}
	return s.refused(err)
}

// statusOf is an error as it stands within a batch's answer.
func statusOf(err *connect.Error) *status.Status {
	st := &status.Status{Code: int32(err.Code()), Message: err.Message()}
	for _, d := range err.Details() {
		if m, valueErr := d.Value(); valueErr == nil {
			if a, anyErr := anypb.New(m); anyErr == nil {
				st.Details = append(st.Details, a)
			}
		}
	}
	return st
}
