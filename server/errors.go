package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"floe/codec/suitx"
	"floe/server/api"
)

// refusal is an error with what outsiders may know of it. The cause goes to the
// log and nowhere else.
type refusal struct {
	status int
	told   api.Error
	cause  error
}

func (r *refusal) Error() string {
	if r.cause == nil {
		return r.told.Message
	}
	return fmt.Sprintf("%s (%v)", r.told.Message, r.cause)
}

func (r *refusal) Unwrap() error { return r.cause }

// refuse makes a refusal out of a status, a code and a sentence for a person.
func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, told: api.Error{Code: code, Message: fmt.Sprintf(format, args...)}}
}

// because adds what to log.
func (r *refusal) because(err error) *refusal {
	r.cause = err
	return r
}

// after says when trying again may help.
func (r *refusal) after(d time.Duration) *refusal {
	r.told.RetryAfterMS = d.Milliseconds()
	return r
}

func malformed(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, api.CodeMalformed, format, args...)
}

func notAllowed(format string, args ...any) *refusal {
	return refuse(http.StatusForbidden, api.CodeNotAllowed, format, args...)
}

// refusalOf is the one place where errors become answers: refusals as they are,
// what Echo says by its status, the sentinels of the interfaces by their
// meaning, everything else as an internal error without details.
func refusalOf(err error) *refusal {
	var r *refusal
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "The request has more than %d bytes.", tooLarge.Limit)
	case errors.As(err, &he):
		return refusalOfStatus(he.Code).because(he.Internal)
	case errors.Is(err, ErrNotFound):
		return refuse(http.StatusNotFound, api.CodeNotFound, "The ledger shows nothing under this ID.").because(err)
	case errors.Is(err, ErrPruned):
		return refuse(http.StatusGone, api.CodePruned, "The full node that this server asks no longer holds the history of this parcel. One that asks an archival node can show it.").because(err)
	case errors.Is(err, ErrConflict):
		return refuse(http.StatusConflict, api.CodeConflict, "An object of this transaction has moved on. Read it again and build the transaction anew.").because(err)
	case errors.Is(err, ErrRefused):
		return refuse(http.StatusUnprocessableEntity, api.CodeExecution, "The ledger refused the transaction.").because(err)
	case errors.Is(err, ErrTooFewNodes):
		return refuse(http.StatusServiceUnavailable, api.CodeTooFewNodes, "Too few storage nodes answer just now.").because(err).after(2 * time.Second)
	case errors.Is(err, context.DeadlineExceeded):
		return refuse(http.StatusGatewayTimeout, api.CodeInternal, "This took too long and was given up. Trying again may help.").because(err).after(time.Second)
	default:
		return refuse(http.StatusInternalServerError, api.CodeInternal, "Something went wrong on the server. Trying again may help.").because(err)
	}
}

func refusalOfStatus(status int) *refusal {
	switch status {
	case http.StatusNotFound:
		return refuse(status, api.CodeNotFound, "There is nothing at this address.")
	case http.StatusMethodNotAllowed:
		return refuse(status, api.CodeMalformed, "This address doesn't take that method.")
	case http.StatusRequestEntityTooLarge:
		return refuse(status, api.CodeTooLarge, "The request is too large.")
	}
	if status >= 500 {
		return refuse(status, api.CodeInternal, "Something went wrong on the server. Trying again may help.")
	}
	return refuse(status, api.CodeMalformed, "The request can't be read.")
}

// unnamed is err in words, without the addresses that net/http puts into what it
// says of the caller's connection, and without the parcel or account that the
// path names.
func unnamed(err error, c echo.Context) string {
	r := c.Request()
	words := strings.ReplaceAll(err.Error(), r.RemoteAddr, "the caller")
	for _, asked := range c.ParamValues() {
		if id, err := suitx.ParseAddress(asked); err == nil {
			words = strings.ReplaceAll(words, id.String(), "what the path names")
		}
	}
	if here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		words = strings.ReplaceAll(words, here.String(), "here")
	}
	return words
}

// answerError writes err as an ErrorBody, or as the page for what isn't found
// to those who asked for a page. It logs the chain: at debug level what the
// caller did wrong, as an error what went wrong here.
func (s *Server) answerError(err error, c echo.Context) {
	r := refusalOf(err)
	level := slog.LevelDebug
	if r.status >= 500 && !errors.Is(err, context.Canceled) {
		level = slog.LevelError
	}
	s.log.Log(c.Request().Context(), level, "request failed", "route", c.Path(), "status", r.status, "code", r.told.Code, "error", unnamed(err, c))
	if c.Response().Committed {
		return
	}
	if r.told.RetryAfterMS > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(int64(math.Ceil(float64(r.told.RetryAfterMS)/1000))))
	}
	if pages := s.pages.Load(); r.status == http.StatusNotFound && pages != nil && wantsPage(c.Request()) {
		err = c.HTMLBlob(r.status, pages.notFound)
	} else {
		c.Response().Header().Set("Cache-Control", "no-store")
		err = c.JSON(r.status, api.ErrorBody{Error: &r.told})
	}
	if err != nil {
		s.log.Debug("couldn't write the answer", "route", c.Path(), "error", unnamed(err, c))
	}
}
