package rpc_test

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/block-vision/sui-go-sdk/common/grpcconn"
	sdk "github.com/block-vision/sui-go-sdk/sui/v2/grpc_client"
	"github.com/block-vision/sui-go-sdk/sui/v2/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// sdkClient is sui-go-sdk's client of a new ledger, and somebody with coins.
func sdkClient(t *testing.T) (*sdk.Client, *ledger.Ledger, rpctest.Account) {
	t.Helper()
	l := rpctest.Ledger(t)
	conn := grpcconn.NewSuiGrpcClient(rpctest.Serve(t, l))
	if err := conn.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := sdk.NewClient(sdk.ClientOptions{GrpcClient: conn})
	if err != nil {
		t.Fatal(err)
	}
	return c, l, rpctest.NewAccount(1).Fund(t, l)
}

// all reads a listing to its end, which has no cursor.
func all(t *testing.T, get func(cursor *string) (ids []string, next *string, more bool, err error)) (pages int, ids []string) {
	t.Helper()
	for cursor := (*string)(nil); ; pages++ {
		page, next, more, err := get(cursor)
		if err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, page...); !more {
			if next != nil {
				t.Errorf("the last page has the cursor %q", *next)
			}
			return pages + 1, ids
		}
		cursor = next
	}
}

func TestSuiGoSDKReadsPages(t *testing.T) {
	c, l, me := sdkClient(t)
	friend := rpctest.NewAccount(2).Address
	me.Run(t, l, give(friend, 1, 2, 3, 4, 5, 6, 7))
	to, two := friend.String(), uint32(2)
	pages, coins := all(t, func(cursor *string) (ids []string, _ *string, _ bool, err error) {
		p, err := c.ListCoins(t.Context(), types.ListCoinsOptions{Owner: to, Limit: &two, Cursor: cursor})
		if err != nil {
			return nil, nil, false, err
		}
		for _, o := range p.Objects {
			ids = append(ids, o.ObjectId)
		}
		return ids, p.Cursor, p.HasNextPage, nil
	})
	if slices.Sort(coins); pages != 4 || len(slices.Compact(coins)) != 7 {
		t.Errorf("%d pages of %d coins", pages, len(coins))
	}
	kind := "0x2::coin::Coin"
	pages, owned := all(t, func(cursor *string) (ids []string, _ *string, _ bool, err error) {
		p, err := c.ListOwnedObjects(t.Context(), types.ListOwnedObjectsOptions{Owner: to, Limit: &two, Cursor: cursor, Type: &kind,
			Include: types.ObjectInclude{Content: true, ObjectBcs: true, JSON: true, PreviousTransaction: true}})
		if err != nil {
			return nil, nil, false, err
		}
		for _, o := range p.Objects {
			ids = append(ids, o.ObjectId)
			read, err := suitx.UnmarshalObject(o.ObjectBcs)
			if err != nil || read.Digest().String() != o.Digest || string(read.Move.Contents) != string(o.Content) ||
				o.Owner.AddressOwner != to || o.JSON["id"] != o.ObjectId || *o.PreviousTransaction != read.PreviousTransaction.String() {
				t.Errorf("object %+v: %v", o, err)
			}
		}
		return ids, p.Cursor, p.HasNextPage, nil
	})
	if slices.Sort(owned); pages != 4 || !slices.Equal(owned, coins) {
		t.Errorf("%d pages of %v", pages, owned)
	}
	one := uint32(1)
	pages, balances := all(t, func(cursor *string) (ids []string, _ *string, _ bool, err error) {
		p, err := c.ListBalances(t.Context(), types.ListBalancesOptions{Owner: me.Address.String(), Limit: &one, Cursor: cursor})
		if err != nil {
			return nil, nil, false, err
		}
		for _, b := range p.Balances {
			ids = append(ids, b.CoinType)
		}
		return ids, p.Cursor, p.HasNextPage, nil
	})
	if pages != 2 || len(balances) != 2 || balances[0] == balances[1] {
		t.Errorf("%d pages of %v", pages, balances)
	}
}

