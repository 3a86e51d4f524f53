package ledger

import (
	"testing"

	"floe/codec/suitx"
	"floe/server/ledger/native"
)

// TestWalrusFunctions has a script for every way in which Walrus' functions end
// that the other tests don't have.
func TestWalrusFunctions(t *testing.T) {
	blob := someBlob(1, 5000)
	give := func(b *suitx.Builder, a account, args ...suitx.Argument) { b.Transfer(a.Address, args...) }
	runScripts(t, []script{
		{"no epochs", "abort system_state_inner::reserve_space 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.reserve(b, n.wal(b, a), 1, 0))
		}},
		{"too many epochs", "abort system_state_inner::reserve_space 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.reserve(b, n.wal(b, a), 1, 54))
		}},
		{"as many epochs as there are", "", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.reserve(b, n.wal(b, a), 1, 53))
		}},
		{"no space", "abort system_state_inner::reserve_space_without_payment 11 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.reserve(b, n.wal(b, a), 0, 1))
		}},
		{"more space than WAL", "abort balance::split 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.reserve(b, n.wal(b, a), 1<<49, 1))
		}},
		{"as much space as a number holds", "abort balance::split 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.walrus(b, "system", "reserve_space_for_epochs", n.system(b, true), b.U64(1<<64-1), b.U32(1), b.U32(2), n.wal(b, a)))
		}},
		{"epochs that begin before now", "", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.walrus(b, "system", "reserve_space_for_epochs", n.system(b, true), b.U64(1), b.U32(0), b.U32(2), n.wal(b, a)))
		}},
		{"epochs that end before they begin", "abort system_state_inner::reserve_space_for_epochs 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.walrus(b, "system", "reserve_space_for_epochs", n.system(b, true), b.U64(1), b.U32(4), b.U32(4), n.wal(b, a)))
		}},
		{"epochs too far ahead", "abort system_state_inner::reserve_space_for_epochs 2 at 0", func(n *network, b *suitx.Builder, a account) {
			give(b, a, n.walrus(b, "system", "reserve_space_for_epochs", n.system(b, true), b.U64(1), b.U32(4), b.U32(55), n.wal(b, a)))
		}},
		{"space too small for the blob", "abort blob::new 3 at 1", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			give(b, a, n.registerIn(b, n.reserve(b, wal, blob.encoded-1, 1), wal, blob, 1, true))
		}},
		{"another blob ID", "abort blob::new 6 at 1", func(n *network, b *suitx.Builder, a account) {
			wal, wrong := n.wal(b, a), blob
			wrong.id[0] ^= 1
			give(b, a, n.register(b, wal, wrong, 1, true))
		}},
		{"another encoding", "abort encoding::encoded_blob_length 0 at 1", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			give(b, a, n.registerIn(b, n.reserve(b, wal, blob.encoded, 1), wal, blob, 0, true))
		}},
		{"blob too large for the shards", "arithmetic redstuff::symbol_size at 1", func(n *network, b *suitx.Builder, a account) {
			wal, huge := n.wal(b, a), blob
			huge.size = 1 << 40
			give(b, a, n.register(b, wal, huge, 1, true))
		}},
		{"space that begins later", "abort blob::new 2 at 1", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			s := n.walrus(b, "system", "reserve_space_for_epochs", n.system(b, true), b.U64(blob.encoded), b.U32(2), b.U32(3), wal)
			give(b, a, n.registerIn(b, s, wal, blob, 1, true))
		}},
		{"write that can't be paid", "abort balance::split 2 at 2", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			s := n.reserve(b, wal, blob.encoded, 1)
			poor := b.Split(wal, 1)
			give(b, a, n.registerIn(b, s, poor, blob, 1, true), poor)
		}},
		{"extend what isn't certified", "abort blob::assert_certified_not_expired 0 at 2", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			x := n.register(b, wal, blob, 1, true)
			n.walrus(b, "system", "extend_blob", n.system(b, true), x, b.U32(1), wal)
			give(b, a, x)
		}},
		{"delete what is permanent", "abort blob::delete 1 at 2", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, false)
			give(b, a, n.walrus(b, "system", "delete_blob", n.system(b, false), x))
		}},
		{"subsidy", "", func(n *network, b *suitx.Builder, a account) {
			n.walrus(b, "system", "add_subsidy", n.system(b, true), b.Split(n.wal(b, a), 1000), b.U32(7))
		}},
		{"subsidy for no epoch", "abort system_state_inner::add_subsidy 2 at 1", func(n *network, b *suitx.Builder, a account) {
			n.walrus(b, "system", "add_subsidy", n.system(b, true), b.Split(n.wal(b, a), 1000), b.U32(0))
		}},
		{"views", "", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			for _, f := range []string{"object_id", "registered_epoch", "blob_id", "size", "encoding_type", "is_deletable", "end_epoch"} {
				n.walrus(b, "blob", f, x)
			}
			shards := n.walrus(b, "system", "n_shards", n.system(b, true))
			n.walrus(b, "blob", "encoded_size", x, shards)
			n.walrus(b, "blob", "derive_blob_id", b.U256(blob.root), b.U8(1), b.U64(blob.size))
			for _, f := range []string{"epoch", "total_capacity_size", "used_capacity_size", "version"} {
				n.walrus(b, "system", f, n.system(b, true))
			}
			n.walrus(b, "staking", "epoch", b.Shared(n.ids.Staking, 1, false))
			n.walrus(b, "encoding", "encoded_blob_length", b.U64(1), b.U8(1), shards)
			b.Call(n.ids.WALPackage, "wal", "total_supply", b.Shared(n.world.TreasuryID(), 1, false))
			n.walrus(b, "blob", "burn", x)
		}},
		{"no shards", "arithmetic redstuff::max_byzantine at 0", func(n *network, b *suitx.Builder, a account) {
			n.walrus(b, "encoding", "encoded_blob_length", b.U64(1), b.U8(1), b.Pure([]byte{0, 0}))
		}},
		{"vote ended too early", "abort staking_inner::voting_end 0 at 0", func(n *network, b *suitx.Builder, a account) {
			n.walrus(b, "staking", "voting_end", b.Shared(n.ids.Staking, 1, true), b.Shared(native.ClockID(), 1, false))
		}},
		{"epoch changed too early", "abort staking_inner::initiate_epoch_change 0 at 0", func(n *network, b *suitx.Builder, a account) {
			n.walrus(b, "staking", "initiate_epoch_change_v2", b.Shared(n.ids.Staking, 1, true), n.system(b, true),
				b.Shared(n.world.TreasuryID(), 1, true), b.Shared(native.ClockID(), 1, false))
		}},
	})
}

