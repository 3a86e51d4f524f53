package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"floe/server/api"
)

func (s *Server) routes(tls bool) http.Handler {
	e := s.bareRoutes(tls)
	for path := range s.pages.Load().byPath {
		serve := func(c echo.Context) error { return s.pages.Load().byPath[path].serve(c) }
		e.GET(path, serve)
		e.HEAD(path, serve)
	}
	e.GET(pathAssets+"*", s.serveAsset)
	e.HEAD(pathAssets+"*", s.serveAsset)
	e.GET("/favicon.ico", s.serveIcon)
	e.GET(pathPassing, s.servePassing)
	e.GET(api.PathNetwork, s.handleNetwork)
	e.POST(api.PathRegister, s.handleRegister)
	e.POST(api.PathStore+":node", s.handleStore)
	e.POST(api.PathBlobs+":blob", s.handleBlob)
	e.POST(api.PathCertificate, s.handleCertificates)
	e.POST(api.PathGas, s.handleGas)
	e.POST(api.PathExecute, s.handleExecute)
	e.GET(api.PathAccounts+":address", s.handleAccount)
	e.POST(api.PathSimulate, s.handleSimulate)
	e.POST(api.PathSubmit, s.handleSubmit)
	e.GET(api.PathParcels+":id", s.handleParcel)
	e.POST(api.PathRead, s.handleRead)
	return e
}

// bareRoutes are those of every server: a sign of life, and what the owner of an
// embedded network may do.
func (s *Server) bareRoutes(tls bool) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.answerError
	e.Pre(headers(tls))
	e.Use(s.record, s.recover, sameOrigin)
	e.GET(api.PathHealth, func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.POST(api.PathFaucet, s.handleFaucet, s.localOnly)
	e.POST(api.PathNodes+":node/stop", s.handleStop, s.localOnly)
	e.POST(api.PathNodes+":node/start", s.handleStart, s.localOnly)
	return e
}

// pathPassing is where the service worker of opened parcels is: its path bounds
// what it may answer for.
const pathPassing = "/sw.js"

func (s *Server) servePassing(c echo.Context) error {
	a, ok := s.assets["sw.js"]
	if !ok {
		return echo.ErrNotFound
	}
	return a.serve(c)
}

// serveIcon answers browsers that ask without having read the page.
func (s *Server) serveIcon(c echo.Context) error {
	for _, name := range []string{"icons/favicon.ico", "icons/icon.svg"} {
		if a, ok := s.assets[name]; ok {
			return a.serve(c)
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// record logs each request by its route: neither the path, which names parcels,
// nor who asked.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		cutOff := new(broken)
		if errors.As(err, &cutOff) {
			s.log.Debug("answer cut off", "route", c.Path(), "error", unnamed(err, c))
			panic(http.ErrAbortHandler)
		}
		if err != nil {
			c.Error(err)
		}
		s.log.Log(c.Request().Context(), slog.LevelDebug, "request", "method", c.Request().Method, "route", c.Path(),
			"status", c.Response().Status, "bytes", c.Response().Size, "took", time.Since(start))
		return nil
	}
}

// recover turns a panic into an internal error with its stack in the log.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := safely(func() error { return next(c) })()
		if errors.As(err, new(*panicked)) && c.Response().Committed {
			return cut(err)
		}
		return err
	}
}

// safely makes a panic of f its error: what runs beside a request must not take
// the server with it when a node sends something nobody thought of.
func safely(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v == http.ErrAbortHandler {
				panic(v)
			} else if v != nil {
				err = &panicked{v, debug.Stack()}
			}
		}()
		return f()
	}
}

// panicked is a panic that was caught.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("internal error: %v\n%s", p.value, p.stack) }

// client is whom a request counts for.
func (s *Server) client(c echo.Context) netip.Prefix {
	return clientOf(c.Request(), s.trusted)
}
