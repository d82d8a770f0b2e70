//! The corpus through the bodies of the fuzz targets, on stable Rust; and the canary.

use std::path::Path;

use ws101::judgement::Role;
use ws101::oracle::{self, Found, data};
use ws101::suite::Discovery;
use ws101::suite::law::corpus::{self, Seed};
use ws101::{generate, peer, report};

/// The body of a fuzz target.
type Body = fn(&[u8]) -> Found;

/// Every fuzz target but the canary, which is to fail.
const TARGETS: [(&str, Body); 7] = [
    ("request", oracle::request),
    ("response", oracle::response),
    ("request_structured", oracle::request_structured),
    ("handshake", oracle::handshake),
    ("accept_key", oracle::accept_key),
    ("extensions", oracle::extensions),
    ("client_request", oracle::client_request),
];

fn expect_nothing(found: Found, name: &str) {
    if let Err(new) = found {
        panic!("{name}:\n{}", report::discovery(&new, &data().register));
    }
}

/// What a fuzzer has learnt, where `WS101_CORPUS` names a folder with one of each target.
fn grown(target: &str) -> Vec<Seed> {
    let Some(folder) = std::env::var_os("WS101_CORPUS") else { return Vec::new() };
    let entries = std::fs::read_dir(Path::new(&folder).join(target)).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let seed = |path: &Path| Seed {
        path: path.display().to_string(),
        octets: std::fs::read(path).expect("a file of the corpus").into(),
    };
    paths.map(|path| seed(&path)).collect()
}

#[test]
fn nothing_new_is_found_in_the_corpus() {
    peer::catch_panics();
    for (target, body) in TARGETS {
        for seed in corpus::seeds(target).into_iter().chain(grown(target)) {
            expect_nothing(body(&seed.octets), &seed.path);
        }
    }
    assert!(corpus::seeds("request").len() >= 5 && corpus::seeds("response").len() >= 5);
}

#[test]
fn every_file_of_the_corpus_belongs_to_a_target() {
    let known = |name: &str| TARGETS.iter().any(|(target, _)| *target == name) || name == "regressions";
    for folder in ["corpus", "corpus/regressions"] {
        for entry in std::fs::read_dir(folder).expect("the corpus") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(known(&name) || name == "README.md", "{folder}/{name} belongs to no target");
        }
    }
}

#[test]
fn every_seed_belongs_to_its_target() {
    for (target, _) in TARGETS {
        for seed in corpus::seeds(target) {
            assert_eq!(seed.target(), target, "{}", seed.path);
        }
    }
}

#[test]
fn every_regression_has_its_cause() {
    let causes = std::fs::read_to_string("corpus/regressions/README.md").expect("the list of causes");
    for (target, _) in TARGETS {
        for seed in corpus::seeds(target).iter().filter(|seed| seed.path.starts_with("regressions/")) {
            let name = seed.path.trim_start_matches("regressions/");
            assert!(causes.contains(&format!("`{name}`")), "{name} has no line in corpus/regressions/README.md");
        }
    }
}

/// What a fuzzer does first, without a fuzzer: octets that are near a head.
#[test]
fn nothing_new_is_found_near_the_corpus() {
    peer::catch_panics();
    for (role, target, body) in
        [(Role::Server, "request", oracle::request as Body), (Role::Client, "response", oracle::response)]
    {
        for seed in corpus::seeds(target) {
            let mut octets = seed.octets.to_vec();
            for number in 0..300 {
                octets = generate::mutate(role, &octets, number, 4096);
                expect_nothing(body(&octets), &format!("{} after {number} mutations", seed.path));
            }
        }
    }
}

/// The planted fault is found from nothing, by the octets that the mutator makes.
#[test]
fn the_planted_fault_is_found() {
    peer::catch_panics();
    let mut octets = Vec::new();
    let tries = (0..200_000).position(|number| {
        octets = generate::mutate(Role::Server, &octets, number, 4096);
        matches!(oracle::canary(&octets), Err(new) if matches!(*new, Discovery::New { .. }))
    });
    let tries = tries.expect("the canary is found");
    assert!(tries < 20_000, "found only after {tries} inputs");
}

/// Without its fault the canary is the reference, in which nothing is found.
#[test]
fn the_reference_is_not_found_at_fault() {
    let data = data();
    let ledger = data.ledger("reference");
    let reference = peer::by_name("reference").expect("the reference");
    let oracle = oracle::Oracle { register: &data.register, ledger: &ledger, peer: reference.as_ref(), strict: true };
    for role in [Role::Server, Role::Client] {
        for number in 0..5000 {
            let plan = generate::Plan::draw(role, &mut generate::Seeded::of(3, role as u64, number));
            let Some(case) = oracle::Case::judged(plan.render()) else { continue };
            let compared = oracle.compare(&case);
            assert!(compared.new.is_empty(), "{:?}: {:#?} {:?}", plan.names(), compared.new, case.exchange);
        }
    }
}
