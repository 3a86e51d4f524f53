package native

import (
	"floe/codec/bcs"
	"floe/server/ledger/move"
)

// rs2 is the only encoding: Red Stuff on Reed-Solomon codes.
const rs2 = 1

const encodingInvalid = 0 // what walrus::encoding aborts with

func (x *walrus) declareEncoding(p *move.Package) {
	x.redstuff = p.Module("redstuff")
	x.encoding = p.Module("encoding")
	x.encoding.Func("encoded_blob_length",
		move.Params(move.Val(move.U64), move.Val(move.U8), move.Val(move.U16)), move.Returns(move.Val(move.U64)),
		func(c *move.Call) error {
			n, err := x.encodedLength(c.U64(0), c.U8(1), c.U16(2))
			if err == nil {
				c.ReturnU64(n)
			}
			return err
		})
}

// encodedLength is what storage a blob takes on n shards: slivers of both kinds
// and, with each of the n pairs, all metadata. Its arithmetic is Move's: a
// symbol that doesn't fit a u16 and a committee of none abort.
func (x *walrus) encodedLength(size uint64, encoding uint8, n uint16) (uint64, error) {
	if encoding != rs2 {
		return 0, x.encoding.Abort("encoded_blob_length", encodingInvalid)
	}
	if n == 0 {
		return 0, x.redstuff.Arithmetic("max_byzantine")
	}
	f := uint64(n-1) / 3
	primary, secondary := uint64(n)-2*f, uint64(n)-f
	symbol := (max(size, 1)-1)/(primary*secondary) + 1
	if symbol > 65535 {
		return 0, x.redstuff.Arithmetic("symbol_size")
	}
	symbol += symbol % 2
	if symbol > 65535 {
		return 0, x.redstuff.Arithmetic("symbol_size")
	}
	metadata := uint64(n)*64 + 32
	return uint64(n) * ((primary+secondary)*symbol + metadata), nil
}

// unitSize is what prices are per: 1 MiB of encoded size.
const unitSize = 1 << 20

func storageUnits(size uint64) uint64 {
	units := size / unitSize
	if size%unitSize != 0 {
		units++
	}
	return units
}

// vecMap is the BCS of 0x2::vec_map::VecMap<String, String>.
type vecMap struct {
	Entries []vecMapEntry
}

type vecMapEntry struct{ Key, Value string }

func (v *vecMap) Read(r *bcs.Reader) {
	v.Entries = bcs.ReadSeq(r, 2, func(r *bcs.Reader) vecMapEntry { return vecMapEntry{r.String(), r.String()} })
}

func (v *vecMap) Write(w *bcs.Writer) {
	bcs.WriteSeq(w, v.Entries, func(w *bcs.Writer, e vecMapEntry) {
		w.String(e.Key)
		w.String(e.Value)
	})
}

// find returns the index of a key, or -1.
func (v *vecMap) find(key string) int {
	for i, e := range v.Entries {
		if e.Key == key {
			return i
		}
	}
	return -1
}

// remove takes an entry out and keeps the others' order.
func (v *vecMap) remove(i int) vecMapEntry {
	e := v.Entries[i]
	v.Entries = append(v.Entries[:i:i], v.Entries[i+1:]...)
	return e
}
