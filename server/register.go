package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"floe/codec"
	"floe/codec/suitx"
	"floe/server/api"
)

const (
	unit        = 1 << 20 // bytes of encoded size that a price is for
	encodingRS2 = 1
	maxTries    = 4 // of a transaction whose coins moved on

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
		o := w.isIn(owned, end, s.network.Deletable)
		if o == nil {
			return nil, fmt.Errorf("couldn't find the Blob object of %v after registering it", w.id)
		}
		if res.Digest == "" {
			res.Digest = o.PreviousTransaction.String()
		}
		res.Objects = append(res.Objects, o.Marshal())
	}
	return res, nil
}

// readBlobs checks what can be checked without the ledger.
func (s *Server) readBlobs(req api.RegisterRequest) ([]wanted, error) {
	if n := len(req.Blobs); n == 0 || n > api.MaxBlobsPerTx {
		return nil, malformed("Between 1 and %d blobs can be registered at once.", api.MaxBlobsPerTx)
	}
	if req.Epochs == 0 || req.Epochs > s.network.MaxEpochsAhead {
		return nil, malformed("Blobs can be stored for 1 to %d epochs.", s.network.MaxEpochsAhead)
	}
	blobs := make([]wanted, len(req.Blobs))
	seen := make(map[codec.BlobID]bool)
	for i, b := range req.Blobs {
		w, err := s.readBlob(b)
		if err != nil {
			return nil, err
		}
		if seen[w.id] {
			return nil, malformed("Blob %v is named twice.", w.id)
		}
		blobs[i], seen[w.id] = w, true
		if err := s.firsts.expect(w.id, b); err != nil {
			return nil, err
		}
	}
	return blobs, nil
}

func (s *Server) readBlob(b api.RegisterBlob) (wanted, error) {
	id, err := codec.ParseBlobID(b.BlobID)
	if err != nil {
		return wanted{}, malformed("A blob ID has 43 characters of base64url.").because(err)
	}
	if len(b.RootHash) != 32 {
		return wanted{}, malformed("A root hash has 32 bytes.")
	}
	if b.Size > uint64(s.network.SegmentSize) {
		return wanted{}, refuse(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "A blob has at most %d bytes here.", s.network.SegmentSize)
	}
	encoded, err := s.params.EncodedSize(b.Size)
	if err != nil {
		return wanted{}, malformed("A blob of %d bytes can't be encoded.", b.Size).because(err)
	}
	return wanted{id: id, root: [32]byte(b.RootHash), size: b.Size, encoded: encoded}, nil
}

// missing returns the blobs that owned doesn't hold, and how many bytes the
// owner would hold with them.
func (s *Server) missing(blobs []wanted, owned []*suitx.Object, end uint32) (missing []wanted, held uint64) {
	for _, o := range owned {
		if b, err := blobOf(o); err == nil {
			held = add(held, b.size)
		}
	}
	for _, w := range blobs {
		if w.isIn(owned, end, s.network.Deletable) == nil {
			missing = append(missing, w)
			held = add(held, w.size)
		}
	}
	return missing, held
}

// buy counts the price against the quotas, then registers blobs and returns
// their objects. It outlives the caller: what is paid for is given.
func (s *Server) buy(ctx context.Context, client netip.Prefix, owner suitx.Address, blobs []wanted, com *api.Committee, epochs uint32) ([]*suitx.Object, suitx.Digest, error) {
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
	var ids []suitx.Address
	for _, c := range res.Effects.ChangedObjects {
		if c.IDOperation == suitx.IDCreated && c.Output.Owner == (suitx.Owner{Kind: suitx.AddressOwner, Address: owner}) {
			ids = append(ids, c.ID)
		}
	}
	objects, err := s.ledger.Objects(ctx, ids...)
	if err != nil {
		return nil, suitx.Digest{}, fmt.Errorf("couldn't read the registered blobs: %w", err)
	}
	return objects, res.Digest, nil
}

// priceOf is what registering costs: the price of storage for every epoch and
// once that of writing, for every unit of encoded size, as Walrus counts.
func priceOf(blobs []wanted, com *api.Committee, epochs uint32) (c Cost) {
	for _, w := range blobs {
		units := (w.encoded + unit - 1) / unit
		c.Bytes = add(c.Bytes, w.encoded)
		c.Gas = add(c.Gas, gasOfBlob)
		c.WAL = add(c.WAL, units*(com.StoragePrice*uint64(epochs)+com.WritePrice))
	}
	return c
}

// runRegister executes the transaction, with other coins when those it took
// have moved on.
func (s *Server) runRegister(ctx context.Context, owner suitx.Address, blobs []wanted, cost Cost, epochs uint32) (res *Result, err error) {
	for range maxTries {
		coin, ok := s.sponsor.wal.take(cost.WAL)
		if !ok {
			return nil, full("This server's sponsor has no WAL free just now.").after(5 * time.Second)
		}
		b := s.registration(owner, blobs, coin, epochs)
		res, err = s.sponsor.run(ctx, b)
		s.sponsor.settle(ctx, s.sponsor.wal, coin.ref.ID)
		if !errors.Is(err, ErrConflict) {
			return res, err
		}
	}
	return res, err
}

// registration is DESIGN §2's first transaction.
func (s *Server) registration(owner suitx.Address, blobs []wanted, wal coin, epochs uint32) *suitx.Builder {
	b := &suitx.Builder{}
	system := b.Shared(s.ids.System, s.network.SystemVersion, true)
	payment := b.Object(wal.ref)
	made := make([]suitx.Argument, len(blobs))
	for i, w := range blobs {
		storage := b.Call(s.walrus, "system", "reserve_space", system, b.U64(w.encoded), b.U32(epochs), payment)
		made[i] = b.Call(s.walrus, "system", "register_blob", system, storage, b.U256(w.id.U256LE()),
			b.U256(w.root), b.U64(w.size), b.U8(encodingRS2), b.Bool(s.network.Deletable), payment)
	}
	b.Transfer(owner, made...)
	return b
}

func (s *Server) blobType() suitx.StructTag {
	return suitx.StructTag{Address: s.ids.WalrusPackage, Module: "blob", Name: "Blob"}
}
