package ledger

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"floe/codec/bcs"
	"floe/codec/bls"
	"floe/codec/suitx"
	"floe/server/api"
	"floe/server/ledger/native"
)

// walSupply is what WAL's TreasuryCap says there is.
func (n *network) walSupply() uint64 {
	n.t.Helper()
	_, field := treasuryField(n)
	page, _, err := n.DynamicFields(field.ID(), nil, 2)
	if err != nil || len(page) != 1 || page[0].Move.Type.Name != "TreasuryCap" {
		n.t.Fatalf("the treasury's field holds %v: %v", page, err)
	}
	return binary.LittleEndian.Uint64(page[0].Move.Contents[32:])
}

// poolBalances are a node's rewards of its stakers and its commission, the two
// balances before the last two authorizations and the bag of its pool.
func (n *network) poolBalances(i int) (rewards, commission uint64) {
	n.t.Helper()
	c := must(n.Object(api.EmbeddedPool(i), 0)).Move.Contents
	end := len(c) - 2*33 - 40
	return binary.LittleEndian.Uint64(c[end-16:]), binary.LittleEndian.Uint64(c[end-8:])
}

// books are what an epoch sold and earned.
type books struct{ used, rewards uint64 }

// systemState returns the BCS of the System object's state.
func (n *network) systemState() []byte {
	n.t.Helper()
	var w bcs.Writer
	w.U64(3)
	id := suitx.DynamicFieldID(n.ids.System, suitx.TypeTag{Kind: suitx.TypeU64}, w.Data())
	return must(n.Object(id, 0)).Move.Contents[40:]
}

// accounts are those of the current epoch.
func (n *network) accounts() books {
	n.t.Helper()
	all, current := ringOf(n.systemState())
	return all[current]
}

// ringOf reads the books out of a system state.
func ringOf(state []byte) (all []books, current uint32) {
	r := bcs.NewReader(state)
	bcs.ReadSeq(r, 1, func(r *bcs.Reader) int { r.Bytes(); r.U16(); r.U256(); return 0 })
	r.U16()
	r.U32()
	r.Bytes()
	for range 4 {
		r.U64()
	}
	current = r.U32()
	r.U32()
	all = bcs.ReadSeq(r, 20, func(r *bcs.Reader) books { r.U32(); return books{r.U64(), r.U64()} })
	return all, current
}

