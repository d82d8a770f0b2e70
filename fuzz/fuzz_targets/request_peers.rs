//! Raw octets of a request: does every Rust crate do what is permitted, however they are cut?
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use ws101::judgement::Role::Server;
use ws101::{generate, peer};
use ws101_fuzz::{explain, raw};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| explain(raw(Server, octets, ws101_peers::borrowed())));

fuzz_mutator!(|octets: &mut [u8], size: usize, max: usize, seed: u32| {
    generate::mutate_in_place(Server, &mut octets[..max], size, seed, fuzzer_mutate)
});
