package node

import (
	"net/http"
	"time"

	"floe/codec/suitx"
)

// Blob status as Walrus' nodes tell it: outer fields in camel case, the two
// counters in snake case.
type (
	permanentStatus struct {
		EndEpoch              uint32          `json:"endEpoch"`
		IsCertified           bool            `json:"isCertified"`
		StatusEvent           statusEvent     `json:"statusEvent"`
		DeletableCounts       deletableCounts `json:"deletableCounts"`
		InitialCertifiedEpoch *uint32         `json:"initialCertifiedEpoch"`
	}
	deletableStatus struct {
		InitialCertifiedEpoch *uint32         `json:"initialCertifiedEpoch"`
		DeletableCounts       deletableCounts `json:"deletableCounts"`
	}
	deletableCounts struct {
		Total     int `json:"count_deletable_total"`
		Certified int `json:"count_deletable_certified"`
	}
	invalidStatus struct {
		Event statusEvent `json:"event"`
	}
	statusEvent struct {
		TxDigest suitx.Digest `json:"txDigest"`
		EventSeq uint64       `json:"eventSeq,string"`
	}
)

func (n *Node) blobStatus(w http.ResponseWriter, r *http.Request) error {
	id, err := blobID(r)
	if err != nil {
		return err
	}
	v, err := n.known()
	if err != nil {
		return err
	}
	if event, err := n.invalid(id); event != nil || err != nil {
		if err != nil {
			return err
		}
		return success(w, http.StatusOK, map[string]invalidStatus{"invalid": {*event}})
	}
	list, err := n.registrations(id)
	if err != nil {
		return err
	}
	return success(w, http.StatusOK, statusOf(list, v.Epoch))
}

// statusOf sums a blob's registrations up.
func statusOf(list []registration, epoch uint32) any {
	var counts deletableCounts
	var first *uint32
	var best *registration
	for i := range list {
		r := &list[i]
		if !r.live(epoch) {
			continue
		}
		if r.Certified != nil && (first == nil || *r.Certified < *first) {
			first = r.Certified
		}
		switch {
		case r.Deletable:
			counts.Total++
			if r.Certified != nil {
				counts.Certified++
			}
		case best == nil || better(r, best):
			best = r
		}
	}
	switch {
	case best != nil:
		event := statusEvent{best.TxDigest, best.Sequence}
		status := permanentStatus{best.EndEpoch, best.Certified != nil, event, counts, first}
		return map[string]permanentStatus{"permanent": status}
	case counts.Total > 0:
		return map[string]deletableStatus{"deletable": {first, counts}}
	}
	return "nonexistent"
}

// better says whether a permanent registration speaks for the blob rather than
// another: certified before not, then the later end.
func better(a, b *registration) bool {
	if (a.Certified != nil) != (b.Certified != nil) {
		return a.Certified != nil
	}
	return a.EndEpoch > b.EndEpoch
}

// healthInfo is what GET /v1/health tells.
type healthInfo struct {
	Uptime struct {
		Secs  uint64 `json:"secs"`
		Nanos uint32 `json:"nanos"`
	} `json:"uptime"`
	Epoch         uint32 `json:"epoch"`
	PublicKey     []byte `json:"publicKey"`
	NodeStatus    string `json:"nodeStatus"`
	EventProgress struct {
		Persisted uint64  `json:"persisted"`
		Pending   uint64  `json:"pending"`
		Highest   *uint64 `json:"highestFinishedEventIndex"`
	} `json:"eventProgress"`
	ShardSummary shardSummary `json:"shardSummary"`
	ShardDetail  *shardDetail `json:"shardDetail,omitempty"`
	Checkpoint   uint64       `json:"latestCheckpointSequenceNumber"`
}

type shardSummary struct {
	Owned  int `json:"owned"`
	Status struct {
		Unknown    int `json:"unknown"`
		Ready      int `json:"ready"`
		InTransfer int `json:"inTransfer"`
		InRecovery int `json:"inRecovery"`
	} `json:"ownedShardStatus"`
	ReadOnly int `json:"readOnly"`
}

type shardDetail struct {
	Owned []shardHealth `json:"owned"`
	Other []shardHealth `json:"other"`
}

type shardHealth struct {
	Shard  int    `json:"shard"`
	Status string `json:"status"`
}

func (n *Node) health(w http.ResponseWriter, r *http.Request) error {
	v := n.view()
	var h healthInfo
	up := time.Since(n.started)
	h.Uptime.Secs, h.Uptime.Nanos = uint64(up/time.Second), uint32(up%time.Second)
	h.Epoch = v.Epoch
	pub := n.cfg.Key.Public().Compressed()
	h.PublicKey = pub[:]
	h.NodeStatus = "Active"
	if len(v.Shards) == 0 {
		h.NodeStatus = "Standby"
	}
	var err error
	if h.Checkpoint, err = n.rec.cursor(); err != nil {
		return err
	}
	h.ShardSummary.Owned, h.ShardSummary.Status.Ready = len(v.Shards), len(v.Shards)
	if r.URL.Query().Get("detailed") == "true" {
		h.ShardDetail = &shardDetail{Owned: []shardHealth{}, Other: []shardHealth{}}
		for _, s := range v.Shards {
			h.ShardDetail.Owned = append(h.ShardDetail.Owned, shardHealth{s, "ready"})
		}
	}
	return success(w, http.StatusOK, h)
}
