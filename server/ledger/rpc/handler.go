package rpc

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"

	"floe/codec/suitx"
	"floe/server/ledger"
)

// Config says what is served.
type Config struct {
	Ledger *ledger.Ledger
	Chain  string        // the network's name, for people
	Server string        // name and version of this software, for people
	Epoch  time.Duration // how long an epoch lasts
	Logger *slog.Logger
}

// Prefix is where all paths begin.
const Prefix = "/sui.rpc.v2."

// Messages larger than this are refused, as gRPC does by default.
const maxMessage = 4 << 20

type server struct {
	ledger *ledger.Ledger
	chain  string
	name   string
	epoch  time.Duration
	log    *slog.Logger
	recent recent
}

// New returns the handler of all paths that begin with Prefix.
func New(cfg Config) http.Handler {
	s := &server{ledger: cfg.Ledger, chain: cfg.Chain, name: cfg.Server, epoch: cfg.Epoch, log: cfg.Logger,
		recent: recent{known: map[suitx.Digest]*ledger.Executed{}}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	unary(mux, "LedgerService/GetServiceInfo", s.getServiceInfo)
	unary(mux, "LedgerService/GetObject", s.getObject)
	unary(mux, "LedgerService/BatchGetObjects", s.batchGetObjects)
	unary(mux, "LedgerService/GetTransaction", s.getTransaction)
	unary(mux, "LedgerService/BatchGetTransactions", s.batchGetTransactions)
	unary(mux, "LedgerService/GetCheckpoint", s.getCheckpoint)
	unary(mux, "LedgerService/GetEpoch", s.getEpoch)
	unary(mux, "StateService/ListOwnedObjects", s.listOwnedObjects)
	unary(mux, "StateService/ListDynamicFields", s.listDynamicFields)
	unary(mux, "StateService/GetBalance", s.getBalance)
	unary(mux, "StateService/ListBalances", s.listBalances)
	unary(mux, "StateService/GetCoinInfo", s.getCoinInfo)
	unary(mux, "TransactionExecutionService/ExecuteTransaction", s.executeTransaction)
	unary(mux, "TransactionExecutionService/SimulateTransaction", s.simulateTransaction)
	unary(mux, "MovePackageService/GetPackage", s.getPackage)
	unary(mux, "MovePackageService/GetDatatype", s.getDatatype)
	unary(mux, "MovePackageService/GetFunction", s.getFunction)
	unary(mux, "MovePackageService/ListPackageVersions", s.listPackageVersions)
	path := Prefix + "SubscriptionService/SubscribeCheckpoints"
	mux.Handle(path, connect.NewServerStreamHandler(path,
		func(ctx context.Context, r *connect.Request[pb.SubscribeCheckpointsRequest],
			out *connect.ServerStream[pb.SubscribeCheckpointsResponse]) error {
			return s.subscribeCheckpoints(ctx, r.Msg, out.Send)
		}, connect.WithReadMaxBytes(maxMessage)))
	mux.HandleFunc("/", noMethod)
	return cors(text(mux))
}

func unary[Req, Res any](mux *http.ServeMux, method string, f func(context.Context, *Req) (*Res, error)) {
	path := Prefix + method
	mux.Handle(path, connect.NewUnaryHandler(path,
		func(ctx context.Context, r *connect.Request[Req]) (*connect.Response[Res], error) {
			res, err := f(ctx, r.Msg)
			if err != nil {
				return nil, err
			}
			return connect.NewResponse(res), nil
		}, connect.WithReadMaxBytes(maxMessage)))
}

// noMethod answers for what isn't served, in the protocol of the question.
func noMethod(w http.ResponseWriter, r *http.Request) {
	errs := connect.NewErrorWriter()
	if !errs.IsSupported(r) {
		http.Error(w, "no such method", http.StatusNotFound)
		return
	}
	// The caller is gone if this fails.
	_ = errs.Write(w, r, unimplemented("%s isn't served by the embedded ledger", strings.TrimPrefix(r.URL.Path, "/")))
}
