//! What `cargo test` holds: the server does what is permitted, or what its ledger knows.

use own_peer::{Mine, data};
use ws101::peer;
use ws101::report::{Look, TallySheet};
use ws101::run::Diff;
use ws101::suite::Conformance;

fn tried(data: &Conformance) -> (bool, String) {
    peer::catch_panics();
    let tally = Diff { cases: 20_000, ..Diff::new(data) }.run(&Mine, &|_| {});
    let sheet = TallySheet { tally: &tally, ledger: &data.ledger("mine"), register: &data.register };
    (tally.is_clean() && tally.adds_up(), sheet.human(Look::PLAIN))
}

#[test]
fn nothing_is_new() {
    let (is_clean, sheet) = tried(&data());
    assert!(is_clean, "{sheet}");
    assert!(sheet.contains("Nothing new: mine departs in 1 known ways."), "{sheet}");
}

/// A test that cannot fail shows nothing: without its ledger, the fault of the server is new.
#[test]
fn without_its_ledger_the_fault_is_new() {
    let mut data = data();
    data.ledgers.clear();
    let (is_clean, sheet) = tried(&data);
    assert!(!is_clean && sheet.contains("| own-peer diff - --peer mine --role server"), "{sheet}");
}
