/// A parcel on Sui: whose it is, what its sender says it holds, and who may open it.
///
/// A `Parcel` is owned by its sender and can't be given away, so only she changes it. It keeps the last
/// *statement* she signed: the parcel's whole state, which is a pure argument of her transaction.
///
///   version u8 = 1 ‖ sequence u64 ‖ end epoch u32
///   ‖ blobs vector<{blob ID 32, size u64}> ‖ slots vector<{slot 32, blake2b256 of the grant 32}>
///
/// in BCS, the slots strictly ascending. Every change carries the statement with the next sequence
/// number, so nobody can splice or replay states. *Grants* (age files that carry the parcel's key to one
/// recipient each) are dynamic fields named by their slot; one goes in only if the statement binds its hash,
/// and comes out only if the statement no longer lists its slot.
///
/// Statements are read in place, byte by byte where it matters: the blobs are skipped, as any bytes are
/// valid there. Peeling the whole off with `sui::bcs` would reverse and copy it with every grant, which
/// costs more computation than Sui allows for a parcel of some hundred blobs.
module floe::parcel;

use sui::dynamic_field;
use sui::event;
use sui::hash;

/// Abort codes. Never reorder, add at the end.
const EWrongSequence: u64 = 0;
const EMalformedStatement: u64 = 1;
const ESlotNotInStatement: u64 = 2;
const EGrantMismatch: u64 = 3;
const ESlotStillInStatement: u64 = 4;
const EGrantMissing: u64 = 5;
const EGrantsLeft: u64 = 6;
const ETooLarge: u64 = 7;

/// Bytes of a statement and of a grant, at most. A pure argument holds 16 KiB.
const MAX_STATEMENT: u64 = 15360;
const MAX_GRANT: u64 = 12288;

const VERSION: u8 = 1;
/// Where a statement's sequence number begins, and where its blobs.
const SEQUENCE: u64 = 1;
const BLOBS: u64 = 13;
/// Bytes of an entry of the blobs, of an entry of the slots, and of a slot or hash.
const BLOB_ENTRY: u64 = 40;
const SLOT_ENTRY: u64 = 64;
const HASH: u64 = 32;

/// Has no `store`, so that no other module moves it.
public struct Parcel has key {
    id: UID,
    /// That of `statement`.
    sequence: u64,
    /// How many grants are there.
    grants: u64,
    statement: vector<u8>,
}

public struct ParcelCreated has copy, drop {
    parcel: ID,
    sender: address,
    statement: vector<u8>,
}

public struct ParcelChanged has copy, drop {
    parcel: ID,
    sequence: u64,
    statement: vector<u8>,
}

public struct ParcelDeleted has copy, drop {
    parcel: ID,
    sequence: u64,
}

public struct GrantPut has copy, drop {
    parcel: ID,
    slot: vector<u8>,
}

public struct GrantTaken has copy, drop {
    parcel: ID,
    slot: vector<u8>,
}

/// Creates a parcel. The statement's sequence number must be 0.
public fun create(statement: vector<u8>, ctx: &mut TxContext): Parcel {
    let sequence = check(&statement);
    assert!(sequence == 0, EWrongSequence);
    let id = object::new(ctx);
    event::emit(ParcelCreated { parcel: id.to_inner(), sender: ctx.sender(), statement });
    Parcel { id, sequence, grants: 0, statement }
}

/// Gives the parcel its next statement: that with the next sequence number.
public fun change(self: &mut Parcel, statement: vector<u8>) {
    let sequence = check(&statement);
    assert!(sequence == self.sequence + 1, EWrongSequence);
    self.sequence = sequence;
    self.statement = statement;
    event::emit(ParcelChanged { parcel: self.id.to_inner(), sequence, statement });
}

/// Puts the grant into the slot, in the stead of a former one. The statement must bind it to that slot.
public fun put_grant(self: &mut Parcel, slot: vector<u8>, grant: vector<u8>) {
    assert!(grant.length() <= MAX_GRANT, ETooLarge);
    let (listed, at) = find(&self.statement, &slot);
    assert!(listed, ESlotNotInStatement);
    assert!(same(&self.statement, at + HASH, &hash::blake2b256(&grant)), EGrantMismatch);
    if (dynamic_field::exists_(&self.id, slot)) {
        *dynamic_field::borrow_mut(&mut self.id, slot) = grant;
    } else {
        dynamic_field::add(&mut self.id, slot, grant);
        self.grants = self.grants + 1;
    };
    event::emit(GrantPut { parcel: self.id.to_inner(), slot });
}