func TestStorageResources(t *testing.T) {
	storage := func(b *suitx.Builder, n *network, function string, args ...suitx.Argument) suitx.Argument {
		return n.walrus(b, "storage_resource", function, args...)
	}
	runScripts(t, []script{
		{"split and fuse", "", func(n *network, b *suitx.Builder, a account) {
			s := n.reserve(b, n.wal(b, a), 10, 4)
			rest := storage(b, n, "split_by_epoch", s, b.U32(3))
			half := storage(b, n, "split_by_size", rest, b.U64(5))
			storage(b, n, "fuse_amount", rest, half)
			storage(b, n, "fuse", s, rest)
			for _, f := range []string{"start_epoch", "end_epoch", "size"} {
				storage(b, n, f, s)
			}
			storage(b, n, "destroy", s)
		}},
		{"fuse what comes before", "", func(n *network, b *suitx.Builder, a account) {
			s := n.reserve(b, n.wal(b, a), 10, 4)
			rest := storage(b, n, "split_by_epoch", s, b.U32(3))
			storage(b, n, "fuse_periods", rest, s)
			b.Transfer(a.Address, rest)
		}},
		{"split at the start", "abort storage_resource::split_by_epoch 0 at 1", func(n *network, b *suitx.Builder, a account) {
			s := n.reserve(b, n.wal(b, a), 10, 4)
			b.Transfer(a.Address, s, storage(b, n, "split_by_epoch", s, b.U32(1)))
		}},
		{"split more than there is", "abort storage_resource::split_by_size 2 at 1", func(n *network, b *suitx.Builder, a account) {
			s := n.reserve(b, n.wal(b, a), 10, 4)
			b.Transfer(a.Address, s, storage(b, n, "split_by_size", s, b.U64(11)))
		}},
		{"fuse periods of other sizes", "abort storage_resource::fuse_periods 2 at 2", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			s := n.reserve(b, wal, 10, 4)
			storage(b, n, "fuse_periods", s, n.reserve(b, wal, 11, 4))
			b.Transfer(a.Address, s)
		}},
		{"fuse periods that don't meet", "abort storage_resource::fuse_periods 1 at 2", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			s := n.reserve(b, wal, 10, 4)
			storage(b, n, "fuse_periods", s, n.reserve(b, wal, 10, 4))
			b.Transfer(a.Address, s)
		}},
		{"fuse amounts of other epochs", "abort storage_resource::fuse_amount 1 at 2", func(n *network, b *suitx.Builder, a account) {
			wal := n.wal(b, a)
			s := n.reserve(b, wal, 10, 4)
			storage(b, n, "fuse", s, n.reserve(b, wal, 10, 3))
			b.Transfer(a.Address, s)
		}},
	})
}

