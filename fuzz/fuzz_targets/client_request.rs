//! Whatever the options: is no octet sent that must not be sent?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer, report};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::client_request(octets).unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
});
