package daemon

import (
	"floe/codec"
	"floe/codec/suitx"
)

// storeResult is what PUT /v1/blobs answers; one of its fields is set.
type storeResult struct {
	NewlyCreated     *newlyCreated     `json:"newlyCreated,omitempty"`
	AlreadyCertified *alreadyCertified `json:"alreadyCertified,omitempty"`
	MarkedInvalid    *markedInvalid    `json:"markedInvalid,omitempty"`
}

type newlyCreated struct {
	BlobObject   blobResult     `json:"blobObject"`
	Operation    operation      `json:"resourceOperation"`
	Cost         uint64         `json:"cost"` // FROST, gas not counted
	SharedObject *suitx.Address `json:"sharedBlobObject,omitempty"`
}

type blobResult struct {
	ID              suitx.Address `json:"id"`
	RegisteredEpoch uint32        `json:"registeredEpoch"`
	BlobID          codec.BlobID  `json:"blobId"`
	Size            uint64        `json:"size"`
	EncodingType    string        `json:"encodingType"`
	CertifiedEpoch  *uint32       `json:"certifiedEpoch"`
	Storage         storageResult `json:"storage"`
	Deletable       bool          `json:"deletable"`
}

type storageResult struct {
	ID          suitx.Address `json:"id"`
	StartEpoch  uint32        `json:"startEpoch"`
	EndEpoch    uint32        `json:"endEpoch"`
	StorageSize uint64        `json:"storageSize"`
}

// operation says what was paid for; one of its fields is set.
type operation struct {
	Scratch      *fromScratch   `json:"registerFromScratch,omitempty"`
	Storage      *encodedLength `json:"reuseStorage,omitempty"`
	Registration *encodedLength `json:"reuseRegistration,omitempty"`
	Extend       *extension     `json:"reuseAndExtend,omitempty"`
	ExtendNew    *extension     `json:"reuseAndExtendNonCertified,omitempty"`
}

type fromScratch struct {
	EncodedLength uint64 `json:"encodedLength"`
	EpochsAhead   uint32 `json:"epochsAhead"`
}

type encodedLength struct {
	EncodedLength uint64 `json:"encodedLength"`
}

type extension struct {
	EncodedLength  uint64 `json:"encodedLength"`
	EpochsExtended uint32 `json:"epochsExtended"`
}

// alreadyCertified names the event, or the publisher's own object.
type alreadyCertified struct {
	BlobID   codec.BlobID   `json:"blobId"`
	Event    *eventID       `json:"event,omitempty"`
	Object   *suitx.Address `json:"object,omitempty"`
	EndEpoch uint32         `json:"endEpoch"`
}

type markedInvalid struct {
	BlobID codec.BlobID `json:"blobId"`
	Event  *eventID     `json:"event"`
}

type eventID struct {
	TxDigest suitx.Digest `json:"txDigest"`
	EventSeq uint64       `json:"eventSeq,string"`
}

// quiltResult is what PUT /v1/quilts answers.
type quiltResult struct {
	Blob  *storeResult  `json:"blobStoreResult"`
	Files []storedPatch `json:"storedQuiltBlobs"`
}

type storedPatch struct {
	Identifier string `json:"identifier"`
	PatchID    string `json:"quiltPatchId"`
}

// blobID is that of the blob, however it came to be stored.
func (r *storeResult) blobID() codec.BlobID {
	switch {
	case r.NewlyCreated != nil:
		return r.NewlyCreated.BlobObject.BlobID
	case r.AlreadyCertified != nil:
		return r.AlreadyCertified.BlobID
	}
	return r.MarkedInvalid.BlobID
}

func (s *store) result() *storeResult {
	b := s.blob
	return &storeResult{NewlyCreated: &newlyCreated{
		BlobObject: blobResult{
			ID: b.id, RegisteredEpoch: b.registered, BlobID: b.blobID, Size: b.size, EncodingType: "RS2", CertifiedEpoch: b.certified,
			Storage:   storageResult{b.storage.id, b.storage.start, b.storage.end, b.storage.size},
			Deletable: b.deletable,
		},
		Operation: s.operation, Cost: s.cost, SharedObject: s.shared,
	}}
}