func TestAttributes(t *testing.T) {
	blob := someBlob(3, 10)
	on := func(b *suitx.Builder, n *network, function string, args ...suitx.Argument) suitx.Argument {
		return n.walrus(b, "blob", function, args...)
	}
	runScripts(t, []script{
		{"put, change, remove", "", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			md := n.walrus(b, "metadata", "new")
			n.walrus(b, "metadata", "insert_or_update", md, b.Text("a"), b.Text("1"))
			n.walrus(b, "metadata", "remove", md, b.Text("a"))
			n.walrus(b, "metadata", "remove_if_exists", md, b.Text("a"))
			on(b, n, "add_metadata", x, md)
			on(b, n, "insert_or_update_metadata_pair", x, b.Text("k"), b.Text("v"))
			on(b, n, "insert_or_update_metadata_pair", x, b.Text("k"), b.Text("w"))
			on(b, n, "remove_metadata_pair", x, b.Text("k"))
			on(b, n, "remove_metadata_pair_if_exists", x, b.Text("k"))
			on(b, n, "add_or_replace_metadata", x, n.walrus(b, "metadata", "new"))
			on(b, n, "take_metadata", x)
			on(b, n, "remove_metadata_pair_if_exists", x, b.Text("k"))
			on(b, n, "insert_or_update_metadata_pair", x, b.Text("k"), b.Text("v"))
			on(b, n, "burn", x)
		}},
		{"added twice", "abort blob::add_metadata 7 at 5", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			on(b, n, "add_metadata", x, n.walrus(b, "metadata", "new"))
			on(b, n, "add_metadata", x, n.walrus(b, "metadata", "new"))
			b.Transfer(a.Address, x)
		}},
		{"removed from nothing", "abort blob::metadata 8 at 2", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			on(b, n, "remove_metadata_pair", x, b.Text("k"))
			b.Transfer(a.Address, x)
		}},
		{"taken from nothing", "abort blob::take_metadata 8 at 2", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			on(b, n, "take_metadata", x)
			b.Transfer(a.Address, x)
		}},
		{"no such key", "abort vec_map::get_idx 1 at 3", func(n *network, b *suitx.Builder, a account) {
			x := n.register(b, n.wal(b, a), blob, 1, true)
			on(b, n, "insert_or_update_metadata_pair", x, b.Text("k"), b.Text("v"))
			on(b, n, "remove_metadata_pair", x, b.Text("l"))
			b.Transfer(a.Address, x)
		}},
	})
}

