//! Raw octets of a request: does every server do what is permitted, however they are cut?
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::request(octets));

fuzz_mutator!(|octets: &mut [u8], size: usize, max_size: usize, seed: u32| {
    ws101::oracle::mutate_request(octets, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
