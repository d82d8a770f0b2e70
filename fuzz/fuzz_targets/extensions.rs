//! Does the reference's negotiation of extensions hold for both ends?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer};
use ws101_fuzz::{explain, plain};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| explain(plain(octets, oracle::extensions)));
