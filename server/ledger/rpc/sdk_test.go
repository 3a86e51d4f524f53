package rpc_test

import (
	"context"
	"encoding/base64"
	"strconv"
	"testing"

	"github.com/block-vision/sui-go-sdk/common/grpcconn"
	sdk "github.com/block-vision/sui-go-sdk/sui/v2/grpc_client"
	"github.com/block-vision/sui-go-sdk/sui/v2/types"

	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger"
	"floe/server/ledger/rpc/rpctest"
)

// sui-go-sdk's own client, unmodified.
func TestSuiGoSDKClient(t *testing.T) {
	l := rpctest.Ledger(t)
	me := rpctest.NewAccount(1).Fund(t, l)
	ids, _ := api.Networks(api.Local)
	conn := grpcconn.NewSuiGrpcClient(rpctest.Serve(t, l))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := conn.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c, err := sdk.NewClient(sdk.ClientOptions{GrpcClient: conn})
	if err != nil {
		t.Fatal(err)
	}

	sui := "0x2::sui::SUI"
	chain, err := c.GetChainIdentifier(ctx)
	if err != nil || chain.ChainIdentifier != l.ChainID().String() {
		t.Errorf("chain: %v %v", chain, err)
	}
	price, err := c.GetReferenceGasPrice(ctx)
	if err != nil || price.ReferenceGasPrice != strconv.FormatUint(l.ReferenceGasPrice(), 10) {
		t.Errorf("gas price: %v %v", price, err)
	}
	if state, err := c.GetCurrentSystemState(ctx); err != nil || state.SystemState.ReferenceGasPrice == "" {
		t.Errorf("system state: %v %v", state, err)
	}
	balance, err := c.GetBalance(ctx, types.GetBalanceOptions{Owner: me.Address.String(), CoinType: &sui})
	if err != nil {
		t.Fatal(err)
	}
	coins, err := c.ListCoins(ctx, types.ListCoinsOptions{Owner: me.Address.String(), CoinType: &sui})
	if err != nil || len(coins.Objects) == 0 {
		t.Fatalf("coins: %v %v", coins, err)
	}
	sum := uint64(0)
	for _, coin := range coins.Objects {
		n, err := strconv.ParseUint(coin.Balance, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if strconv.FormatUint(sum, 10) != balance.Balance.Balance_ {
		t.Errorf("coins hold %d, balance is %s", sum, balance.Balance.Balance_)
	}
	if all, err := c.ListBalances(ctx, types.ListBalancesOptions{Owner: me.Address.String()}); err != nil || len(all.Balances) != 2 {
		t.Errorf("balances: %v %v", all, err)
	}
	if meta, err := c.GetCoinMetadata(ctx, types.GetCoinMetadataOptions{CoinType: "0x2::sui::SUI"}); err != nil || meta.CoinMetadata == nil || meta.CoinMetadata.Decimals != 9 {
		t.Errorf("metadata: %v %v", meta, err)
	}
	if owned, err := c.ListOwnedObjects(ctx, types.ListOwnedObjectsOptions{Owner: me.Address.String()}); err != nil || len(owned.Objects) < 2 {
		t.Errorf("owned: %v %v", owned, err)
	}
	if fields, err := c.ListDynamicFields(ctx, types.ListDynamicFieldsOptions{ParentId: suitx.Address(ids.System).String()}); err != nil || len(fields.DynamicFields) == 0 {
		t.Errorf("fields: %v %v", fields, err)
	}
	if f, err := c.GetMoveFunction(ctx, types.GetMoveFunctionOptions{PackageId: suitx.Address(ids.FloePackage).String(), ModuleName: "parcel", Name: "create"}); err != nil || f.Function.Name != "create" {
		t.Errorf("function: %v %v", f, err)
	}
	transfer(t, c, l, me)
}

// transfer simulates, executes and finds again a transfer of one coin.
func transfer(t *testing.T, c *sdk.Client, l *ledger.Ledger, me rpctest.Account) {
	t.Helper()
	friend := rpctest.NewAccount(2).Address
	b := &suitx.Builder{}
	b.Transfer(friend, b.Split(suitx.GasCoin, 777))
	tx, sigs := me.Sign(t, l, b)
	simulated, err := c.SimulateTransaction(t.Context(), types.SimulateTransactionOptions{Transaction: tx,
		Include: types.SimulateTransactionInclude{TransactionInclude: types.TransactionInclude{Effects: true}}})
	if err != nil || !simulated.Transaction.Status.Success {
		t.Fatalf("simulated: %v %v", simulated, err)
	}
	include := types.TransactionInclude{Effects: true, BalanceChanges: true, ObjectTypes: true, Transaction: true, Bcs: true, Events: true}
	done, err := c.ExecuteTransaction(t.Context(), types.ExecuteTransactionOptions{Transaction: tx,
		Signatures: []string{base64.StdEncoding.EncodeToString(sigs[0])}, Include: include})
	if err != nil || !done.Transaction.Status.Success {
		t.Fatalf("executed: %v %v", done, err)
	}
	digest := suitx.TransactionDigest(tx).String()
	if done.Transaction.Digest != digest || string(done.Transaction.BCS) != string(tx) || done.Transaction.Checkpoint == 0 {
		t.Errorf("executed: %+v", done.Transaction)
	}
	gained := ""
	for _, change := range done.Transaction.BalanceChanges {
		if change.Address == friend.String() {
			gained = change.Amount
		}
	}
	if gained != "777" {
		t.Errorf("friend gained %q", gained)
	}
	found, err := c.GetTransaction(t.Context(), types.GetTransactionOptions{Digest: digest, Include: include})
	if err != nil || found.Transaction.Digest != digest || found.Transaction.Checkpoint != done.Transaction.Checkpoint {
		t.Errorf("found: %v %v", found, err)
	}
	var created []string
	for id, kind := range found.Transaction.ObjectTypes {
		if id != done.Transaction.Effects.GasObject.ObjectId && kind == suitx.CoinOf(suitx.SUI()).String() {
			created = append(created, id)
		}
	}
	objects, err := c.GetObjects(t.Context(), types.GetObjectsOptions{ObjectIds: created, Include: types.ObjectInclude{ObjectBcs: true}})
	if err != nil || len(objects.Objects) != 1 || objects.Objects[0].Object == nil {
		t.Fatalf("objects: %v %v", objects, err)
	}
	o, err := suitx.UnmarshalObject(objects.Objects[0].Object.ObjectBcs)
	if err != nil || o.Owner.Address != friend || o.Digest().String() != objects.Objects[0].Object.Digest {
		t.Errorf("object: %v %v", o, err)
	}
}
