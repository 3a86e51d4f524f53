package walrus

import "floe/server/api"

// SliverOverhead is how many bytes a sliver's BCS has beside its symbols, at most.
const SliverOverhead = 16

// MostShards is how many shards the node with the most of them holds.
func MostShards(com *api.Committee) int {
	most := 1
	for _, m := range com.Members {
		most = max(most, len(m.Shards))
	}
	return most
}
