//! Does every server answer a key with the same accept value?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::accept_key(octets));
