package rpc

import "net/http"

// NewWithScan is New with another maxScan.
func NewWithScan(cfg Config, scan int) http.Handler {
	s := newServer(cfg)
	s.scan = scan
	return s.handler()
}
