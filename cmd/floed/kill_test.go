package main

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// A floed that is killed while it starts, also for the first time, starts the
// next time.
func TestKilledWhileStarting(t *testing.T) {
	t.Parallel()
	d := newDaemon(t, t.TempDir())
	for i := range 12 {
		d.launch()
		time.Sleep(time.Duration(i*60+rand.IntN(60)) * time.Millisecond)
		d.kill()
	}
	d.start()
	v := newTraveller(t, d)
	c := v.pack(sealed(5000))
	v.parcel(v.send([]byte("grant"), c))
	v.readBack(c.id, c.data)
}

// Whatever was answered when floed is killed in the midst of work is there
// afterwards: slivers that were acknowledged, parcels that were executed.
func TestKilledWhileWorking(t *testing.T) {
	t.Parallel()
	d := newDaemon(t, t.TempDir())
	d.start()
	for range 3 {
		v := newTraveller(t, d)
		done := v.pack(sealed(20_000))
		id := v.send([]byte("grant"), done)
		// Another sender is cut off somewhere on her way.
		halfway := newTraveller(t, d)
		half := halfway.pack(sealed(400_000))
		halfway.register(half)
		var acked []int
		var sending sync.WaitGroup
		sending.Go(func() { acked = halfway.storeQuietly(half) })
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		d.kill()
		sending.Wait()
		d.start()
		v.parcel(id)
		v.readBack(done.id, done.data)
		for node, n := range acked {
			if have := halfway.held(half, node); have < n {
				t.Errorf("node %d acknowledged %d frames and has %d after the kill", node, n, have)
			}
		}
		halfway.register(half)
		halfway.store(half)
		halfway.certify(half)
		halfway.readBack(half.id, half.data)
	}
}
