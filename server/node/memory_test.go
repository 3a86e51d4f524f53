package node

import (
	"encoding/binary"
	"runtime"
	"testing"

	"floe/codec"
)

// alive is how many bytes a collection of garbage leaves, and how many of them
// are the store's; built with cgo, those come on top.
func (n *Node) alive() (heap, store int) {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools held goes with the second
	runtime.ReadMemStats(&m)
	of := n.rec.db.Metrics()
	return int(m.HeapAlloc), int(of.MemTable.Size+of.MemTable.ZombieSize) + int(of.BlockCache.Size)
}

// manyBlobs stores metadata of blobs that differ, and looks at it again: first to
// end of them.
func manyBlobs(t *testing.T, n *Node, first, end int) {
	t.Helper()
	for i := first; i < end; i++ {
		m := &codec.Metadata{Size: 1000, Hashes: make([]codec.PairHash, 104)}
		for j := range m.Hashes {
			binary.LittleEndian.PutUint32(m.Hashes[j].Primary[:], uint32(i))
		}
		v, err := codec.NewVerifier(m)
		if err == nil {
			err = n.storeMetadata(m.BlobID(), &blobInfo{m, v})
		}
		for _, id := range []codec.BlobID{m.BlobID(), {byte(i)}} {
			if err == nil {
				_, err = n.rec.get(blobKey(keyMetadata, id))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What a node has stored lies on disk: it holds no more of it in memory than it
// was told, however many blobs there are.
func TestMemoryDoesntGrowByBlobs(t *testing.T) {
	const room, slack = 1 << 20, 512 << 10
	n, err := Open(Config{Dir: t.TempDir(), MaxRecords: room})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	manyBlobs(t, n, 0, 1)
	before, _ := n.alive()
	manyBlobs(t, n, 1, 400)
	middle, _ := n.alive()
	manyBlobs(t, n, 400, 800)
	after, store := n.alive()
	t.Logf("400 blobs took %d kB, 400 more %d kB; the store holds %d kB", (middle-before)/1000, (after-middle)/1000, store/1000)
	if after-before > room+slack || store > room {
		t.Errorf("800 blobs took %d bytes of memory, and the store has %d; the node may have %d", after-before, store, room)
	}
	if after-middle > slack {
		t.Errorf("400 blobs more took %d bytes of memory", after-middle)
	}
}