// The pools in Staking's table are dynamic object fields.
func TestSuiGoSDKReadsFields(t *testing.T) {
	c, l, _ := sdkClient(t)
	ids, _ := api.Networks(api.Local)
	inner, _, err := l.DynamicFields(suitx.Address(ids.Staking), nil, 1)
	if err != nil || len(inner) != 1 {
		t.Fatalf("%v %v", inner, err)
	}
	field, err := c.GetObjects(t.Context(), types.GetObjectsOptions{ObjectIds: []string{inner[0].ID().String()}, Include: types.ObjectInclude{JSON: true}})
	if err != nil || field.Objects[0].Object == nil {
		t.Fatalf("%v %v", field, err)
	}
	state, _ := field.Objects[0].Object.JSON["value"].(map[string]any)
	pools, _ := state["pools"].(map[string]any)
	table, _ := pools["id"].(string)
	two := uint32(2)
	pages, children := all(t, func(cursor *string) (found []string, _ *string, _ bool, err error) {
		p, err := c.ListDynamicFields(t.Context(), types.ListDynamicFieldsOptions{ParentId: table, Limit: &two, Cursor: cursor})
		if err != nil {
			return nil, nil, false, err
		}
		for _, f := range p.DynamicFields {
			if f.Kind != types.DynamicFieldKindDynamicObject || f.ChildId == nil || f.FieldId != f.FieldObject.ObjectId || !strings.Contains(f.Type, "Wrapper<") ||
				!strings.HasSuffix(f.ValueType, "::staking_pool::StakingPool") {
				t.Errorf("field %+v", f)
				continue
			}
			if child := suitx.Address(f.Name.BCS).String(); child != *f.ChildId { // a pool is named by its own ID
				t.Errorf("child %s is named %s", *f.ChildId, child)
			}
			found = append(found, *f.ChildId)
		}
		return found, p.Cursor, p.HasNextPage, nil
	})
	if pages != 3 || len(children) != rpctest.Nodes {
		t.Errorf("%d pages of %v", pages, children)
	}
}

func TestSuiGoSDKIsToldWhatFails(t *testing.T) {
	c, l, me := sdkClient(t)
	ctx := t.Context()
	ids, _ := api.Networks(api.Local)
	floe, bad := suitx.Address(ids.FloePackage).String(), base64.StdEncoding.EncodeToString([]byte("bad"))
	b := &suitx.Builder{}
	b.Transfer(me.Address, b.Split(suitx.GasCoin, 1))
	tx, _ := me.Sign(t, l, b)
	_, foreign := rpctest.NewAccount(2).Fund(t, l).Sign(t, l, b)
	zkLogin := base64.StdEncoding.EncodeToString(append([]byte{5}, make([]byte, 200)...))
	for name, test := range map[string]struct {
		code codes.Code
		ask  func() error
	}{
		"balance of nobody": {codes.InvalidArgument, func() error { _, err := c.GetBalance(ctx, types.GetBalanceOptions{Owner: "x"}); return err }},
		"a wrong cursor": {codes.InvalidArgument, func() error {
			_, err := c.ListCoins(ctx, types.ListCoinsOptions{Owner: me.Address.String(), Cursor: &bad})
			return err
		}},
		"unknown transaction": {codes.NotFound, func() error {
			_, err := c.GetTransaction(ctx, types.GetTransactionOptions{Digest: suitx.Digest{1}.String()})
			return err
		}},
		"unknown function": {codes.NotFound, func() error {
			_, err := c.GetMoveFunction(ctx, types.GetMoveFunctionOptions{PackageId: floe, ModuleName: "parcel", Name: "nothing"})
			return err
		}},
		"another's signature": {codes.InvalidArgument, func() error {
			_, err := c.ExecuteTransaction(ctx, types.ExecuteTransactionOptions{Transaction: tx, Signatures: []string{base64.StdEncoding.EncodeToString(foreign[0])}})
			return err
		}},
		"names": {codes.Unimplemented, func() error {
			_, err := c.DefaultNameServiceName(ctx, types.DefaultNameServiceNameOptions{Address: me.Address.String()})
			return err
		}},
		"zkLogin": {codes.Unimplemented, func() error {
			_, err := c.VerifyZkLoginSignature(ctx, types.VerifyZkLoginSignatureOptions{Bytes: base64.StdEncoding.EncodeToString(tx), Signature: zkLogin,
				IntentScope: "TransactionData", Address: me.Address.String()})
			return err
		}},
		"a caller who is gone": {codes.Canceled, func() error {
			gone, cancel := context.WithCancel(ctx)
			cancel()
			_, err := c.GetReferenceGasPrice(gone)
			return err
		}},
	} {
		err := test.ask()
		for errors.Unwrap(err) != nil {
			err = errors.Unwrap(err)
		}
		if status.Code(err) != test.code {
			t.Errorf("%s: %v, wanted %s", name, err, test.code)
		}
	}
	missing := suitx.Address{9}.String()
	found, err := c.GetObjects(ctx, types.GetObjectsOptions{ObjectIds: []string{missing}})
	if err != nil || found.Objects[0].Error == nil || !strings.Contains(*found.Objects[0].Error, "Object "+missing+" not found") {
		t.Errorf("missing object: %v %v", *found.Objects[0].Error, err)
	}
	if meta, err := c.GetCoinMetadata(ctx, types.GetCoinMetadataOptions{CoinType: floe + "::parcel::Parcel"}); err != nil || meta.CoinMetadata != nil {
		t.Errorf("metadata of what is no coin: %v %v", meta, err)
	}
}
