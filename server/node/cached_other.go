//go:build !linux

package node

import "os"

// dropCached tells the system that a part of a file needn't stay in memory;
// only Linux is told.
func dropCached(*os.File, int64, int64) {}
