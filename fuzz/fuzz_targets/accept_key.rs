//! Does every server answer a key with the same accept value?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer, report};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::accept_key(octets).unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
});
