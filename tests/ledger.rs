//! What is known of each peer: every entry shows on its reproducer, is needed, and speaks of the version that is built in.

use std::collections::BTreeSet;

use ws101::judgement::Role;
use ws101::oracle::{Case, Oracle, data};
use ws101::peer;
use ws101::run::Diff;
use ws101::suite::ledger::{Behaviour, Reproducer};
use ws101::suite::{Conformance, Peer};

const BOTH: [Role; 2] = [Role::Server, Role::Client];

fn peers() -> Vec<Box<dyn Peer>> {
    peer::catch_panics();
    peer::all().into_iter().filter(|peer| peer.name() != "reference").collect()
}

fn run(data: &Conformance, peer: &dyn Peer, roles: &[Role], cases: u64) -> ws101::suite::Tally {
    let diff = Diff { data, corpus: Vec::new(), roles: roles.to_vec(), cases, seconds: None, seed: 101, threads: 2 };
    diff.run(peer, &|_| {})
}

#[test]
fn nothing_is_new_and_no_entry_is_stale() {
    for peer in peers() {
        let tally = run(data(), peer.as_ref(), &BOTH, 20_000);
        assert!(tally.new.is_empty(), "{:#?}", tally.new);
        assert!(tally.stale.is_empty(), "{:#?}", tally.stale);
        assert!(tally.total() > 45_000 && tally.unsupported == 0 && tally.harness.0 == 0, "{tally:?}");
    }
}

/// Without an entry, what it explains is new: no entry is covered by another one.
#[test]
fn every_entry_is_needed() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        let whole = run(data(), peer.as_ref(), &BOTH, 0);
        let mut unneeded = BTreeSet::new();
        for entry in ledger.divergences() {
            let mut less = data().clone();
            less.ledgers.retain(|ledger| ledger.peer != peer.name());
            less.ledgers.push(ledger.without(&entry.id));
            // The vectors show most of them, and generated exchanges the others.
            let shown = |cases| !run(&less, peer.as_ref(), &[entry.role], cases).new.is_empty();
            if !(whole.known.contains_key(&entry.id) && shown(0) || shown(60_000)) {
                unneeded.insert(entry.id.clone());
            }
        }
        assert!(unneeded.is_empty(), "taking these out makes nothing new: {unneeded:#?}");
    }
}

/// The reproducer shows the entry's own difference, not only some.
#[test]
fn reproducers_depart_from_what_they_are_about() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        for entry in ledger.divergences() {
            let Reproducer::Octets(exchange) = &entry.reproducer else { continue };
            let case = Case::judged(exchange.clone()).expect("needs of the reference");
            let oracle = Oracle { register: &data().register, ledger: &ledger, peer: peer.as_ref() };
            let compared = oracle.compare(&case);
            assert_eq!(compared.new, [], "{}", entry.id);
            assert!(compared.known.contains(&entry.id), "{}: {:?}", entry.id, compared.known);
            // A bare oracle, without any ledger, sees a failure there.
            let bare = ws101::suite::Ledger::empty(peer.name());
            let unexplained = Oracle { ledger: &bare, ..oracle }.compare(&case);
            assert!(!unexplained.new.is_empty(), "{}", entry.id);
        }
    }
}

#[test]
fn ledgers_speak_of_the_versions_that_are_built_in() {
    let peers = peers();
    for ledger in &data().ledgers {
        let peer = peers.iter().find(|peer| peer.name() == ledger.peer).expect("a ledger is about a peer at hand");
        assert!(ledger.versions.iter().any(|version| version == peer.version()), "{} {}", ledger.peer, peer.version());
    }
}

/// A crash is a failure, listed or not: nothing in a ledger makes it known.
#[test]
fn no_entry_excuses_a_crash() {
    for ledger in &data().ledgers {
        assert!(ledger.divergences().iter().all(|entry| entry.behaviour != Some(Behaviour::Crash)), "{}", ledger.peer);
    }
}

/// However many threads there are, the numbers are the same.
#[test]
fn a_run_is_the_same_every_time() {
    let peer = peer::by_name("tungstenite").expect("tungstenite");
    let one = |threads| {
        let roles = vec![Role::Client];
        Diff { data: data(), corpus: Vec::new(), roles, cases: 5_000, seconds: None, seed: 7, threads }
            .run(peer.as_ref(), &|_| {})
    };
    assert_eq!(one(1), one(3));
}
