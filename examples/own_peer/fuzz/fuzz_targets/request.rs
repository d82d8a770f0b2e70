//! Raw octets of a request: does the server do what is permitted or known, however they are cut?
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use own_peer::{Mine, data};
use ws101::judgement::Role::Server;
use ws101::suite::{Conformance, Peer};
use ws101::{generate, oracle, peer, report};

static DATA: LazyLock<Conformance> = LazyLock::new(data);

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::raw(Server, octets, [&Mine as &dyn Peer], &DATA).unwrap_or_else(|new| {
        panic!("{}", report::finding(&new, &DATA.register))
    })
});

fuzz_mutator!(|octets: &mut [u8], size: usize, max: usize, seed: u32| {
    generate::mutate_in_place(Server, &mut octets[..max], size, seed, fuzzer_mutate)
});
