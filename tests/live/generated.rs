//! Generated exchanges against live servers: what the vectors do not show is found, shrunk, and nobody else is accused.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ws101::generate::{Plan, Seeded};
use ws101::judgement::{Role, requirements as r};
use ws101::oracle::data;
use ws101::peer::broken::planted;
use ws101::peer::reference::Reference;
use ws101::peer::tungstenite::Tungstenite;
use ws101::run::servers::{ServerDiff, ServerDifferences, ServerTest, planned};
use ws101::suite::results::Ended;
use ws101::suite::{Evidence, Failing, Ledger, Needs, Peer as _};

use super::Local;
use super::accused::Served;

/// Tries a server by the vectors that are selected, then by generated exchanges.
fn tried(local: &Local, known: Option<&Ledger>, cases: u64, selects: impl Fn(&str) -> bool) -> ServerDifferences {
    tried_from(101, local, known, cases, selects)
}

/// The same, with the seed of the generated exchanges.
fn tried_from(
    seed: u64,
    local: &Local,
    known: Option<&Ledger>,
    cases: u64,
    selects: impl Fn(&str) -> bool,
) -> ServerDifferences {
    let server = local.server();
    let test = ServerTest {
        data: data(),
        server: &server,
        conditions: Default::default(),
        supports: Needs::default(),
        cases: planned(data()).into_iter().filter(|case| selects(&case.id())).collect(),
        options: Vec::new(),
        jobs: 16,
        seed,
    };
    ServerDiff { test, known, cases, time: Duration::from_secs(300), strict: false }
        .run(&AtomicBool::new(false), &|_| {})
}

/// What is new, for an assertion.
fn told(differences: &ServerDifferences) -> Vec<String> {
    let told = differences.tally.new.iter().map(|new| {
        let octets = match &new.evidence {
            Evidence::Octets { exchange, .. } => exchange.octets.escape_ascii().to_string(),
            Evidence::Options(_) => String::new(),
        };
        format!("{} {:?} {} {octets}", new.source, new.faults, new.did)
    });
    told.collect()
}

fn nothing_new(differences: &ServerDifferences) {
    assert_eq!(differences.ended, Ended::Complete);
    assert_eq!(told(differences), [""; 0]);
    let tally = &differences.tally;
    assert_eq!((tally.harness.clone(), tally.unrepeated), ((0, None), 0));
}

#[test]
fn nothing_is_new_of_the_reference() {
    let speaks = Needs {
        protocols: vec!["chat".to_owned()],
        extensions: Some("permessage-deflate".to_owned()),
        ..Needs::default()
    };
    for needs in [Needs::default(), speaks] {
        let local = Local::peer(Reference, needs);
        let differences = tried(&local, None, 1000, |id| id.starts_with("server/opening/"));
        nothing_new(&differences);
        assert!(differences.ledger.divergences().is_empty());
    }
}

/// One key in a thousand gets a wrong accept value: no vector has such a key.
#[test]
fn what_no_vector_shows_is_found_and_shrunk() {
    let rare = planted().find(|planted| planted.name == "server-accept-of-one-key-in-a-thousand").expect("it is there");
    // One of these seeds soon draws such a key, which a run without sockets tells.
    const CASES: u64 = 200;
    let shows = |seed: u64| {
        (0..CASES).any(|number| {
            let plan = Plan::draw(Role::Server, &mut Seeded::of(seed, Role::Server as u64, number));
            let exchange = plan.render();
            rare.observe(&exchange) != Reference.observe(&exchange)
        })
    };
    let seed = (0..1000).find(|&seed| shows(seed)).expect("such a key is drawn");
    let local = Local::peer(Served(rare), Needs::default());
    let differences = tried_from(seed, &local, None, CASES, |id| id.starts_with("server/opening/"));
    assert_eq!(differences.ended, Ended::Complete);
    let [new] = differences.tally.new.as_slice() else { panic!("{:#?}", told(&differences)) };
    assert!(new.faults.iter().all(|fault| fault.requirement == Some(r::RFC6455_4_2_2_ACCEPT.id)), "{new:?}");
    let Evidence::Octets { exchange, .. } = &new.evidence else { panic!("{new:?}") };
    // What a request cannot do without, and nothing else.
    assert!(exchange.octets.len() < 160, "{}", exchange.octets.escape_ascii());
    assert_eq!(exchange.octets.iter().filter(|&&octet| octet == b'\n').count(), 7);
}

/// What the vectors show explains the same in generated exchanges; without them it is new.
#[test]
fn the_quirks_of_a_server_are_learned_from_its_vectors() {
    let lenient = planted().find(|planted| planted.name == "server-host-not-needed").expect("it is there");
    let local = Local::peer(Served(lenient), Needs::default());
    nothing_new(&tried(&local, None, 400, |id| {
        id.starts_with("server/host-policy/missing") || id.starts_with("server/opening/")
    }));
    let differences = tried(&local, None, 400, |id| id.starts_with("server/opening/"));
    let accepts = |new: &ws101::suite::NewDivergence| new.faults.iter().any(|fault| fault.failing == Failing::Accepts);
    assert!(differences.tally.new.iter().any(accepts), "{:#?}", told(&differences));
}

#[test]
fn tungstenite_does_what_its_vectors_or_its_ledger_say() {
    let local = Local::peer(Tungstenite, Needs::default());
    let differences = tried(&local, None, 1000, |_| true);
    assert!(differences.tally.known.len() > 5, "{:?}", differences.tally.known);
    // What no vector shows is new, and in its ledger.
    let ledger = data().ledger("tungstenite");
    nothing_new(&tried(&local, Some(&ledger), 1000, |_| true));
    let by_its_ledger = tried(&local, Some(&ledger), 1000, |id| id == "server/opening/minimal");
    nothing_new(&by_its_ledger);
    assert!(by_its_ledger.tally.known.keys().all(|id| id.starts_with("tungstenite/server/")));
}
