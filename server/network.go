package server

import (
	"github.com/labstack/echo/v4"

	"floe/server/api"
)

// handleNetwork describes where parcels go.
func (s *Server) handleNetwork(c echo.Context) error {
	com, err := s.committee.get(c.Request().Context())
	if err != nil {
		return err
	}
	n := s.network
	n.WalrusPackage = s.callee().String()
	n.Epoch = com.Epoch
	n.EpochStartMS = com.EpochStart.UnixMilli()
	n.EpochDurationMS = com.EpochDuration.Milliseconds()
	n.StoragePrice, n.WritePrice = com.StoragePrice, com.WritePrice
	n.Nodes = make([]api.Node, len(com.Members))
	for i, m := range com.Members {
		n.Nodes[i] = api.Node{Index: i, Name: m.Name, ID: m.ID.String(), Address: m.Address, Shards: m.Shards, Up: s.health.up(i)}
	}
	return answer(c, n)
}
