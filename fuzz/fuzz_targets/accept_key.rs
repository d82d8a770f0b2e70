//! Does every server answer a key with the same accept value?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::{oracle, peer};
use ws101_fuzz::{explain, plain};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| explain(plain(octets, oracle::accept_key)));
