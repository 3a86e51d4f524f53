package daemon

import (
	_ "embed"
	"net/http"
)

// openAPI says what is served here, for tools.
//
//go:embed openapi.json
var openAPI []byte

func serveAPI(w http.ResponseWriter, _ *http.Request, _ visitor) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(openAPI)
	return gone(err)
}
