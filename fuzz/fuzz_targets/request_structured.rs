//! Drawn requests, with named faults: does every server do what is permitted?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::request_structured(octets));
