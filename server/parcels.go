package server

import (
	"github.com/labstack/echo/v4"
)

// handleParcel answers all that the ledger knows of a parcel, raw: the caller
// verifies it and takes nothing from us.
func (s *Server) handleParcel(c echo.Context) error {
	id, err := addressOf("A parcel's ID", c.Param("id"))
	if err != nil {
		return err
	}
	p, err := s.chain.Parcel(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return answer(c, p)
}
