//! Raw octets of a response: does every client do what is permitted, however they are cut?
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::response(octets));

fuzz_mutator!(|octets: &mut [u8], size: usize, max_size: usize, seed: u32| {
    ws101::oracle::mutate_response(octets, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
