package server

import (
	"context"
	"fmt"

	"floe/codec/suitx"
	"floe/server/walrus"
)

// Walrus is upgraded now and then: a new package takes over, and calls of the
// old one abort from then on. The System object names the package to call, and
// this server goes by it. Pages don't go by what a server tells them later, so
// they are rendered anew, the same for everybody as before; those that are open
// already ask to be loaded again.

// callee is the package to call for Walrus' functions.
func (s *Server) callee() suitx.Address { return s.contracts.Load().Package }

// followUpgrade reports whether Walrus was upgraded since the last look.
func (s *Server) followUpgrade(ctx context.Context) (upgraded bool, err error) {
	now, err := s.readContracts(ctx)
	if err != nil || now.Package == s.callee() {
		return false, err
	}
	if err := s.renderPages(ctx, now.Package); err != nil {
		return false, err
	}
	s.contracts.Store(now)
	s.log.Info("Walrus was upgraded", "package", now.Package.String())
	return true, nil
}

func (s *Server) readContracts(ctx context.Context) (*walrus.Contracts, error) {
	objects, err := s.ledger.Objects(ctx, s.ids.System)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the System object: %w", err)
	}
	now, err := walrus.ReadSystem(objects[0])
	if err != nil {
		return nil, err
	}
	if typ := objects[0].Move.Type; !typ.Is(s.ids.WalrusPackage, "system", "System") {
		return nil, fmt.Errorf("couldn't read the System object: it is a %s, so either that ID is wrong or the Walrus package's, %s", typ, suitx.Address(s.ids.WalrusPackage))
	}
	return &now, nil
}
