package rpc

import (
	"net/http"
	"strconv"
	"time"
)

// Full nodes say with every answer, failures too, which chain they are on and
// how far they are. Some applications tell from that what a missing object or
// transaction means.
const (
	aboutChainID   = "x-sui-chain-id"
	aboutChain     = "x-sui-chain"
	aboutHeight    = "x-sui-checkpoint-height"
	aboutLowest    = "x-sui-lowest-available-checkpoint"
	aboutLowestObj = "x-sui-lowest-available-checkpoint-objects"
	aboutEpoch     = "x-sui-epoch"
	aboutTimeMS    = "x-sui-timestamp-ms"
	aboutTime      = "x-sui-timestamp"

	aboutHeaders = aboutChainID + ", " + aboutChain + ", " + aboutHeight + ", " + aboutLowest + ", " +
		aboutLowestObj + ", " + aboutEpoch + ", " + aboutTimeMS + ", " + aboutTime
)

func (s *server) about(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		height, epoch, at := s.ledger.Tip()
		h := w.Header()
		h.Set(aboutChainID, s.ledger.ChainID().String())
		h.Set(aboutChain, s.chain)
		h.Set(aboutHeight, strconv.FormatUint(height, 10))
		h.Set(aboutLowest, "0") // nothing is ever pruned
		h.Set(aboutLowestObj, "0")
		h.Set(aboutEpoch, strconv.FormatUint(epoch, 10))
		h.Set(aboutTimeMS, strconv.FormatInt(at.UnixMilli(), 10))
		h.Set(aboutTime, at.Format(time.RFC3339Nano))
		next.ServeHTTP(w, r)
	})
}
