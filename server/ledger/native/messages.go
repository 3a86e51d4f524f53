package native

import (
	"floe/codec/bcs"
	"floe/codec/suitx"
	"floe/server/ledger/move"
)

// Codes that walrus::messages aborts with.
const (
	messageWrongApp         = 0
	messageWrongEpoch       = 1
	messageWrongType        = 2
	messageWrongVersion     = 3
	messageWrongPersistence = 4
)

// What a message that nodes sign begins with: kind ‖ version ‖ application ‖ epoch u32.
const (
	messageBlobCert    = 1
	messageInvalidBlob = 2
	messageVersion     = 0
	messageApp         = 3
)

// bcsOutOfRange is what sui::bcs aborts with when bytes run out.
const bcsOutOfRange = 0

// blobMessage is the body of a certificate: blob ID, and whether it is for one
// deletable Blob object.
type blobMessage struct {
	blobID    [32]byte
	deletable bool
	objectID  suitx.Address
}

func (x *walrus) declareMessages(p *move.Package) { x.messages = p.Module("messages") }

// readHeader reads what every message begins with; it must be for that epoch.
func (x *walrus) readHeader(r *bcs.Reader, epoch uint32) (kind uint8, err error) {
	const function = "new_certified_message"
	kind = r.U8()
	version := r.U8()
	if r.Err() != nil {
		return 0, x.bcsAbort("peel_u8")
	}
	if version != messageVersion {
		return 0, x.messages.Abort(function, messageWrongVersion)
	}
	app := r.U8()
	if r.Err() != nil {
		return 0, x.bcsAbort("peel_u8")
	}
	if app != messageApp {
		return 0, x.messages.Abort(function, messageWrongApp)
	}
	signed := r.U32()
	if r.Err() != nil {
		return 0, x.bcsAbort("peel_u32")
	}
	if signed != epoch {
		return 0, x.messages.Abort(function, messageWrongEpoch)
	}
	return kind, nil
}

// readBlobMessage reads a blob certificate. As in Move, bytes after it are
// ignored: the nodes have signed them, too.
func (x *walrus) readBlobMessage(message []byte, epoch uint32) (*blobMessage, error) {
	r := bcs.NewReader(message)
	kind, err := x.readHeader(r, epoch)
	if err != nil {
		return nil, err
	}
	if kind != messageBlobCert {
		return nil, x.messages.Abort("certify_blob_message", messageWrongType)
	}
	m := &blobMessage{blobID: r.U256()}
	if r.Err() != nil {
		return nil, x.bcsAbort("peel_u256")
	}
	persistence := r.U8()
	if r.Err() != nil {
		return nil, x.bcsAbort("peel_u8")
	}
	switch persistence {
	case 0:
	case 1:
		m.deletable, m.objectID = true, readAddress(r)
	default:
		return nil, x.messages.Abort("peel_blob_persistence_type", messageWrongPersistence)
	}
	if r.Err() != nil {
		return nil, x.bcsAbort("peel_address")
	}
	return m, nil
}

// readInvalidBlob reads the message that a blob ID is of no consistent encoding.
func (x *walrus) readInvalidBlob(message []byte, epoch uint32) (blob [32]byte, err error) {
	r := bcs.NewReader(message)
	kind, err := x.readHeader(r, epoch)
	if err != nil {
		return blob, err
	}
	if kind != messageInvalidBlob {
		return blob, x.messages.Abort("invalid_blob_id_message", messageWrongType)
	}
	if blob = r.U256(); r.Err() != nil {
		return blob, x.bcsAbort("peel_u256")
	}
	return blob, nil
}

func (x *walrus) bcsAbort(function string) error {
	return &move.Abort{Package: suitx.FrameworkAddress(2), Module: "bcs", Function: function, Code: bcsOutOfRange}
}
