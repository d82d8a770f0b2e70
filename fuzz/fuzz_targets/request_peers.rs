//! Raw octets of a request: does every Rust crate do what is permitted, however they are cut?
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ws101::judgement::Role::Server;
use ws101::{generate, oracle, peer, report};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::raw(Server, octets, ws101_peers::borrowed())
        .unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
});

fuzz_mutator!(|octets: &mut [u8], size: usize, max: usize, seed: u32| {
    generate::mutate_in_place(Server, &mut octets[..max], size, seed, fuzzer_mutate)
});
