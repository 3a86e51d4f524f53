package api

// When an object is asked for that was deleted, the embedded ledger adds a
// google.rpc.ErrorInfo to NOT_FOUND, so that a parcel's end can be told from
// its never having been. A public full node doesn't; nothing may rely on it.
const (
	ReasonDeleted = "OBJECT_DELETED"
	DeletedBy     = "transaction" // key of the metadata: digest of the last transaction
)