// totals sums all SUI and WAL there is, wherever it is.
func (n *network) totals() (sui, wal uint64) {
	n.t.Helper()
	err := scan(n.db, key(keyLatest), nil, func(k, v []byte) (bool, error) {
		if v[8] != kindLive {
			return true, nil
		}
		o, err := readObject(n.db, suitx.Address(k[1:]), 0)
		if err != nil || o.Move == nil {
			return true, err
		}
		x, y := n.worth(o)
		sui, wal = sui+x, wal+y
		return true, nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return sui, wal
}

// worth is how much SUI and WAL an object holds, its rebate counted.
func (n *network) worth(o *suitx.Object) (sui, wal uint64) {
	if o.Package != nil {
		return o.StorageRebate, 0
	}
	c := o.Move.Contents
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(c[at:]) }
	sui = o.StorageRebate
	switch name := o.Move.Type.String(); {
	case o.Move.Type.Equal(suitx.CoinOf(suitx.SUI())):
		sui += u64(32)
	case o.Move.Type.Equal(suitx.CoinOf(n.world.WAL())):
		wal = u64(32)
	case strings.HasSuffix(name, "::staked_wal::StakedWal"):
		wal = u64(65)
	case strings.HasSuffix(name, "::shared_blob::SharedBlob"):
		wal = u64(len(c) - 8)
	case strings.HasSuffix(name, "::staking_pool::StakingPool"):
		end := len(c) - 2*33 - 40 // of the stakers' rewards and the commission
		wal = u64(end-16) + u64(end-8)
	case strings.HasSuffix(name, "::system_state_inner::SystemStateInnerV1>"):
		all, _ := ringOf(c[40:])
		for _, a := range all {
			wal += a.rewards
		}
	}
	return sui, wal
}

// TestNothingIsMadeOrLost runs random transactions, good and bad, over several
// epochs: SUI in coins and rebates plus what gas took, and WAL wherever it is,
// stay what they were.
func TestNothingIsMadeOrLost(t *testing.T) {
	n := newNetwork(t)
	random := rand.New(rand.NewPCG(1, 2))
	people := []account{n.rich("alice"), n.rich("bob"), n.rich("carol")}
	var taken uint64
	var blobs []suitx.Address
	next := must(n.LatestCheckpoint()).Sequence
	for from := range next + 1 {
		taken += n.gasTaken(from)
	}
	kinds := make(map[string]int)
	for i := range 400 {
		a, other := people[random.IntN(3)], people[random.IntN(3)]
		var b suitx.Builder
		kind := n.randomCommands(random, &b, a, other, &blobs, byte(i))
		data := n.build(&b, a)
		if random.IntN(8) == 0 {
			data.Gas.Budget = 1_000_000 + random.Uint64N(3_000_000)
		}
		e := n.sign(data, a)
		kinds[fmt.Sprintf("%s %v", kind, e.Effects.Status.Success())]++
		for _, o := range e.Outputs {
			if err := n.Packages().Check(o.Move.Type.Tag(), o.Move.Contents); err != nil {
				t.Fatalf("%s left a %s that isn't one: %v", kind, o.Move.Type, err)
			}
			if o.Move.Type.Name == "Blob" && o.Owner.Kind == suitx.AddressOwner {
				blobs = append(blobs, o.ID())
			}
		}
		if random.IntN(40) == 0 {
			n.pass(testEpoch)
			n.tickNow()
		}
		if i%50 == 49 {
			for last := must(n.LatestCheckpoint()).Sequence; next < last; {
				next++
				taken += n.gasTaken(next)
			}
			sui, wal := n.totals()
			if sui+taken != native.SUISupply {
				t.Fatalf("after %d transactions there are %d MIST and %d went for gas", i+1, sui, taken)
			}
			if supply := n.walSupply(); wal != supply {
				t.Fatalf("after %d transactions there are %d FROST, the supply is %d", i+1, wal, supply)
			}
		}
	}
	t.Log(kinds)
}

// gasTaken is what the transactions of a checkpoint took for good.
func (n *network) gasTaken(sequence uint64) (sum uint64) {
	n.t.Helper()
	for _, d := range must(n.Checkpoint(sequence)).Transactions {
		g := must(n.Transaction(d)).Effects.GasUsed
		sum += g.Computation + g.NonRefundable
	}
	return sum
}

// randomCommands adds commands of one kind, which may fail.
func (n *network) randomCommands(random *rand.Rand, b *suitx.Builder, a, other account, blobs *[]suitx.Address, seed byte) string {
	mine := func() (suitx.ObjectRef, bool) {
		for range 10 {
			if len(*blobs) == 0 {
				break
			}
			o, err := n.Object((*blobs)[random.IntN(len(*blobs))], 0)
			if err == nil && o.Owner == (suitx.Owner{Address: a.Address}) {
				return o.Ref(), true
			}
		}
		return suitx.ObjectRef{}, false
	}
	blob := someBlob(seed, random.Uint64N(1<<20))
	switch random.IntN(8) {
	case 0:
		b.Transfer(other.Address, b.Split(suitx.GasCoin, random.Uint64N(1<<30)))
		return "transfer SUI"
	case 1:
		b.Transfer(other.Address, b.Split(n.wal(b, a), random.Uint64N(1<<40)))
		return "transfer WAL"
	case 2:
		b.Transfer(other.Address, n.register(b, n.wal(b, a), blob, uint32(random.IntN(5)), true))
		return "register"
	case 3:
		if ref, ok := mine(); ok {
			b.Transfer(a.Address, n.walrus(b, "system", "delete_blob", n.system(b, false), b.Object(ref)))
			return "delete"
		}
	case 4:
		if ref, ok := mine(); ok {
			v := readAs(must(n.Object(ref.ID, 0)), &native.Blob{})
			n.certify(b, b.Object(ref), n.certificate(bls.Confirmation{Epoch: n.walrusEpoch(), BlobID: v.BlobID, Deletable: true, ObjectID: v.ID}, 0, 1, 2))
			n.walrus(b, "system", "extend_blob", n.system(b, true), b.Object(ref), b.U32(uint32(random.IntN(4))), n.wal(b, a))
			return "certify and extend"
		}
	case 5:
		if ref, ok := mine(); ok {
			n.walrus(b, "shared_blob", "new_funded", b.Object(ref), b.Split(n.wal(b, a), random.Uint64N(1<<30)))
			return "share"
		}
	case 6:
		n.walrus(b, "system", "add_subsidy", n.system(b, true), b.Split(n.wal(b, a), random.Uint64N(1<<20)), b.U32(uint32(random.IntN(9))))
		return "subsidy"
	}
	b.Call(n.ids.WALPackage, "wal", "burn", b.Shared(n.world.TreasuryID(), 1, true), b.Split(n.wal(b, a), random.Uint64N(1<<20)))
	return "burn"
}
