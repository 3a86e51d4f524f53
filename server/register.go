package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/walrus"
)

const (
	// MIST that registering one blob takes, rebates not counted, and some.
	gasOfBlob = 5_000_000
)

// handleRegister reserves space for blobs, registers them and gives the Blob
// objects to their owner, all in one transaction of the sponsor's.
func (s *Server) handleRegister(c echo.Context) error {
	var req api.RegisterRequest
	if err := readJSON(c, &req); err != nil {
		return err
	}
	if s.sponsor == nil {
		return noSponsor()
	}
	res, err := s.register(c.Request().Context(), s.client(c), req)
	if err != nil {
		return err
	}
	return answer(c, res)
}

// register is idempotent: blobs that the owner holds already, registered as
// asked, are not paid for again. That is read from the ledger, so it holds over
// restarts; one request of an owner runs at a time.
func (s *Server) register(ctx context.Context, client netip.Prefix, req api.RegisterRequest) (*api.RegisterResponse, error) {
	owner, err := addressOf("The owner", req.Owner)
	if err != nil {
		return nil, err
	}
	blobs, err := s.readBlobs(req)
	if err != nil {
		return nil, err
	}
	unlock, err := s.owners.lock(ctx, owner)
	if err != nil {
		return nil, err
	}
	defer unlock()
	com, err := s.committee.get(ctx)
	if err != nil {
		return nil, err
	}
	owned, err := s.chain.Owned(ctx, owner, s.blobType())
	if err != nil {
		return nil, fmt.Errorf("couldn't list the owner's blobs: %w", err)
	}
	end := com.Epoch + req.Epochs
	missing, held := s.missing(blobs, owned, end)
	res := &api.RegisterResponse{}
	if len(missing) > 0 {
		if held > uint64(s.network.MaxParcelSize) {
			return nil, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A parcel has at most %d bytes here.", s.network.MaxParcelSize)
		}
		made, digest, err := s.buy(ctx, client, owner, missing, com, req.Epochs)
		if err != nil {
			return nil, err
		}
		owned, res.Digest = append(owned, made...), digest.String()
	}
	for _, w := range blobs {
		o := w.In(owned, end, s.network.Deletable)
		if o == nil {
			return nil, fmt.Errorf("couldn't find the Blob object of %v after registering it", w.ID)
		}
		if res.Digest == "" {
			res.Digest = o.PreviousTransaction.String()
		}
		res.Objects = append(res.Objects, o.Marshal())
	}
	return res, nil
}

// readBlobs checks what can be checked without the ledger.
func (s *Server) readBlobs(req api.RegisterRequest) ([]walrus.Wanted, error) {
	if n := len(req.Blobs); n == 0 || n > api.MaxBlobsPerTx {
		return nil, malformed("Between 1 and %d blobs can be registered at once.", api.MaxBlobsPerTx)
	}
	if req.Epochs == 0 || req.Epochs > s.network.MaxEpochsAhead {
		return nil, malformed("Blobs can be stored for 1 to %d epochs.", s.network.MaxEpochsAhead)
	}
	blobs := make([]walrus.Wanted, len(req.Blobs))
	seen := make(map[codec.BlobID]bool)
	for i, b := range req.Blobs {
		w, err := s.readBlob(b)
		if err != nil {
			return nil, err
		}
		if seen[w.ID] {
			return nil, malformed("Blob %v is named twice.", w.ID)
		}
		blobs[i], seen[w.ID] = w, true
		if err := s.firsts.expect(w.ID, b); err != nil {
			return nil, err
		}
	}
	return blobs, nil
}

func (s *Server) readBlob(b api.RegisterBlob) (walrus.Wanted, error) {
	id, err := codec.ParseBlobID(b.BlobID)
	if err != nil {
		return walrus.Wanted{}, malformed("A blob ID has 43 characters of base64url.").because(err)
	}
	if len(b.RootHash) != 32 {
		return walrus.Wanted{}, malformed("A root hash has 32 bytes.")
	}
	if b.Size > uint64(s.network.SegmentSize) {
		return walrus.Wanted{}, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A blob has at most %d bytes here.", s.network.SegmentSize)
	}
	w, err := walrus.Want(id, [32]byte(b.RootHash), b.Size, s.params)
	if err != nil {
		return w, malformed("A blob of %d bytes can't be encoded.", b.Size).because(err)
	}
	return w, nil
}

// missing returns the blobs that owned doesn't hold, and how many bytes the
// owner would hold with them.
func (s *Server) missing(blobs []walrus.Wanted, owned []*suitx.Object, end uint32) (missing []walrus.Wanted, held uint64) {
	for _, o := range owned {
		if b, err := walrus.ParseBlob(o); err == nil {
			held = add(held, b.Size)
		}
	}
	missing = walrus.Missing(blobs, owned, end, s.network.Deletable)
	for _, w := range missing {
		held = add(held, w.Size)
	}
	return missing, held
}

// buy counts the price against the quotas, then registers blobs and returns
// their objects. It outlives the caller: what is paid for is given.
func (s *Server) buy(ctx context.Context, client netip.Prefix, owner suitx.Address, blobs []walrus.Wanted, com *api.Committee, epochs uint32) ([]*suitx.Object, suitx.Digest, error) {
	ctx = context.WithoutCancel(ctx)
	cost := priceOf(blobs, com, epochs)
	undo, err := s.quota.take(client, cost, com.Epoch+epochs)
	if err != nil {
		return nil, suitx.Digest{}, err
	}
	res, err := s.runRegister(ctx, owner, blobs, cost, epochs)
	if err != nil {
		undo()
		return nil, suitx.Digest{}, fmt.Errorf("couldn't register: %w", err)
	}
	objects, err := s.ledger.Objects(ctx, walrus.Made(res.Effects, owner)...)
	if err != nil {
		return nil, suitx.Digest{}, fmt.Errorf("couldn't read the registered blobs: %w", err)
	}
	return objects, res.Digest, nil
}

// priceOf is what registering takes of the sponsor's means.
func priceOf(blobs []walrus.Wanted, com *api.Committee, epochs uint32) Cost {
	c := Cost{WAL: walrus.Price(blobs, com, epochs)}
	for _, w := range blobs {
		c.Bytes = add(c.Bytes, w.Encoded)
		c.Gas = add(c.Gas, gasOfBlob)
	}
	return c
}

// runRegister executes DESIGN §2's first transaction; again, if it failed because
// Walrus was upgraded meanwhile.
func (s *Server) runRegister(ctx context.Context, owner suitx.Address, blobs []walrus.Wanted, cost Cost, epochs uint32) (res *Result, err error) {
	for range 2 {
		res, err = s.sponsor.pay(ctx, max(cost.WAL, 1), func(b *suitx.Builder, wal suitx.Argument) {
			s.contracts.Load().Register(b, owner, blobs, wal, epochs, s.network.Deletable)
		})
		if !errors.Is(err, ErrRefused) {
			break
		}
		if upgraded, unread := s.followUpgrade(ctx); unread != nil || !upgraded {
			break
		}
	}
	return res, err
}

func (s *Server) blobType() suitx.StructTag { return walrus.BlobType(s.ids.WalrusPackage) }
