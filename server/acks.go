package server

import (
	"sync"
	"time"

	"floe/server/api"
)

// tellTime is how long acknowledgements may take to be read once there are no more.
const tellTime = 30 * time.Second

// acks takes acknowledgements at once and writes them as fast as they are read,
// so that nobody who reads slowly has anything else held meanwhile.
type acks struct {
	frames chan api.Frame
	end    func() error // says that there are no more, and waits until all are read
}

// queue begins to write acknowledgements, of which there are so many at most;
// when that fails it calls gone.
func (w *frameWriter) queue(most int, gone func()) *acks {
	a := &acks{frames: make(chan api.Frame, most)}
	done := make(chan error, 1)
	go func() {
		var err error
		for f := range a.frames {
			if err == nil {
				if err = w.write(f); err != nil {
					gone()
				}
			}
		}
		done <- err
	}()
	a.end = sync.OnceValue(func() error {
		w.finishBy(time.Now().Add(tellTime))
		close(a.frames)
		return <-done
	})
	return a
}

func (a *acks) write(f api.Frame) error {
	a.frames <- f
	return nil
}
