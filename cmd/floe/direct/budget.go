package direct

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"floe/server/api"
	"floe/wasm/client"
)

// Budget bounds what a payer signs away. The full node names prices, sizes and
// times, and says what became of a transaction; one that lies could have storage
// bought dear, for long, or again and again. Whatever it says, no more than this
// is signed for.
type Budget struct {
	FROST uint64 // for storage
	MIST  uint64 // for gas
}

// unit is how many FROST are a WAL, and MIST a SUI.
const unit = 1_000_000_000

// DefaultBudget is what floe spends at most on a network if nobody says: as much
// as a server does in a day.
func DefaultBudget(network string) Budget {
	if network == api.Local {
		return Budget{FROST: 20_000 * unit, MIST: 400 * unit}
	}
	return Budget{FROST: 10 * unit, MIST: 10 * unit}
}

// budget is a Budget and how much of it is signed away. Gas counts as what a
// transaction may cost, and a transaction that came to nothing as one that ran:
// that it did is the full node's word.
type budget struct {
	most Budget

	mu     sync.Mutex
	signed Budget
}

// allow takes what a transaction that is about to be signed may cost.
func (b *budget) allow(frost, mist uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if left := b.most.FROST - b.signed.FROST; frost > left {
		return exceeds("WAL", "-wal-budget", add(b.signed.FROST, frost), b.most.FROST)
	}
	if left := b.most.MIST - b.signed.MIST; mist > left {
		return exceeds("SUI", "-gas-budget", add(b.signed.MIST, mist), b.most.MIST)
	}
	b.signed.FROST += frost
	b.signed.MIST += mist
	return nil
}

func exceeds(coin, flag string, needs, most uint64) error {
	return &client.Error{Code: client.CodeRejected, Message: fmt.Sprintf("This takes %s %s by what the full node says, more than the %s %s that may be spent. If that is right, allow it with %s.",
		amount(needs), coin, amount(most), coin, flag)}
}

func add(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// amount writes MIST as SUI, or FROST as WAL.
func amount(n uint64) string {
	whole := strconv.FormatUint(n/unit, 10)
	if n%unit == 0 {
		return whole
	}
	return whole + "." + strings.TrimRight(fmt.Sprintf("%09d", n%unit), "0")
}

// ParseAmount reads SUI as MIST, or WAL as FROST.
func ParseAmount(s string) (uint64, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) <= 9 && !strings.ContainsAny(s, "+-_") {
		n, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", 9-len(fraction)), 10, 63)
		if err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%q isn't an amount such as 2.5", s)
}
