module sui::hash;

native public fun blake2b256(data: &vector<u8>): vector<u8>;
