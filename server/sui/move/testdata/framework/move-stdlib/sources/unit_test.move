#[test_only]
/// The compiler calls this in test mode.
module std::unit_test;

public native fun poison();
