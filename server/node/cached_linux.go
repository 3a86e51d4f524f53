package node

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropCached tells the system that a part of a file, which is on disk, needn't
// stay in memory too. That it may not listen does no harm.
func dropCached(f *os.File, off, n int64) {
	_ = unix.Fadvise(int(f.Fd()), off, n, unix.FADV_DONTNEED)
}
