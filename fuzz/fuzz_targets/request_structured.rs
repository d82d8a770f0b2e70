//! Drawn requests, with named faults: does every server do what is permitted?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer, report};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::request_structured(octets).unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
});
