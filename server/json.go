package server

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"floe/server/api"
)

const jsonTimeout = 15 * time.Second

// readJSON reads a request's body, which must be one JSON value and no more.
func readJSON(c echo.Context, to any) error {
	r := c.Request()
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, api.CodeMalformed, "The body must be application/json.")
	}
	conn := http.NewResponseController(c.Response())
	_ = conn.SetReadDeadline(time.Now().Add(jsonTimeout))
	// A deadline left behind would end the request while it is being served.
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), r.Body, api.MaxJSON))
	d.DisallowUnknownFields()
	err := d.Decode(to)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
	}
	return malformed("The JSON can't be read.").because(err)
}

// answer writes JSON that nobody keeps.
func answer(c echo.Context, v any) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, v)
}
