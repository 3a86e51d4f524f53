//go:build unix

package direct

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// turnEvery is how often a lock that another process holds is tried.
const turnEvery = 50 * time.Millisecond

// FileTurn makes processes that pay with the key in one file take turns at
// spending its coins, by a lock on that file that ends with the process.
func FileTurn(name string) func(context.Context) (done func(), err error) {
	return func(ctx context.Context) (func(), error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("couldn't take turns with other processes: %w", err)
		}
		for {
			err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
			if err == nil {
				return func() { _ = f.Close() }, nil // which gives the lock back
			}
			if !errors.Is(err, syscall.EWOULDBLOCK) {
				return func() { _ = f.Close() }, nil // some disks have no locks
			}
			select {
			case <-ctx.Done():
				return nil, errors.Join(context.Cause(ctx), f.Close())
			case <-time.After(turnEvery):
			}
		}
	}
}
