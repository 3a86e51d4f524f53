#[test_only]
/// What the generated scenarios call.
module floe::expect;

use std::bcs;
use floe::parcel::Parcel;

/// Fails unless the parcel's BCS is its ID and then `tail`.
public fun parcel(parcel: &Parcel, tail: vector<u8>) {
    let mut want = bcs::to_bytes(&object::id(parcel));
    want.append(tail);
    assert!(bcs::to_bytes(parcel) == want, 200);
}

/// Fails unless the last of the events is the parcel's ID and then `tail`.
public fun event<T: copy + drop>(id: ID, tail: vector<u8>) {
    let events = sui::event::events_by_type<T>();
    assert!(events.length() > 0, 201);
    let mut want = bcs::to_bytes(&id);
    want.append(tail);
    assert!(bcs::to_bytes(&events[events.length() - 1]) == want, 202);
}

/// Fails unless so many events of the type were emitted.
public fun events<T: copy + drop>(count: u64) {
    assert!(sui::event::events_by_type<T>().length() == count, 203);
}

/// The bytes, and after them the statement as BCS has it: with its length.
public fun tail(mut bytes: vector<u8>, statement: vector<u8>): vector<u8> {
    bytes.append(bcs::to_bytes(&statement));
    bytes
}

/// The bytes, and zeros up to `size`.
public fun padded(mut bytes: vector<u8>, size: u64): vector<u8> {
    while (bytes.length() < size) bytes.push_back(0);
    bytes
}
