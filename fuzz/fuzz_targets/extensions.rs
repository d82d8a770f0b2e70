//! Does the reference's negotiation of extensions hold for both ends?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::extensions(octets));
