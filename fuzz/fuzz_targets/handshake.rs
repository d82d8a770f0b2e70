//! Do reference and tungstenite, as client and server in all four pairings, open and agree?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer, report};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| {
    oracle::handshake(octets).unwrap_or_else(|new| panic!("{}", report::discovery(&new, &oracle::data().register)))
});
