package server

import (
	"context"
	"net/netip"

	"floe/codec/suitx"
)

// Sponsor returns who pays; ok is false if nobody does.
func (s *Server) Sponsor() (address suitx.Address, ok bool) {
	if s.sponsor == nil {
		return suitx.Address{}, false
	}
	return s.sponsor.address, true
}

// Pay runs a transaction of the sponsor's own, for those who share its purse on
// the same machine. It counts the cost as the owner's. build is called with a
// coin that holds cost.WAL at least, if that isn't 0, and again, with a builder
// of its own, when that coin has moved on. Where no coin is free it waits for
// one, but not for long. Errors are those of Execute; what fails is ErrRefused.
func (s *Server) Pay(ctx context.Context, cost Cost, until uint32, build func(b *suitx.Builder, wal suitx.Argument)) (res *Result, err error) {
	if s.sponsor == nil {
		return nil, noSponsor()
	}
	ctx = context.WithoutCancel(ctx) // what is paid for is given
	if cost.WAL > 0 {
		cost.Gas = add(cost.Gas, gasOfBlob)
		undo, refused := s.quota.take(netip.Prefix{}, cost, until)
		if refused != nil {
			return nil, refused
		}
		defer func() {
			if err != nil {
				undo()
			}
		}()
	}
	return s.sponsor.pay(ctx, cost.WAL, build)
}
