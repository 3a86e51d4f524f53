package rpc

import (
	"context"
	"encoding/binary"
	"errors"
	"sort"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/protobuf/proto"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// Pages hold 50 entries unless asked otherwise and never more than 1,000. They
// are read off the ledger in steps and end early once they have fullPage bytes.
const (
	defaultPage = 50
	largestPage = 1000
	pageStep    = 20
	fullPage    = 512 << 10

	ownedMask = "object_id,version,object_type"
)

func pageSize(asked *uint32) int {
	if asked == nil {
		return defaultPage
	}
	return max(1, min(int(*asked), largestPage))
}

// A page token is the subject of the list, 32 bytes, and the ledger's cursor.
func pageToken(subject [32]byte, cursor []byte) []byte {
	if cursor == nil {
		return nil
	}
	return append(subject[:len(subject):len(subject)], cursor...)
}

func readPageToken(subject [32]byte, token []byte) ([]byte, *connect.Error) {
	if token == nil {
		return nil, nil
	}
	if len(token) <= 32 || [32]byte(token[:32]) != subject {
		return nil, invalid("page_token", "invalid page_token")
	}
	return token[32:], nil
}

func (s *server) listOwnedObjects(_ context.Context, r *pb.ListOwnedObjectsRequest) (*pb.ListOwnedObjectsResponse, error) {
	of, failure := address("owner", r.Owner)
	if failure != nil {
		return nil, failure
	}
	m, err := s.schema.mask(r.ReadMask, ownedMask, "Object")
	if err != nil {
		return nil, err
	}
	var filter *suitx.StructTag
	if r.ObjectType != nil {
		t, err := suitx.ParseStructTag(r.GetObjectType())
		if err != nil {
			return nil, invalid("object_type", "invalid object_type: %v", err)
		}
		filter = &t
	}
	out := &pb.ListOwnedObjectsResponse{}
	out.NextPageToken, err = s.page(of, r.PageToken, r.PageSize, func(after []byte, limit int) (int, []byte, error) {
		page, next, err := s.ledger.Owned(of, filter, after, limit)
		size := 0
		for _, entry := range page {
			o, err := s.ledger.Object(entry.Ref.ID, entry.Ref.Version)
			if err != nil {
				return size, nil, err
			}
			one := s.object(o, m)
			out.Objects = append(out.Objects, one)
			size += proto.Size(one)
		}
		return size, next, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// page reads steps until the page is full, and returns the token of the next
// page, which is nil at the end. A step returns how many bytes it added.
func (s *server) page(subject [32]byte, token []byte, asked *uint32,
	step func(after []byte, limit int) (size int, next []byte, err error)) ([]byte, error) {
	after, failure := readPageToken(subject, token)
	if failure != nil {
		return nil, failure
	}
	size := 0
	for left := pageSize(asked); left > 0 && size < fullPage; left -= pageStep {
		n, next, err := step(after, min(left, pageStep))
		if errors.Is(err, ledger.ErrNotFound) && after != nil {
			return nil, invalid("page_token", "invalid page_token")
		}
		if err != nil {
			return nil, s.failed(err, "Page")
		}
		size += n
		if after = next; after == nil {
			break
		}
	}
	return pageToken(subject, after), nil
}

func (s *server) getBalance(_ context.Context, r *pb.GetBalanceRequest) (*pb.GetBalanceResponse, error) {
	of, failure := address("owner", r.Owner)
	if failure != nil {
		return nil, failure
	}
	coin, failure := coinType(r.CoinType)
	if failure != nil {
		return nil, failure
	}
	b, err := s.ledger.Balance(of, coin)
	if err != nil {
		return nil, s.failed(err, "Balance")
	}
	return &pb.GetBalanceResponse{Balance: balance(coin.String(), b.Total)}, nil
}

func coinType(text *string) (suitx.TypeTag, *connect.Error) {
	if text == nil {
		return suitx.TypeTag{}, missing("coin_type")
	}
	t, err := suitx.ParseStructTag(*text)
	if err != nil {
		return suitx.TypeTag{}, invalid("coin_type", "invalid coin_type: %v", err)
	}
	return t.Tag(), nil
}

func (s *server) listBalances(_ context.Context, r *pb.ListBalancesRequest) (*pb.ListBalancesResponse, error) {
	of, failure := address("owner", r.Owner)
	if failure != nil {
		return nil, failure
	}
	balances, err := s.ledger.Balances(of)
	if err != nil {
		return nil, s.failed(err, "Balance")
	}
	sort.Slice(balances, func(i, j int) bool { return balances[i].CoinType.String() < balances[j].CoinType.String() })
	balances, next, failure := pageOf(balances, of, r.PageToken, pageSize(r.PageSize))
	if failure != nil {
		return nil, failure
	}
	out := &pb.ListBalancesResponse{NextPageToken: next}
	for _, b := range balances {
		out.Balances = append(out.Balances, balance(b.CoinType.String(), b.Total))
	}
	return out, nil
}

// pageOf returns a page of a list that is whole in memory, and the token of the
// next page: where that begins is its cursor.
func pageOf[T any](list []T, subject [32]byte, token []byte, size int) (page []T, next []byte, failure *connect.Error) {
	cursor, failure := readPageToken(subject, token)
	switch {
	case failure != nil:
		return nil, nil, failure
	case cursor != nil && len(cursor) != 8:
		return nil, nil, invalid("page_token", "invalid page_token")
	case cursor != nil:
		list = list[min(binary.BigEndian.Uint64(cursor), uint64(len(list))):]
	}
	if len(list) <= size {
		return list, nil, nil
	}
	first := uint64(size)
	if cursor != nil {
		first += binary.BigEndian.Uint64(cursor)
	}
	return list[:size], pageToken(subject, binary.BigEndian.AppendUint64(nil, first)), nil
}
