//! What is known of each peer: every entry shows on its reproducer, is needed, and speaks of the version that is built in.

use ws101::judgement::{Role, Severity};
use ws101::oracle::{Case, Oracle, data};
use ws101::peer::{self, broken};
use ws101::run::Diff;
use ws101::run::power::{Plant, flip_generated, flip_vectors, plant};
use ws101::suite::ledger::{Divergence, Reproducer};
use ws101::suite::{Conformance, Exchange, Fault, Ledger, Outcome, Peer, Tally};
use ws101_peers::borrowed;

const BOTH: [Role; 2] = [Role::Server, Role::Client];

fn run(data: &Conformance, peer: &dyn Peer, roles: &[Role], cases: u64) -> Tally {
    peer::catch_panics();
    let diff = Diff { roles: roles.to_vec(), cases, corpus: Vec::new(), threads: 2, ..Diff::new(data) };
    diff.run(peer, &|_| {})
}

#[test]
fn nothing_is_new_and_no_entry_is_stale() {
    for peer in borrowed() {
        let tally = run(data(), peer, &BOTH, 10_000);
        assert!(tally.new.is_empty(), "{}: {:#?}", tally.peer, tally.new);
        assert!(tally.stale.is_empty(), "{}: {:#?}", tally.peer, tally.stale);
        assert!(tally.passed > 5_000 && tally.harness.0 == 0, "{tally:?}");
    }
}

/// Without an entry, what it explains is new: no entry is covered by another one.
#[test]
fn every_entry_is_needed() {
    peer::catch_panics();
    for peer in borrowed() {
        let ledger = data().ledger(peer.name());
        let is_needed = |entry: &&Divergence| {
            let less = ledger.without(&entry.id);
            match &entry.reproducer {
                Reproducer::Octets(exchange) => {
                    let case = Case::of_reproducer(data(), exchange).expect("needs of the reference");
                    let oracle = Oracle { register: &data().register, ledger: &less, peer, strict: true };
                    !oracle.compare(&case).new.is_empty()
                }
                // Whoever has the octets can try them; a run shows whether there is anything to explain.
                Reproducer::Options(_) | Reproducer::Sealed(_) => {
                    let mut others = data().clone();
                    others.ledgers = vec![less];
                    // Some are so rare that no vector shows them.
                    [0, 60_000].iter().any(|&cases| !run(&others, peer, &[entry.role], cases).new.is_empty())
                }
            }
        };
        let unneeded: Vec<&str> =
            ledger.divergences().iter().filter(|entry| !is_needed(entry)).map(|entry| entry.id.as_str()).collect();
        assert!(unneeded.is_empty(), "taking these out makes nothing new: {unneeded:#?}");
    }
}

/// What a peer rejects today as it must would be new if it opened: every vector, and of generated exchanges all but a few.
#[test]
fn nothing_hides_behind_what_is_known() {
    peer::catch_panics();
    for peer in borrowed() {
        let ledger = data().ledger(peer.name());
        let oracle = Oracle { register: &data().register, ledger: &ledger, peer, strict: true };
        for role in BOTH.into_iter().filter(|&role| peer.plays(role)) {
            let (asked, hidden) = flip_vectors(data(), &oracle, role);
            assert!(asked > 30, "{} {role}: {asked}", peer.name());
            assert!(hidden.is_empty(), "{} {role}: {hidden:#?}", peer.name());
            let power = flip_generated(&oracle, role, 101, 10_000);
            assert!(power.all.asked > 300 && power.all.share() <= 0.02, "{} {role}: {power:#?}", peer.name());
            for (id, its) in power.by.iter().filter(|(_, its)| its.asked >= 100) {
                assert!(its.share() <= 0.05, "{} {role} {id}: {its:?} {}", peer.name(), power.first[id]);
            }
        }
    }
}

/// A fault that is planted in a peer is new behind its ledger, or the peer has it already.
#[test]
fn every_planted_fault_is_new_behind_every_ledger() {
    peer::catch_panics();
    let (mut tried, mut already, mut hidden) = (0, Vec::new(), Vec::new());
    for peer in borrowed() {
        let ledger = data().ledger(peer.name());
        let oracle = Oracle { register: &data().register, ledger: &ledger, peer, strict: true };
        for planted in broken::planted().filter(|planted| peer.plays(planted.role)) {
            tried += 1;
            match plant(data(), &oracle, planted) {
                Plant::New => {}
                Plant::AlreadySo => already.push(format!("{} {}", peer.name(), planted.name)),
                Plant::Hidden(vectors) => hidden.push((peer.name(), planted.name, vectors)),
            }
        }
    }
    println!("{tried} tried, {} already so, {} hidden\n{}", already.len(), hidden.len(), already.join("\n"));
    assert!(tried > 1_500 && already.len() * 2 < tried, "{tried}, {}", already.len());
    assert!(hidden.is_empty(), "{hidden:#?}");
}

/// The reproducer shows the entry's own difference, not only some.
#[test]
fn reproducers_depart_from_what_they_are_about() {
    peer::catch_panics();
    for peer in borrowed() {
        let ledger = data().ledger(peer.name());
        for entry in ledger.divergences() {
            let Reproducer::Octets(exchange) = &entry.reproducer else { continue };
            let case = Case::of_reproducer(data(), exchange).expect("needs of the reference");
            let oracle = Oracle { register: &data().register, ledger: &ledger, peer, strict: true };
            let compared = oracle.compare(&case);
            // A ledger explains every MUST, be it contested; who misses a SHOULD beside it is no failure.
            let new = compared.new.iter().filter(|fault| fault.owed.severity != Severity::NonStrict);
            assert_eq!(new.collect::<Vec<_>>(), [] as [&Fault; 0], "{}", entry.id);
            assert!(compared.known().contains(&entry.id), "{}: {:?}", entry.id, compared.known());
            // A bare oracle, without any ledger, sees a failure there.
            let bare = Ledger::empty(peer.name());
            assert!(!Oracle { ledger: &bare, ..oracle }.compare(&case).new.is_empty(), "{}", entry.id);
        }
    }
}

#[test]
fn ledgers_speak_of_the_versions_that_are_built_in() {
    for peer in borrowed() {
        let ledger = data().ledger(peer.name());
        assert_eq!(ledger.versions, [peer.version()], "{}", peer.name());
    }
}

/// An adapter that refuses everything, or opens for everything, would look like a strict or a lax peer.
#[test]
fn every_peer_opens_for_the_example_and_refuses_what_is_none() {
    peer::catch_panics();
    for (role, good, bad) in [
        (Role::Server, "server/opening/minimal", &b"GET / HTTP/1.1\r\nHost server.example.com\r\n\r\n"[..]),
        (Role::Client, "client/opening/minimal", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let good = data().vectors.get(good).and_then(|vector| vector.exchange()).expect("octets");
        for peer in borrowed().filter(|peer| peer.plays(role)) {
            let opens = |exchange: &Exchange| matches!(peer.observe(exchange).outcome, Outcome::Opened(_));
            assert!(opens(good), "{} {role}", peer.name());
            assert!(!opens(&Exchange::new(role, bad)), "{} {role}", peer.name());
        }
    }
}

/// However many threads there are, the numbers are the same: no peer keeps anything from one exchange to the next.
#[test]
fn a_run_is_the_same_every_time() {
    for peer in borrowed() {
        let one = |threads| {
            let diff = Diff { cases: 1_000, corpus: Vec::new(), threads, seed: 7, ..Diff::new(data()) };
            diff.run(peer, &|_| {})
        };
        peer::catch_panics();
        assert_eq!(one(1), one(3), "{}", peer.name());
    }
}
