package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"floe/server/api"
)

// Bare serves what an embedded network has without pages and relay: /healthz,
// the faucet and the nodes' switches. Of cfg it needs Chain, Local, Loopback,
// TLS and Logger.
func Bare(cfg Config) http.Handler {
	s := &Server{
		chain: cfg.Chain, local: cfg.Local, loopback: cfg.Loopback, log: cfg.Logger,
		health: newHealth(), committee: &committees{chain: cfg.Chain, now: time.Now},
	}
	return s.bareRoutes(cfg.TLS)
}

// handleFaucet gives SUI and WAL on the embedded network.
func (s *Server) handleFaucet(c echo.Context) error {
	var req api.FaucetRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	to, err := addressOf("The address", req.Address)
	if err != nil {
		return err
	}
	gift, err := s.local.Faucet(c.Request().Context(), to)
	if err != nil {
		return err
	}
	return answer(c, gift)
}

// handleStop and handleStart switch a node of the embedded network.
func (s *Server) handleStop(c echo.Context) error {
	return s.switchNode(c, s.local.StopNode, false)
}

func (s *Server) handleStart(c echo.Context) error {
	return s.switchNode(c, s.local.StartNode, true)
}

func (s *Server) switchNode(c echo.Context, set func(context.Context, int) error, up bool) error {
	com, err := s.committee.get(c.Request().Context())
	if err != nil {
		return err
	}
	node, err := strconv.Atoi(c.Param("node"))
	if err != nil || node < 0 || node >= len(com.Members) {
		return refuse(http.StatusNotFound, api.CodeNotFound, "There is no such node.")
	}
	if err := set(c.Request().Context(), node); err != nil {
		return err
	}
	s.health.saw(node, up)
	return c.NoContent(http.StatusNoContent)
}
