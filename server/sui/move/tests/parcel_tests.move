#[test_only]
/// What the scenarios can't say: where a parcel goes, what its fields hold.
module floe::parcel_tests;

use floe::parcel::{Self, Parcel};
use sui::test_scenario;

const SENDER: address = @0xa11ce;
const OTHER: address = @0xb0b;

#[test]
fun kept_parcel_is_the_senders_and_keeps_its_state() {
    let mut scenario = test_scenario::begin(SENDER);
    let statement = x"010000000000000000070000000000";
    let parcel = parcel::create(statement, scenario.ctx());
    let id = object::id(&parcel);
    parcel.keep(scenario.ctx());
    scenario.next_tx(OTHER);
    assert!(!test_scenario::has_most_recent_for_address<Parcel>(OTHER), 100);
    let parcel = scenario.take_from_address<Parcel>(SENDER);
    assert!(object::id(&parcel) == id, 101);
    assert!(parcel.sequence() == 0, 102);
    assert!(parcel.grants() == 0, 103);
    assert!(*parcel.statement() == statement, 104);
    parcel.delete();
    scenario.end();
}