/// Takes the grant out of the slot. The statement must no longer list that slot.
public fun take_grant(self: &mut Parcel, slot: vector<u8>) {
    let (listed, _) = find(&self.statement, &slot);
    assert!(!listed, ESlotStillInStatement);
    assert!(dynamic_field::exists_(&self.id, slot), EGrantMissing);
    let _: vector<u8> = dynamic_field::remove(&mut self.id, slot);
    self.grants = self.grants - 1;
    event::emit(GrantTaken { parcel: self.id.to_inner(), slot });
}

#[allow(lint(self_transfer))]
/// Gives a created parcel to the sender: the only way to keep it.
public fun keep(self: Parcel, ctx: &TxContext) {
    transfer::transfer(self, ctx.sender());
}

/// Deletes a parcel whose grants were taken out.
public fun delete(self: Parcel) {
    let Parcel { id, sequence, grants, statement: _ } = self;
    assert!(grants == 0, EGrantsLeft);
    event::emit(ParcelDeleted { parcel: id.to_inner(), sequence });
    id.delete();
}

public fun sequence(self: &Parcel): u64 { self.sequence }

public fun grants(self: &Parcel): u64 { self.grants }

public fun statement(self: &Parcel): &vector<u8> { &self.statement }

/// Aborts unless the bytes are a statement; returns its sequence number.
fun check(statement: &vector<u8>): u64 {
    let size = statement.length();
    assert!(size <= MAX_STATEMENT, ETooLarge);
    assert!(size >= BLOBS && statement[0] == VERSION, EMalformedStatement);
    let (slots, count) = slots(statement);
    assert!(slots + count * SLOT_ENTRY == size, EMalformedStatement);
    let mut i = 1;
    while (i < count) {
        let at = slots + i * SLOT_ENTRY;
        assert!(ascending(statement, at - SLOT_ENTRY, at), EMalformedStatement);
        i = i + 1;
    };
    let mut sequence = 0;
    let mut i = 8;
    while (i > 0) {
        i = i - 1;
        sequence = (sequence << 8) | (statement[SEQUENCE + i] as u64);
    };
    sequence
}

/// Where the slots begin and how many there are.
fun slots(statement: &vector<u8>): (u64, u64) {
    let (blobs, count) = count(statement, BLOBS);
    count(statement, blobs + count * BLOB_ENTRY)
}

/// Reads the count at `at`: a ULEB128 in its shortest form. Returns where it ends, and the count. Two bytes
/// say more than any statement holds.
fun count(statement: &vector<u8>, at: u64): (u64, u64) {
    let size = statement.length();
    assert!(at < size, EMalformedStatement);
    let low = statement[at] as u64;
    if (low < 0x80) return (at + 1, low);
    assert!(at + 1 < size, EMalformedStatement);
    let high = statement[at + 1] as u64;
    assert!(high > 0 && high < 0x80, EMalformedStatement);
    (at + 2, low - 0x80 + high * 0x80)
}

/// Whether the slot at `a` is lower than the slot at `b`.
fun ascending(statement: &vector<u8>, a: u64, b: u64): bool {
    let mut i = 0;
    while (i < HASH) {
        if (statement[a + i] != statement[b + i]) return statement[a + i] < statement[b + i];
        i = i + 1;
    };
    false
}

/// Whether a checked statement lists the slot, and where its entry begins.
fun find(statement: &vector<u8>, slot: &vector<u8>): (bool, u64) {
    if (slot.length() != HASH) return (false, 0);
    let (slots, mut above) = slots(statement);
    let mut below = 0;
    while (below < above) {
        let middle = (below + above) / 2;
        let at = slots + middle * SLOT_ENTRY;
        let mut i = 0;
        while (i < HASH && statement[at + i] == slot[i]) i = i + 1;
        if (i == HASH) return (true, at);
        if (statement[at + i] < slot[i]) below = middle + 1 else above = middle;
    };
    (false, 0)
}

/// Whether the statement has the hash at `at`.
fun same(statement: &vector<u8>, at: u64, hash: &vector<u8>): bool {
    let mut i = 0;
    while (i < HASH) {
        if (statement[at + i] != hash[i]) return false;
        i = i + 1;
    };
    true
}
