package rpc

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"

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

// Prefix is where all paths begin. Only services of sui.rpc.v2 are served; what
// else Sui has below it is answered with UNIMPLEMENTED.
const Prefix = "/sui."

const services = "/" + protoPackage + "."

// Messages larger than this are refused, as gRPC does by default.
const maxMessage = 4 << 20

type server struct {
	ledger *ledger.Ledger
	chain  string
	name   string
	epoch  time.Duration
	log    *slog.Logger
	schema *schema
	recent recent
	live   chan struct{} // one entry to a subscription that runs
	scan   int           // maxScan
}

// New returns the handler of all paths that begin with Prefix.
func New(cfg Config) http.Handler { return newServer(cfg).handler() }

func newServer(cfg Config) *server {
	s := &server{ledger: cfg.Ledger, chain: cfg.Chain, name: cfg.Server, epoch: cfg.Epoch, log: cfg.Logger,
		schema: newSchema(),
		recent: recent{known: map[suitx.Digest]*ledger.Executed{}},
		live:   make(chan struct{}, maxSubscriptions),
		scan:   maxScan}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	unary(s, mux, "LedgerService/GetServiceInfo", s.getServiceInfo)
	unary(s, mux, "LedgerService/GetObject", s.getObject)
	unary(s, mux, "LedgerService/BatchGetObjects", s.batchGetObjects)
	unary(s, mux, "LedgerService/GetTransaction", s.getTransaction)
	unary(s, mux, "LedgerService/BatchGetTransactions", s.batchGetTransactions)
	unary(s, mux, "LedgerService/GetCheckpoint", s.getCheckpoint)
	unary(s, mux, "LedgerService/GetEpoch", s.getEpoch)
	unary(s, mux, "StateService/ListOwnedObjects", s.listOwnedObjects)
	unary(s, mux, "StateService/ListDynamicFields", s.listDynamicFields)
	unary(s, mux, "StateService/GetBalance", s.getBalance)
	unary(s, mux, "StateService/ListBalances", s.listBalances)
	unary(s, mux, "StateService/GetCoinInfo", s.getCoinInfo)
	unary(s, mux, "TransactionExecutionService/ExecuteTransaction", s.executeTransaction)
	unary(s, mux, "TransactionExecutionService/SimulateTransaction", s.simulateTransaction)
	unary(s, mux, "MovePackageService/GetPackage", s.getPackage)
	unary(s, mux, "MovePackageService/GetDatatype", s.getDatatype)
	unary(s, mux, "MovePackageService/GetFunction", s.getFunction)
	unary(s, mux, "MovePackageService/ListPackageVersions", s.listPackageVersions)
	unary(s, mux, "SignatureVerificationService/VerifySignature", s.verifySignature)
	s.subscription(mux, "SubscribeCheckpoints", s.subscribeCheckpoints)
	s.subscription(mux, "SubscribeTransactions", s.subscribeTransactions)
	s.subscription(mux, "SubscribeEvents", s.subscribeEvents)
	s.stream(mux, "LedgerService/ListTransactions", s.listTransactions)
	s.stream(mux, "LedgerService/ListEvents", s.listEvents)
	s.stream(mux, "LedgerService/ListCheckpoints", s.listCheckpoints)
	mux.HandleFunc("/", noMethod)
	return cors(s.about(text(mux)))
}

// options are those of every method.
func (s *server) options() connect.HandlerOption {
	return connect.WithHandlerOptions(connect.WithReadMaxBytes(maxMessage),
		connect.WithCodec(jsonCodec{s.schema, "json"}), connect.WithCodec(jsonCodec{s.schema, "json; charset=utf-8"}))
}

func unary[Req, Res any](s *server, mux *http.ServeMux, method string, f func(context.Context, *Req) (*Res, error)) {
	path := services + method
	mux.Handle(path, connect.NewUnaryHandler(path,
		func(ctx context.Context, r *connect.Request[Req]) (*connect.Response[Res], error) {
			res, err := f(ctx, r.Msg)
			if err != nil {
				return nil, err
			}
			return connect.NewResponse(res), nil
		}, s.options()))
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
