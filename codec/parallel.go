package codec

import (
	"runtime"
	"sync"
	"sync/atomic"
)

func processors() int { return runtime.GOMAXPROCS(0) }

// parallel calls what newWorker returns for the units 0 ≤ i < n, on every
// processor one worker, and returns the first error.
func parallel(n int, newWorker func() func(unit int) error) error {
	workers := min(processors(), n)
	if workers == 1 {
		work := newWorker()
		for i := range n {
			if err := work(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var once sync.Once
	var first error
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work := newWorker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := work(i); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}
