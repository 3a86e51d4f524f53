package sui

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/block-vision/sui-go-sdk/common/grpcconn"
	pb "github.com/block-vision/sui-go-sdk/pb/sui/rpc/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"floe/codec/suitx"
	"floe/server/api"
)

// Config says which Sui.
type Config struct {
	Target string                                                      // host:port
	Dialer func(ctx context.Context, address string) (net.Conn, error) // nil: TCP
	TLS    bool
	Roots  *x509.CertPool // who is trusted to vouch for the host; nil: whom the system trusts
	IDs    api.NetworkIDs
}

// Client speaks to one full node.
type Client struct {
	ids      api.NetworkIDs
	conn     *grpcconn.SuiGrpcClient
	ledger   pb.LedgerServiceClient
	state    pb.StateServiceClient
	executor pb.TransactionExecutionServiceClient
	stream   pb.SubscriptionServiceClient
	chainID  string
	lineages *lineages
	recent   *recents
}

const (
	callTime  = 30 * time.Second // of one try of one call
	tries     = 5                // of a call that finds nobody
	firstWait = 100 * time.Millisecond
)

// Dial connects and asks which chain it is.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	again := backoff.Config{BaseDelay: firstWait, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second}
	options := []grpc.DialOption{grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: 5 * time.Second})}
	target := cfg.Target
	if cfg.TLS {
		options = append(options, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cfg.Roots})))
	}
	if cfg.Dialer != nil {
		options = append(options, grpc.WithContextDialer(cfg.Dialer))
		target = "passthrough:///" + target
	}
	conn := grpcconn.NewSuiGrpcClient(target, grpcconn.WithDialOptions(options...))
	c := &Client{ids: cfg.IDs, conn: conn, lineages: &lineages{known: map[suitx.Address]lineage{}}, recent: &recents{known: map[suitx.Address]trace{}}}
	if err := c.connect(ctx); err != nil {
		return nil, fmt.Errorf("couldn't connect to Sui at %s: %w", cfg.Target, joinClose(err, conn))
	}
	return c, nil
}

// connect must run before the client is shared: the connection's own lazy way races.
func (c *Client) connect(ctx context.Context) error {
	err := c.conn.Connect(ctx)
	if err == nil {
		c.ledger, err = c.conn.LedgerService(ctx)
	}
	if err == nil {
		c.state, err = c.conn.StateService(ctx)
	}
	if err == nil {
		c.executor, err = c.conn.TransactionExecutionService(ctx)
	}
	if err == nil {
		c.stream, err = c.conn.SubscriptionService(ctx)
	}
	if err != nil {
		return err
	}
	info, err := call(ctx, c.ledger.GetServiceInfo, &pb.GetServiceInfoRequest{})
	if err != nil {
		return err
	}
	if c.chainID = info.GetChainId(); c.chainID == "" {
		return errors.New("the node doesn't say which chain it is of; does it speak sui.rpc.v2?")
	}
	return nil
}

func joinClose(err error, conn *grpcconn.SuiGrpcClient) error {
	if closeErr := conn.Close(); closeErr != nil {
		return fmt.Errorf("%w (and couldn't close: %w)", err, closeErr)
	}
	return err
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// ChainID is the base58 of the genesis checkpoint's digest.
func (c *Client) ChainID() string { return c.chainID }

// call asks once more, a few times, when nobody answers at all. Every method
// called so can be repeated: reads, simulations, and executions, as a
// transaction runs once at most.
func call[Req, Res any](ctx context.Context, f func(context.Context, *Req, ...grpc.CallOption) (*Res, error), req *Req) (*Res, error) {
	wait := firstWait
	for try := 1; ; try++ {
		res, err := once(ctx, f, req)
		if try == tries || status.Code(err) != codes.Unavailable {
			return res, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
}

func once[Req, Res any](ctx context.Context, f func(context.Context, *Req, ...grpc.CallOption) (*Res, error), req *Req) (*Res, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return f(ctx, req)
}
