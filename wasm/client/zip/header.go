package zip

import (
	"encoding/binary"
	"math"
)

// header is all that an archive says of one entry.
type header struct {
	Entry
	crc    uint32
	offset int64 // of its local header
}

const (
	sigLocal      = 0x04034b50
	sigDescriptor = 0x08074b50
	sigCentral    = 0x02014b50
	sigEnd        = 0x06054b50
	sigEnd64      = 0x06064b50
	sigLocator64  = 0x07064b50

	flagDescriptor = 1 << 3
	flagUTF8       = 1 << 11

	versionStore = 20        // needed to read an entry
	versionZIP64 = 45        // needed to read a large one
	madeBy       = 3<<8 | 45 // Unix, APPNOTE 4.5
	attributes   = 0o100644 << 16

	extraZIP64 = 0x0001
	extraTime  = 0x5455

	localSize   = 30
	centralSize = 46
	timeSize    = 9
	endSize     = 22
	end64Size   = 56 + 20 // record and locator

	max16 = math.MaxUint16
	max32 = math.MaxUint32
)

var le = binary.LittleEndian

func (h *header) isLarge() bool { return h.Size >= max32 }

func (h *header) flags() uint16 {
	if h.Size > 0 {
		return flagUTF8 | flagDescriptor
	}
	return flagUTF8
}

// appendLocal appends the local header.
func (h *header) appendLocal(b []byte) []byte {
	version, size, extra := uint16(versionStore), uint32(h.Size), timeSize
	if h.isLarge() {
		version, size, extra = versionZIP64, max32, timeSize+20
	}
	b = le.AppendUint32(b, sigLocal)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, h.flags())
	b = le.AppendUint16(b, 0) // method
	b = appendDOSTime(b, h.Modified)
	b = le.AppendUint32(b, 0) // CRC: in the descriptor, or that of nothing
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(h.Name)))
	b = le.AppendUint16(b, uint16(extra))
	b = append(b, h.Name...)
	if h.isLarge() {
		b = le.AppendUint16(b, extraZIP64)
		b = le.AppendUint16(b, 16)
		b = le.AppendUint64(b, uint64(h.Size))
		b = le.AppendUint64(b, uint64(h.Size))
	}
	return appendTime(b, h.Modified)
}

// localLength is how many bytes appendLocal appends, and likewise below.
func (h *header) localLength() int64 {
	n := localSize + len(h.Name) + timeSize
	if h.isLarge() {
		n += 20
	}
	return int64(n)
}

func (h *header) descriptorLength() int64 {
	switch {
	case h.Size == 0:
		return 0
	case h.isLarge():
		return 24
	}
	return 16
}

func (h *header) centralLength() int64 {
	n := centralSize + len(h.Name) + timeSize
	if h.isLarge() {
		n += 16
	}
	if h.offset >= max32 {
		n += 8
	}
	if h.isLarge() || h.offset >= max32 {
		n += 4
	}
	return int64(n)
}

// appendDescriptor appends what follows the data.
func (h *header) appendDescriptor(b []byte) []byte {
	if h.Size == 0 {
		return b
	}
	b = le.AppendUint32(b, sigDescriptor)
	b = le.AppendUint32(b, h.crc)
	if h.isLarge() {
		b = le.AppendUint64(b, uint64(h.Size))
		return le.AppendUint64(b, uint64(h.Size))
	}
	b = le.AppendUint32(b, uint32(h.Size))
	return le.AppendUint32(b, uint32(h.Size))
}

// appendCentral appends the header in the central directory.
func (h *header) appendCentral(b []byte) []byte {
	version, size, offset := uint16(versionStore), uint32(h.Size), uint32(h.offset)
	var zip64 []byte
	if h.isLarge() {
		size = max32
		zip64 = le.AppendUint64(zip64, uint64(h.Size))
		zip64 = le.AppendUint64(zip64, uint64(h.Size))
	}
	if h.offset >= max32 {
		offset = max32
		zip64 = le.AppendUint64(zip64, uint64(h.offset))
	}
	extra := timeSize
	if len(zip64) > 0 {
		version = versionZIP64
		extra += 4 + len(zip64)
	}
	b = le.AppendUint32(b, sigCentral)
	b = le.AppendUint16(b, madeBy)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, h.flags())
	b = le.AppendUint16(b, 0) // method
	b = appendDOSTime(b, h.Modified)
	b = le.AppendUint32(b, h.crc)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(h.Name)))
	b = le.AppendUint16(b, uint16(extra))
	b = le.AppendUint16(b, 0) // comment
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0) // internal attributes
	b = le.AppendUint32(b, attributes)
	b = le.AppendUint32(b, offset)
	b = append(b, h.Name...)
	if len(zip64) > 0 {
		b = le.AppendUint16(b, extraZIP64)
		b = le.AppendUint16(b, uint16(len(zip64)))
		b = append(b, zip64...)
	}
	return appendTime(b, h.Modified)
}

// end is what an archive ends with: where its directory is.
type end struct {
	entries, size, offset int64
}

func (e end) isLarge() bool { return e.entries >= max16 || e.size >= max32 || e.offset >= max32 }

func (e end) append(b []byte) []byte {
	if e.isLarge() {
		b = le.AppendUint32(b, sigEnd64)
		b = le.AppendUint64(b, 56-12) // what follows
		b = le.AppendUint16(b, madeBy)
		b = le.AppendUint16(b, versionZIP64)
		b = le.AppendUint32(b, 0) // disk
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(e.entries))
		b = le.AppendUint64(b, uint64(e.entries))
		b = le.AppendUint64(b, uint64(e.size))
		b = le.AppendUint64(b, uint64(e.offset))

		b = le.AppendUint32(b, sigLocator64)
		b = le.AppendUint32(b, 0) // disk
		b = le.AppendUint64(b, uint64(e.offset+e.size))
		b = le.AppendUint32(b, 1) // disks
	}
	b = le.AppendUint32(b, sigEnd)
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, uint16(min(e.entries, max16)))
	b = le.AppendUint16(b, uint16(min(e.entries, max16)))
	b = le.AppendUint32(b, uint32(min(e.size, max32)))
	b = le.AppendUint32(b, uint32(min(e.offset, max32)))
	return le.AppendUint16(b, 0) // comment
}