func TestAttributesAreADynamicField(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	v, ref := n.registered(a, someBlob(3, 10), 1, true)
	var b suitx.Builder
	n.walrus(&b, "blob", "insert_or_update_metadata_pair", b.Object(ref), b.Text("k"), b.Text("v"))
	e := n.ok(n.send(&b, a))
	typ := suitx.VectorOf(suitx.TypeTag{Kind: suitx.TypeU8})
	id := suitx.DynamicFieldID(v.ID, typ, append([]byte{8}, "metadata"...))
	o := output(e, id)
	if o == nil || o.Owner != (suitx.Owner{Kind: suitx.ObjectOwner, Address: v.ID}) ||
		string(o.Move.Contents[32:]) != "\x08metadata\x01\x01k\x01v" {
		t.Fatalf("the field is %+v", o)
	}
	b = suitx.Builder{} // the blob goes, its field with it; the storage comes back out of it
	b.Transfer(a.Address, n.walrus(&b, "system", "delete_blob", n.system(&b, false), b.Object(output(e, v.ID).Ref())))
	e = n.ok(n.send(&b, a))
	operations := make(map[suitx.Address]suitx.ChangedObject)
	for _, c := range e.Effects.ChangedObjects {
		operations[c.ID] = c
	}
	for _, gone := range []suitx.Address{v.ID, id} {
		if c := operations[gone]; c.IDOperation != suitx.IDDeleted || c.Output.Kind != suitx.OutputNotExist || c.Input == nil {
			t.Errorf("%s: %+v", gone, c)
		}
		if _, err := n.Object(gone, 0); err == nil || err.(*Deleted).Wrapped {
			t.Errorf("%s gives %v", gone, err)
		}
	}
	if c := operations[v.Storage.ID]; c.IDOperation != suitx.IDNone || c.Input != nil || c.Output.Kind != suitx.OutputObject {
		t.Errorf("unwrapped storage: %+v", c)
	}
	if len(e.Events) != 1 || e.Events[0].Type.Name != "BlobDeleted" {
		t.Errorf("events %+v", e.Events)
	}
}

func TestExtending(t *testing.T) {
	n := newNetwork(t)
	a := n.rich("alice")
	blob := someBlob(4, 1<<20)
	v, ref := n.certified(a, blob, 2)
	before := must(n.Balance(a.Address, n.world.WAL())).Total
	var b suitx.Builder
	n.walrus(&b, "system", "extend_blob", n.system(&b, true), b.Object(ref), b.U32(3), n.wal(&b, a))
	e := n.ok(n.send(&b, a))
	if got := readAs(output(e, v.ID), &native.Blob{}); got.Storage.End != v.Storage.End+3 {
		t.Errorf("ends in %d, did in %d", got.Storage.End, v.Storage.End)
	}
	if paid := before - must(n.Balance(a.Address, n.world.WAL())).Total; paid != blob.units()*100_000*3 {
		t.Errorf("cost %d", paid)
	}
	for epochs, want := range map[uint32]string{0: "abort system_state_inner::extend_blob 2 at 0",
		49: "abort system_state_inner::extend_blob 2 at 0", 1<<32 - 1: "arithmetic system_state_inner::extend_blob at 0"} {
		var b suitx.Builder
		n.walrus(&b, "system", "extend_blob", n.system(&b, true), b.Object(must(n.Object(v.ID, 0)).Ref()), b.U32(epochs), n.wal(&b, a))
		if got := statusText(n.send(&b, a)); got != want {
			t.Errorf("by %d ended %q, want %q", epochs, got, want)
		}
	}
	b = suitx.Builder{}
	s := n.walrus(&b, "system", "reserve_space_for_epochs", n.system(&b, true), b.U64(blob.encoded), b.U32(6), b.U32(8), n.wal(&b, a))
	n.walrus(&b, "system", "extend_blob_with_resource", n.system(&b, true), b.Object(must(n.Object(v.ID, 0)).Ref()), s)
	e = n.ok(n.send(&b, a))
	if got := readAs(output(e, v.ID), &native.Blob{}); got.Storage.End != 8 || e.Events[0].Type.Name != "BlobCertified" {
		t.Errorf("became %+v with events %v", got, e.Events)
	}
	b = suitx.Builder{} // a shared blob is extended from its own funds, by anyone
	n.walrus(&b, "shared_blob", "new_funded", b.Object(output(e, v.ID).Ref()), b.Split(n.wal(&b, a), 10_000_000))
	shared := created(n.ok(n.send(&b, a)), "shared_blob", "SharedBlob")[0]
	bob := n.rich("bob")
	b = suitx.Builder{}
	x := b.Shared(shared.ID(), shared.Owner.Version, true)
	n.walrus(&b, "shared_blob", "fund", x, b.Split(n.wal(&b, bob), 1_000_000))
	n.walrus(&b, "shared_blob", "extend", x, n.system(&b, true), b.U32(1))
	e = n.ok(n.send(&b, bob))
	if len(e.Events) != 1 || len(e.Effects.ChangedObjects) != 5 {
		t.Errorf("extending a shared blob changed %d objects", len(e.Effects.ChangedObjects))
	}
}
